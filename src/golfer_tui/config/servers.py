"""Asking a model's server what it has, at no cost: proves that its address and the key are right.

With the standard library alone, so that neither the doctor nor the first steps wait for a client to be imported.
"""

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Literal

from golfer_tui.model.errors import ModelError
from golfer_tui.model.secret import Secret
from golfer_tui.version import __version__

TIMEOUT = 5.0
"""Seconds to wait for the server."""

ANSWER = 4 * 1024 * 1024
"""Bytes of its answer that are read."""

HINT = "Check the address (it mostly ends in /v1), and that the server runs."


def offered(server: str, key: Secret | None = None) -> tuple[str, ...]:
    """Names of the models that the server lists; none if it answers, but keeps no list. Blocks.

    Raises:
        ModelError: `server.address`, `server.unreachable` or `model.key_refused`.
    """
    try:
        if not _is_address(server):
            raise ModelError("server.address", f"{server} is no http or https address.", hint=HINT)
        answer = _send(f"{server.rstrip('/')}/models", key)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in {401, 403}:
            verb, hint = ("refuses the", "Copy it again.") if key else ("wants a", "Give it one.")
            where = "In the environment it is OPENAI_API_KEY."
            raise ModelError(
                "model.key_refused", f"{server} {verb} key ({error.code}).", hint=f"{hint} {where}"
            ) from None
        return ()
    except (OSError, ValueError, http.client.HTTPException) as error:
        cause = getattr(error, "reason", None) or error
        reason = str(getattr(cause, "strerror", None) or cause).lower().rstrip(".") or type(error).__name__
        raise ModelError(
            "server.unreachable", f"{server} cannot be reached: {reason}.", hint=HINT, retry=True
        ) from None
    try:
        return tuple(str(each["id"]) for each in json.loads(answer)["data"])
    except (ValueError, KeyError, TypeError):
        return ()


def spoken(server: str, key: Secret | None = None) -> Literal["responses", "chat"]:
    """Which of the two APIs a server speaks that has answered `offered`. Blocks.

    It is asked with an empty request, which no server answers with more than what is missing.
    """
    try:
        _send(f"{server.rstrip('/')}/responses", key, b"{}")
    except urllib.error.HTTPError as error:
        error.close()
        return "chat" if error.code in {404, 405, 501} else "responses"
    except (OSError, ValueError, http.client.HTTPException):
        pass
    return "responses"


def _is_address(server: str) -> bool:
    parts = urllib.parse.urlsplit(server)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0


def _send(address: str, key: Secret | None, body: bytes | None = None) -> bytes:
    headers = {"User-Agent": f"golfer/{__version__}"} | ({"Content-Type": "application/json"} if body else {})
    request = urllib.request.Request(address, data=body, headers=headers)  # noqa: S310 - only http and https come here
    if key is not None:
        # Never to where the server may redirect to.
        request.add_unredirected_header("Authorization", f"Bearer {key.text}")
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
        return bytes(answer.read(ANSWER))
