# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at the database and at who delivers, each in a thread of its own, since a look may hang."""

from __future__ import annotations

import threading
import time
import typing as t

from ..database import listening
from . import delivery

# Between two questions, and between two tries to connect.
QUESTION_S = 2.0
TRY_S = 0.5
# A thread that has not spoken for so long hangs, such as in a question to a name server.
HANGS_S = QUESTION_S + listening.ANSWER_S + 1.0

Asked = t.TypeVar("Asked")


class Seen:
    """What a thread has seen; the main one may ask at any time."""

    def __init__(self) -> None:
        self.why = "nobody has looked yet"
        self._answered = float("-inf")
        self._missed = False
        self._looked = threading.Event()

    def wait(self) -> None:
        """Until it was seen for the first time."""
        self._looked.wait(HANGS_S)

    def answer(self) -> None:
        self._answered = time.monotonic()
        self.why = ""
        self._looked.set()

    def miss(self, why: str) -> None:
        self.why = why
        self._missed = True
        self._answered = float("-inf")
        self._looked.set()

    def look(self) -> bool:
        """Whether it answers, and did so each time since the last look."""
        missed, self._missed = self._missed, False
        late = time.monotonic() - self._answered > HANGS_S
        if late and not self.why:
            self.why = f"no word from it for {HANGS_S:g} s"
        return not missed and not late


def at_database() -> Seen:
    return _begin(listening.listening, listening.ask, listening.rest, listening.Away)


def at_delivery(place: delivery.Place) -> Seen:
    def conversation() -> t.ContextManager[t.Any]:
        return delivery.conversation(place)

    return _begin(conversation, delivery.ask, delivery.rest, delivery.Away)


def _begin(
    connected: t.Callable[[], t.ContextManager[Asked]],
    ask: t.Callable[[Asked], None],
    rest: t.Callable[[Asked, float], None],
    away: type[Exception],
) -> Seen:
    seen = Seen()

    def go_on() -> t.NoReturn:
        while True:
            try:
                with connected() as asked:
                    while True:
                        ask(asked)
                        seen.answer()
                        rest(asked, QUESTION_S)
            except away as error:
                seen.miss(str(error))
            time.sleep(TRY_S)

    threading.Thread(target=go_on, daemon=True).start()
    return seen
