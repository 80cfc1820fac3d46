"""Modal's errors as our own: one sentence that says what happened, what to do, and whether a retry can help."""

import asyncio

from modal import exception as me

from golfer_tui.model.errors import SandboxError

DETAIL = 2000
"""Characters of Modal's own words that an error repeats."""


def explained(error: BaseException, doing: str, *, gpu: str | None = None) -> SandboxError:
    """What an error of Modal's client means.

    Args:
        error: Any error; one of ours is given back as it is.
        doing: What failed, as the beginning of a sentence: `The sandbox of ada could not be made`.
        gpu: The GPUs that were asked for, where a sandbox was asked for: it is not there yet to be gone.
    """
    if isinstance(error, SandboxError):
        return error
    said = _words(error)
    match error:
        case me.AuthError() if "Token missing" in said:
            return SandboxError(
                "modal.no_token", f"{doing}: there is no token for Modal.", hint="Make an account, then: modal setup"
            )
        case me.AuthError() | me.PermissionDeniedError():
            return SandboxError(
                "modal.token_refused",
                f"{doing}: Modal refuses the token ({said}).",
                hint="Check MODAL_TOKEN_ID and MODAL_TOKEN_SECRET, or run: modal setup",
            )
        case me.ResourceExhaustedError():
            return SandboxError(
                "modal.quota",
                f"{doing}: Modal has no capacity or quota for it ({said}).",
                hint="Try again later, ask for less, or raise the limits of your Modal workspace.",
                retry=True,
            )
        case me.InvalidError() | me.NotFoundError() if gpu and _names_gpu(said, gpu):
            return SandboxError(
                "modal.gpu_type", f"{doing}: Modal has no GPU {gpu} ({said}).", hint="Take a type such as H100 or T4."
            )
        case me.NotFoundError() if gpu is not None:
            return SandboxError(
                "modal.error",
                f"{doing}: Modal does not know what it needs ({said}).",
                hint="Check the image, the snapshot and the names of the secrets.",
            )
        case me.NotFoundError():
            return SandboxError("sandbox.gone", f"{doing}: Modal does not know it any more ({said}).")
        case me.RemoteError():
            return SandboxError(
                "modal.image",
                f"{doing}: its image does not build. {said}",
                hint="The log of the build stands in the worker's terminal; mend the image in [modal].",
            )
        case me.SandboxTimeoutError():
            return SandboxError("sandbox.lifetime", f"{doing}: the sandbox reached the end of its time.")
        case (
            me.ServiceError()
            | me.ConnectionError()
            | me.InternalError()
            | me.InternalFailure()
            | me.ClientClosed()
            | OSError()
            | asyncio.TimeoutError()
        ):
            return SandboxError(
                "modal.unreachable",
                f"{doing}: Modal does not answer ({said}).",
                hint="Check the network and https://status.modal.com, then try again.",
                retry=True,
            )
    return SandboxError("modal.error", f"{doing}: {said}")


def _names_gpu(said: str, gpu: str) -> bool:
    return any(word in said.upper() for word in ("GPU", gpu.partition(":")[0].rstrip("!+")))


def _words(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return text if len(text) <= DETAIL else f"…{text[-DETAIL:]}"
