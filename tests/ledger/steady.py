"""Work that begins at a steady rate, however long each piece of it takes."""

from __future__ import annotations

import concurrent.futures
import threading
import time
import types
import typing as t

Work = t.Callable[[], None]


class Steady:
    """From `with` to `stop`. `late` is how far it fell behind at the worst, in seconds, since no
    more than so many threads work at once. What goes wrong in a piece of work is raised at the end.
    """

    def __init__(
        self, rate: float, threads: int, plan: t.Callable[[int], t.Iterable[Work]]
    ) -> None:
        """`plan` says what begins at the tick of that number."""
        self.late = 0.0
        self._rate, self._plan = rate, plan
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self._workers = concurrent.futures.ThreadPoolExecutor(threads, "steady")
        self._clock = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> t.Self:
        self._clock.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: types.TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Begin nothing more, and wait for what has begun."""
        self._stop.set()
        self._clock.join()
        self._workers.shutdown(wait=True)
        if self._error:
            raise self._error

    def _tick(self) -> None:
        number, due = 0, time.monotonic()
        began = due
        try:
            while not self._stop.wait(max(0.0, due - time.monotonic())):
                for work in self._plan(number):
                    self._workers.submit(self._do, work, due)
                number += 1
                due = began + number / self._rate
        except BaseException as error:
            self._error = error

    def _do(self, work: Work, due: float) -> None:
        self.late = max(self.late, time.monotonic() - due)
        try:
            work()
        except BaseException as error:
            self._error = error
