"""Images: recipes that are "built" with a log, and snapshots that are copies of a sandbox's own folders."""

import asyncio
import hashlib
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grpclib import GRPCError, Status
from modal_proto import api_pb2

SUCCESS = api_pb2.GenericResult(status=api_pb2.GenericResult.GENERIC_STATUS_SUCCESS)


@dataclass
class Image:
    """A recipe with the image it stands on, or a snapshot."""

    id: str
    commands: list[str] = field(default_factory=list)
    base: str = ""
    folder: Path | None = None
    """What a snapshot holds: of a filesystem the sandbox's own folders, of a directory what was in it."""
    whole: bool = True
    """False for the snapshot of a directory."""
    log: list[str] = field(default_factory=list)
    result: Any = None
    """None until it is built."""


class Images:
    """All images of a plane."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._images: dict[str, Image] = {}
        self.build_seconds = 0.0
        """How long each build takes."""
        self.broken: dict[str, str] = {}
        """Part of a command of a recipe, to the error that building it ends with."""

    def get(self, id_: str) -> Image:
        """Raises NOT_FOUND if there is none."""
        if (image := self._images.get(id_)) is None:
            raise GRPCError(Status.NOT_FOUND, f"Image with ID {id_} not found")
        return image

    def define(self, recipe: Any) -> Image:
        """The image of a recipe; the same recipe is the same image."""
        key = hashlib.sha256(recipe.SerializeToString(deterministic=True)).hexdigest()[:22]
        base = recipe.base_images[0].image_id if recipe.base_images else ""
        return self._images.setdefault(f"im-{key}", Image(f"im-{key}", list(recipe.dockerfile_commands), base))

    async def build(self, image: Image) -> None:
        """Write the log line by line, and then succeed, or fail where it is broken."""
        if image.result is not None:
            return
        image.log = [f"=> Step {number}: {command}\n" for number, command in enumerate(image.commands)]
        await asyncio.sleep(self.build_seconds)
        for part, error in self.broken.items():
            if any(part in command for command in image.commands):
                image.log.append(f"{error}\n")
                image.result = api_pb2.GenericResult(
                    status=api_pb2.GenericResult.GENERIC_STATUS_FAILURE,
                    exception=f"Image build terminated with exit code 1: {error}",
                )
                return
        image.result = SUCCESS

    def command(self, image: Image) -> list[str]:
        """What a sandbox of the image runs if it is not told."""
        for each in self.lineage(image):
            for line in reversed(each.commands):
                if line.startswith("CMD "):
                    return [part.strip(' "') for part in line.removeprefix("CMD").strip(" []").split(",")]
        return ["sleep", "infinity"]

    def lineage(self, image: Image) -> list[Image]:
        """The image and what it stands on."""
        found = [image]
        while found[-1].base:
            found.append(self.get(found[-1].base))
        return found

    async def snapshot(self, source: Path, id_: str, *, whole: bool, base: str = "") -> Image:
        """Keep a copy of a folder."""
        image = Image(f"im-{id_.replace('-', '')[:22]}", base=base, whole=whole, result=SUCCESS)
        image.folder = self._folder / image.id
        await asyncio.to_thread(shutil.copytree, source, image.folder, symlinks=True, ignore=_sockets)
        self._images[image.id] = image
        return image

    async def unpack(self, image: Image, root: Path) -> None:
        """Put the files of a sandbox's image where the sandbox has its own folders."""
        for each in self.lineage(image):
            if each.folder is not None and each.whole:
                await asyncio.to_thread(shutil.copytree, each.folder, root, symlinks=True, dirs_exist_ok=True)
                return


def _sockets(folder: str, names: list[str]) -> list[str]:
    return [
        name for name in names if not ((path := Path(folder, name)).is_symlink() or path.is_file() or path.is_dir())
    ]
