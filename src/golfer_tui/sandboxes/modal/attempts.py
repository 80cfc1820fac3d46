"""A request for a sandbox is sent once, and not again by modal's client itself when no answer came.

Modal may have carried out the first one, and then there would be two sandboxes for one lease. So it is for us to look
what there is, and to ask again. This leans on how its client is made inside (`process_exception_before_retry`); a test
fails loudly when that changes.
"""

from typing import Any

from modal import exception as me
from modal._utils import grpc_utils

CREATE = "/SandboxCreate"
"""How the name of the call ends that makes a sandbox."""

_original = grpc_utils.process_exception_before_retry


class UnansweredError(me.ConnectionError):
    """It is not known whether a sandbox was made."""


def once() -> None:
    """From now on it is so; may be called again."""
    setattr(grpc_utils, "process_exception_before_retry", _refuse)  # noqa: B010 - it is no public name of the module


def _refuse(exc: Exception, final_attempt: bool, fn_name: str, *details: Any) -> None:
    if fn_name.endswith(CREATE):
        raise UnansweredError(str(exc) or type(exc).__name__) from exc
    _original(exc, final_attempt, fn_name, *details)
