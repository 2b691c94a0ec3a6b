"""A callback as others write them: it keeps everything it is told, in the file it is given."""

from __future__ import annotations

import json
import os
import typing as t

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: recorder
type: notification
short_description: Keeps everything that a callback is told
description: [Task arguments, task fields, results and facts.]
"""
EVENTS = (
    "v2_playbook_on_task_start",
    "v2_runner_on_ok",
    "v2_runner_on_failed",
    "v2_runner_on_skipped",
    "v2_runner_on_unreachable",
    "v2_runner_retry",
    "v2_runner_item_on_ok",
    "v2_runner_item_on_failed",
    "v2_on_file_diff",
)


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "recorder"
    CALLBACK_NEEDS_ENABLED = True


def keep(event: str) -> t.Callable[..., None]:
    def told(self: CallbackModule, subject: t.Any, *_rest: t.Any, **_more: t.Any) -> None:
        kept: dict[str, t.Any] = {"event": event}
        for name in ("args", "vars", "task_fields", "result", "_result"):
            kept[name] = getattr(subject, name, None)
        task = getattr(subject, "task", None)
        kept["task_args"] = getattr(task, "args", None)
        with open(os.environ["SELFHOST_RECORD"], "a", encoding="utf-8") as file:
            file.write(json.dumps(kept, default=repr, ensure_ascii=False) + "\n")

    return told


for _event in EVENTS:
    setattr(CallbackModule, _event, keep(_event))
