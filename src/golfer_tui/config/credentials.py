"""Where the key of a model's server comes from: the environment first, then the system's keyring; never a file of ours.

A kept key belongs to one server, by its address: it is sent to no other. The keyring may ask the person to unlock it,
so everything here can block: call it in a thread.
"""

from collections.abc import Mapping

from golfer_tui.model.errors import UsageError
from golfer_tui.model.secret import Secret
from golfer_tui.model.settings import OFFICIAL, Settings

SERVICE = "golfer"
"""Under which name the keyring keeps keys; the account is the server's address."""

TRUSTED = 1
"""Least priority of a keyring that protects what it keeps, by the library's own measure."""

NONE = "This machine has no keyring that keys can be kept in."
HINT = "Set OPENAI_API_KEY in the environment instead."


def server_of(settings: Settings, environ: Mapping[str, str]) -> str:
    """Address of the model's server."""
    return (settings.model.base_url or environ.get("OPENAI_BASE_URL", "")).strip() or OFFICIAL


def keyring_name() -> str:
    """What keeps keys on this machine; empty if nothing does."""
    import keyring  # takes a tenth of a second, which most starts do not need

    try:
        found = keyring.get_keyring()
        # Of several at once the first one is given what is kept.
        first = next(iter(getattr(found, "backends", ())), found)
        return str(first.name) if first.priority >= TRUSTED else ""
    except Exception:  # noqa: BLE001 - keyrings are plugins of anybody
        return ""


def key_for(settings: Settings, environ: Mapping[str, str]) -> Secret | None:
    """The key that is kept for the settings' server; None if the environment has one, or there is none.

    A keyring that cannot be read has none.
    """
    if settings.demo or environ.get("OPENAI_API_KEY", "").strip():
        return None
    if not keyring_name():
        return None
    import keyring

    try:
        word = keyring.get_password(SERVICE, server_of(settings, environ))
    except Exception:  # noqa: BLE001 - locked, refused, gone: whatever a plugin raises
        return None
    return Secret(word) if word else None


def keep(server: str, key: Secret) -> str:
    """Keep the key of a server; returns the name of the keyring that has it now.

    Raises:
        UsageError: `keyring.none` or `keyring.refused`; the key is not in it.
    """
    name = keyring_name()
    if not name:
        raise UsageError("keyring.none", NONE, hint=HINT)
    import keyring

    try:
        keyring.set_password(SERVICE, server, key.text)
    except Exception as error:  # noqa: BLE001 - as above
        # Its own words might repeat what it was given.
        what = type(error).__name__
        raise UsageError("keyring.refused", f"{name} does not take the key ({what}).", hint=HINT) from None
    return name
