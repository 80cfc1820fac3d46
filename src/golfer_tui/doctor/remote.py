"""Checks of what is reached over the network: the model's server and its key, Modal and its token."""

import asyncio
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from golfer_tui import config
from golfer_tui.config.credentials import NONE, key_for, keyring_name, server_of
from golfer_tui.config.servers import offered
from golfer_tui.doctor.finding import Finding
from golfer_tui.model.errors import ModelError, SandboxError
from golfer_tui.model.secret import Secret
from golfer_tui.model.settings import OFFICIAL, Settings
from golfer_tui.sandboxes.modal.checking import check


def model(settings: Settings, environ: Mapping[str, str]) -> Finding:
    """Whether a language model can be asked at all, and where its key comes from. Blocks: it may ask the keyring."""
    name = settings.model.name or "the default model"
    if settings.demo:
        return Finding("model", "ok", "the demo's scripted model")
    kept = key_for(settings, environ)
    if problem := config.model_problem(settings, environ, kept):
        what, _, hint = problem.partition(": ")
        return Finding("model", "missing", what, f"{hint[:1].upper()}{hint[1:]}")
    if environ.get("OPENAI_API_KEY"):
        source = "with OPENAI_API_KEY"
    else:
        source = "without a key" if kept is None else f"with the key in {keyring_name()}"
    return Finding("model", "ok", f"{name}, {source}")


def keyring() -> Finding:
    """Whether keys can be kept on this machine. Blocks."""
    if name := keyring_name():
        return Finding("keyring", "ok", f"{name} can keep keys")
    hint = "Set OPENAI_API_KEY in the environment, or give the key anew at each start."
    return Finding("keyring", "warn", f"{NONE[:1].lower()}{NONE[1:].rstrip('.')}", hint)


def endpoint(settings: Settings, environ: Mapping[str, str]) -> Finding:
    """Whether the model's server answers and takes the key; OpenAI is only tried if there is one. Blocks."""
    server = server_of(settings, environ)
    word = environ.get("OPENAI_API_KEY", "").strip()
    key = Secret(word) if word else key_for(settings, environ)
    if server == OFFICIAL and key is None:
        return Finding("endpoint", "ok", "OpenAI's own; not tried without a key")
    try:
        names = offered(server, key)
    except ModelError as error:
        return Finding("endpoint", "missing", error.message.rstrip("."), error.hint)
    wanted = settings.model.name
    if wanted and names and wanted not in names:
        hint = f"It has {', '.join(names[:5])}{', …' if len(names) > 5 else ''}."
        return Finding("endpoint", "warn", f"{server} answers, but does not list the model {wanted}", hint)
    return Finding("endpoint", "ok", f"{server} answers" if names else f"{server} answers, but lists no models")


async def modal(settings: Settings, environ: Mapping[str, str]) -> Finding:
    """Whether Modal takes the token that its client would find: tried with one call that costs nothing."""
    found = await asyncio.to_thread(token_place, environ)
    state: Literal["warn", "missing"] = "missing" if settings.backend == "modal" else "warn"
    if not found:
        return Finding("modal", state, "no token for Modal", "For workers on Modal make an account, then: modal setup")
    try:
        await check()
    except SandboxError as error:
        return Finding("modal", state, error.message.rstrip("."), error.hint)
    return Finding("modal", "ok", f"Modal takes the token in {found}")


def token_place(environ: Mapping[str, str]) -> str:
    """Where Modal's client would find a token; empty if nowhere. The token itself is not looked at."""
    if environ.get("MODAL_TOKEN_ID") and environ.get("MODAL_TOKEN_SECRET"):
        return "MODAL_TOKEN_ID and MODAL_TOKEN_SECRET"
    path = Path(environ.get("MODAL_CONFIG_PATH") or "~/.modal.toml").expanduser()
    try:
        profiles = tomllib.loads(path.read_text())
    except (OSError, ValueError):
        return ""
    kept = any(isinstance(profile, dict) and profile.get("token_id") for profile in profiles.values())
    return str(path) if kept else ""
