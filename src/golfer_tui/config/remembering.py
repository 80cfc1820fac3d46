"""Writing into the person's own settings file, so that what was set up once is there at the next start."""

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from golfer_tui.model.errors import UsageError


def remember(path: Path, values: Mapping[str, str]) -> None:
    """Set these settings, by dotted keys of one dot, in a file that is made if it is not there. Blocks on the disk.

    All else in it stays as it is, comments included; it is replaced as a whole or not at all.

    Raises:
        UsageError: `settings.unwritable`; nothing was changed.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        target = path.resolve()
        document = tomlkit.parse(target.read_text(encoding="utf-8")) if target.exists() else tomlkit.document()
        for key, value in values.items():
            section, _, name = key.partition(".")
            if section not in document:
                document[section] = tomlkit.table()
            document[section][name] = value
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, tomlkit.dumps(document))
    except (OSError, TOMLKitError, TypeError, UnicodeDecodeError) as error:
        what = getattr(error, "strerror", None) or str(error)
        lines = ", ".join(f"{key} = {value!r}" for key, value in values.items())
        raise UsageError(
            "settings.unwritable", f"{path} cannot be written: {what.lower()}.", hint=f"Write into it: {lines}."
        ) from error


def _replace(target: Path, text: str) -> None:
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        if target.exists():
            os.chmod(temporary, target.stat().st_mode & 0o777)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
