"""Where the settings come from: flags, then `GOLFER_*` variables, then `golfer.toml` here, then the person's own.

Each source is checked by itself before anything is merged, so that an error names the file, variable or flag. What
that takes is imported where settings are read: who only asks where the store is does not wait for it.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from golfer_tui.config.check import Flat
    from golfer_tui.model.secret import Secret
    from golfer_tui.model.settings import Settings

__all__ = ["files", "home", "load", "model_problem"]

FILE = "golfer.toml"


def home(environ: Mapping[str, str]) -> Path:
    """Folder of everything that the product stores: `GOLFER_HOME`, else the platform's folder for user data."""
    if own := environ.get("GOLFER_HOME"):
        return Path(own).expanduser().absolute()
    import platformdirs

    return platformdirs.user_data_path("golfer")


def files(directory: Path, environ: Mapping[str, str]) -> tuple[Path, Path]:
    """The two settings files, whether they exist or not: the directory's, then the person's own.

    `GOLFER_CONFIG` is the path of a file that stands in for the person's own.
    """
    import platformdirs

    own = environ.get("GOLFER_CONFIG")
    user = Path(own).expanduser().absolute() if own else platformdirs.user_config_path("golfer") / FILE
    return directory / FILE, user


def load(directory: Path, environ: Mapping[str, str], overrides: Mapping[str, object] | None = None) -> "Settings":
    """The settings for a session that is started in `directory`.

    Args:
        directory: Where `golfer.toml` is looked for; its parents are not.
        environ: The variables, usually `os.environ`.
        overrides: Values of flags by dotted key (`model.name`); None means that the flag was not given.

    Raises:
        UsageError: `settings.unreadable`, `settings.malformed`, `settings.unknown`, `settings.value`,
            `settings.mount` or `settings.personal`; the message names the source and the key, the hint what is allowed.
    """
    import msgspec

    from golfer_tui.config.check import nest
    from golfer_tui.config.sources import from_file, from_flags, from_variables
    from golfer_tui.config.tables import check_places, missing_variables
    from golfer_tui.config.trust import check_project
    from golfer_tui.model.settings import Settings

    here, user = files(directory, environ)
    flat: Flat = {}
    for source in (
        from_file(user, required=bool(environ.get("GOLFER_CONFIG"))),
        check_project(from_file(here), here, user),
        from_variables(environ, directory),
        from_flags(overrides or {}, directory),
    ):
        # Profiles are known by their names: another source adds to them.
        profiles = {**flat.get("workers", {}), **source.get("workers", {})}
        flat |= {**source, "workers": profiles}
    settings = msgspec.convert(nest(flat), Settings)
    check_places(settings)
    missing_variables(settings, environ)
    return settings


def model_problem(
    settings: "Settings", environ: Mapping[str, str] | None = None, key: "Secret | None" = None
) -> str | None:
    """Why no language model can be asked, in one sentence; None if one can, or if the demo's model answers.

    `key` is what is kept for the settings' server.
    """
    variables = os.environ if environ is None else environ
    if settings.demo or variables.get("OPENAI_API_KEY") or key is not None:
        return None
    if settings.model.base_url or variables.get("OPENAI_BASE_URL"):
        if settings.model.name:
            return None
        return "The model's server has an address, but no model is named: add --model NAME."
    return "No model is set up: set OPENAI_API_KEY, or start golfer, which asks for one, or try --demo."
