"""The image of the workers' sandboxes: from a registry, by id, or built from the settings with its log in the pane.

`BuildLog` leans on how modal hands out logs inside (`OutputManager._set`); a test fails loudly when that changes.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import modal
from modal._output.manager import DisabledOutputManager
from modal.output import OutputManager

from golfer_tui.model.settings import ModalSettings
from golfer_tui.sandboxes.modal.state import IMAGE

SLEEP = ("sleep", "infinity")


class BuildLog(DisabledOutputManager):
    """Takes the log of a build, on modal's own thread, and shows nothing by itself."""

    def __init__(self, take: Callable[[bytes], object]) -> None:
        self._take = take

    async def put_streaming_log(self, log: Any, prefix: str = "") -> None:
        self._take(str(log.data).replace("\n", "\r\n").encode())


@contextlib.contextmanager
def logging(take: Callable[[bytes], object]) -> Iterator[None]:
    """While it lasts, `take` gets on our loop what is logged. One at a time: modal knows only one receiver."""
    loop, before = asyncio.get_running_loop(), OutputManager.get()
    OutputManager._set(BuildLog(lambda data: loop.call_soon_threadsafe(take, data)))  # noqa: SLF001
    try:
        yield
    finally:
        OutputManager._set(before)  # noqa: SLF001


def recipe(settings: ModalSettings) -> ModalSettings:
    """The settings with nothing in them but what makes the image."""
    made = ("image", "dockerfile", "apt", "pip", "commands", "use_sleep_cmd")
    return ModalSettings(**{name: getattr(settings, name) for name in made})


def define(settings: ModalSettings) -> modal.Image:
    """The image as it stands in the settings; nothing is asked of Modal yet. Blocks."""
    if settings.image.startswith(IMAGE):
        image = modal.Image.from_id(settings.image)
    elif settings.dockerfile:
        image = modal.Image.from_dockerfile(settings.dockerfile)
    else:
        image = modal.Image.from_registry(settings.image)
    if settings.apt:
        image = image.apt_install(*settings.apt)
    if settings.pip:
        image = image.pip_install(*settings.pip)
    if settings.commands:
        image = image.run_commands(*settings.commands)
    return image.cmd(list(SLEEP)) if settings.use_sleep_cmd else image
