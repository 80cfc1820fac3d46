"""Checks of what is reached over the network: the model's key and server, Modal's token."""

import http.client
import json
import tomllib
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from golfer_tui import config
from golfer_tui.doctor.finding import Finding
from golfer_tui.model.settings import Settings
from golfer_tui.version import __version__

TIMEOUT = 3.0
"""Seconds to wait for the model's server."""

ANSWER = 4 * 1024 * 1024
"""Bytes of its list of models that are read."""

SERVERS_HINT = "Check the address in OPENAI_BASE_URL or model.base_url, and that the server runs."


def model(settings: Settings, environ: Mapping[str, str]) -> Finding:
    """Whether a language model can be asked at all."""
    name = settings.model.name or "the default model"
    if settings.demo:
        return Finding("model", "ok", "the demo's scripted model")
    if problem := config.model_problem(settings, environ):
        what, _, hint = problem.partition(": ")
        return Finding("model", "missing", what, f"{hint[:1].upper()}{hint[1:]}")
    return Finding(
        "model", "ok", f"{name}, {'with OPENAI_API_KEY' if environ.get('OPENAI_API_KEY') else 'without a key'}"
    )


def endpoint(settings: Settings, environ: Mapping[str, str]) -> Finding:
    """Whether the model's server answers; only tried if an address was given. Blocks."""
    base = settings.model.base_url or environ.get("OPENAI_BASE_URL", "")
    if not base:
        return Finding("endpoint", "ok", "OpenAI's own; not tried, since no other was asked for")
    try:
        if urllib.parse.urlsplit(base).scheme not in {"http", "https"}:
            return Finding("endpoint", "missing", f"{base} is no http or https address", SERVERS_HINT)
        return _listed(base, settings.model.name, _get(f"{base.rstrip('/')}/models", environ.get("OPENAI_API_KEY")))
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in {401, 403}:
            return Finding("endpoint", "missing", f"{base} refuses the key ({error.code})", "Set OPENAI_API_KEY anew.")
        return Finding("endpoint", "ok", f"{base} answers, but lists no models ({error.code})")
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        return Finding("endpoint", "missing", f"{base} cannot be reached: {reason}", SERVERS_HINT)


def _get(address: str, key: str | None) -> bytes:
    request = urllib.request.Request(address, headers={"User-Agent": f"golfer/{__version__}"})  # noqa: S310
    if key:
        # Never to where the server may redirect to.
        request.add_unredirected_header("Authorization", f"Bearer {key}")
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
        return bytes(answer.read(ANSWER))


def _listed(base: str, wanted: str, answer: bytes) -> Finding:
    try:
        names = [str(each["id"]) for each in json.loads(answer)["data"]]
    except (ValueError, KeyError, TypeError):
        return Finding("endpoint", "ok", f"{base} answers")
    if wanted and names and wanted not in names:
        hint = f"It has {', '.join(names[:5])}{', …' if len(names) > 5 else ''}."
        return Finding("endpoint", "warn", f"{base} answers, but does not list the model {wanted}", hint)
    return Finding("endpoint", "ok", f"{base} answers")


def modal_token(settings: Settings, environ: Mapping[str, str]) -> Finding:
    """Whether Modal's client would find a token. Only whether: it is neither shown nor tried."""
    if environ.get("MODAL_TOKEN_ID") and environ.get("MODAL_TOKEN_SECRET"):
        return Finding("modal", "ok", "the token is in MODAL_TOKEN_ID and MODAL_TOKEN_SECRET; not tried")
    path = Path(environ.get("MODAL_CONFIG_PATH") or "~/.modal.toml").expanduser()
    try:
        profiles = tomllib.loads(path.read_text())
    except (OSError, ValueError):
        profiles = {}
    if any(isinstance(profile, dict) and profile.get("token_id") for profile in profiles.values()):
        return Finding("modal", "ok", f"a token is in {path}; not tried")
    state: Literal["warn", "missing"] = "missing" if settings.backend == "modal" else "warn"
    return Finding("modal", state, "no token for Modal", "For workers on Modal make an account, then: modal setup")
