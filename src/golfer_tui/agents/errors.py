"""What went wrong with the model, in one sentence: what, where, what to do, and whether trying again can help."""

import json
import re
from collections.abc import Iterator

import msgspec
import openai
from agents.exceptions import (
    AgentsException,
    MaxTurnsExceeded,
    ModelBehaviorError,
    ModelRefusalError,
    ModelTimeoutError,
    ToolTimeoutError,
    UserError,
)

from golfer_tui.model.errors import GolferError, ModelError

QUOTED = 300
"""How much of a server's own words is repeated, in characters."""


class _Told(msgspec.Struct, frozen=True):
    """How one kind of failure is told. `{server}`, `{model}`, `{answerer}` and `{said}` are filled in."""

    sentence: str
    hint: str = ""
    retry: bool = False


_AGAIN = "Send the message again."
_ADDRESS = "Check the address in OPENAI_BASE_URL or model.base_url (it mostly ends in /v1)"

TOLD = {
    "model.key_refused": _Told("{server} refused the API key.", "Set OPENAI_API_KEY to a key of that server."),
    "model.forbidden": _Told(
        "{server} does not let this key use {model}: {said}", "Choose another model with --model, or another key."
    ),
    "model.quota": _Told(
        "{server} says that the quota of this key is used up.",
        "Check its plan and billing, or set another OPENAI_API_KEY.",
    ),
    "model.rate_limit": _Told(
        "{server} limits requests to {model}: {said}",
        "Wait a moment and send the message again, or run fewer workers at once.",
        retry=True,
    ),
    "model.unknown": _Told("{server} has no model {model} for this key.", "Choose another one with --model."),
    "model.endpoint": _Told(
        "{server} does not answer as this API does: {said}", f"{_ADDRESS}, and the API in model.api."
    ),
    "model.unreachable": _Told("{server} cannot be reached: {said}", f"{_ADDRESS}, and the network.", retry=True),
    "model.dropped": _Told("The answer of {answerer} broke off.", _AGAIN, retry=True),
    "model.timeout": _Told("{answerer} fell silent.", _AGAIN, retry=True),
    "model.server": _Told("{answerer} failed: {said}", "Send the message again in a moment.", retry=True),
    "model.context": _Told(
        "The conversation has become too long for {answerer}.",
        "Start a new session, or choose a model that reads more with --model.",
    ),
    "model.history": _Told(
        "{answerer} does not accept the conversation so far: {said}",
        "Start a new session; this one stays readable.",
    ),
    "model.refused": _Told("{answerer} refused the request: {said}"),
    "model.declined": _Told("{answerer} declined to answer: {said}"),
    "model.cut": _Told("{answerer} ran out of output tokens before its answer was complete.", _AGAIN, retry=True),
    "model.behaviour": _Told(
        "{answerer} gave an answer that the agent cannot act on: {said}",
        "Send the message again, or choose another model with --model.",
        retry=True,
    ),
    "model.unsupported": _Told("The agent cannot run on {answerer}: {said}"),
    "agent.max_turns": _Told(
        "The agent was stopped after the {said} model calls that one turn may have.",
        "Send a message to go on, or raise model.max_turns; /limit raises it for one worker.",
    ),
    "agent.tool": _Told("A tool of the agent failed: {said}", "Send a message to go on."),
    "agent.unexpected": _Told("The agent stopped on an unexpected {said}", "Send a message to go on."),
}
"""Every code that `model_error` gives."""


class _Failure(msgspec.Struct, frozen=True):
    kind: str
    """A key of `TOLD`."""
    said: str = ""
    """The server's or the SDK's own words."""


def model_error(error: BaseException, where: str = "") -> GolferError:
    """Tell any failure of an agent's run as an error of ours; one that is ours is given back as it is.

    `where` is the server (`Provider.where`), for failures that do not tell it themselves.
    """
    if isinstance(error, GolferError):
        return error
    failure = _failure(error)
    told = TOLD[failure.kind]
    model, host = _place(error, where)
    sentence = told.sentence.format(
        server=host or "The model's server",
        model=model or "this model",
        answerer=" at ".join(part for part in (model or "the model", host) if part),
        said=failure.said or "it does not say why",
    )
    sentence = sentence[0].upper() + sentence[1:] if sentence.startswith("the model") else sentence
    return ModelError(failure.kind, sentence, hint=told.hint, retry=told.retry)


def _place(error: BaseException, where: str) -> tuple[str, str]:
    """Model and host, as far as the failed request tells them."""
    request = getattr(error, "request", None)
    if request is None:
        return "", where
    try:
        model = json.loads(request.content).get("model", "")
    except (ValueError, AttributeError, RuntimeError):
        model = ""  # a request without a body, or one whose body has gone
    return str(model), request.url.netloc.decode()


def _failure(error: BaseException) -> _Failure:
    match error:
        case openai.APIConnectionError() | ModelTimeoutError():
            return _connection(error)
        case openai.APIStatusError():
            return _refused(error.code or "", error.status_code, _said(error))
        case openai.APIResponseValidationError() | json.JSONDecodeError():
            return _Failure("model.endpoint", _short(error))
        case openai.APIError():
            return _refused(error.code or "", 0, _said(error))
        case AgentsException():
            return _run(error)
    return _Failure("agent.unexpected", f"{type(error).__name__}: {_short(error)}")


def _connection(error: BaseException) -> _Failure:
    causes = list(_causes(error))
    names = {type(cause).__name__ for cause in causes}
    if names & {"ConnectError", "ConnectTimeout", "ProxyError"}:
        return _Failure("model.unreachable", _short(causes[-1]) or "it does not answer")
    late = isinstance(error, openai.APITimeoutError | ModelTimeoutError)
    return _Failure("model.timeout" if late else "model.dropped")


_CODES = {
    "insufficient_quota": "model.quota",
    "invalid_api_key": "model.key_refused",
    "rate_limit_exceeded": "model.rate_limit",
    "context_length_exceeded": "model.context",
    "model_not_found": "model.unknown",
    "invalid_encrypted_content": "model.history",
    "server_error": "model.server",
    "server_is_overloaded": "model.server",
}
_WORDS = (
    (re.compile(r"maximum context length|context window|too many tokens", re.IGNORECASE), "model.context"),
    (re.compile(r"No tool (output|call) found|Item .* (not found|without its)|Duplicate item"), "model.history"),
)
_STATUSES = {401: "model.key_refused", 403: "model.forbidden", 429: "model.rate_limit"}


def _refused(code: str, status: int, said: str) -> _Failure:
    """A refusal, by its code; by its words and status for compatible servers, which often give none."""
    if kind := _CODES.get(code):
        return _Failure(kind, said)
    for pattern, kind in _WORDS:
        if pattern.search(said):
            return _Failure(kind, said)
    if status == 404:
        return _Failure("model.unknown" if "model" in said.lower() else "model.endpoint", said)
    return _Failure(_STATUSES.get(status, "model.server" if status >= 500 else "model.refused"), said)


def _run(error: AgentsException) -> _Failure:
    """What the SDK itself found wrong in a run."""
    match error:
        case MaxTurnsExceeded():
            number = re.search(r"\d+", str(error))
            return _Failure("agent.max_turns", number[0] if number else "")
        case ModelRefusalError():
            return _Failure("model.declined", _short(error.refusal))
        case ToolTimeoutError():
            return _Failure("agent.tool", _short(error))
        case ModelBehaviorError():
            return _behaviour(_short(error))
        case UserError() if error.__cause__ is not None:
            return _Failure("agent.tool", _short(error.__cause__))
    return _Failure("model.unsupported", _short(error))


_CODE_IN_STREAM = re.compile(r"\bcode='?(?P<code>[a-z_]+)'?")
_SAID_IN_STREAM = re.compile(r"\bmessage=(?P<quote>['\"]?)(?P<said>.+?)(?P=quote)(?:, \w+=|\)|;|\.?$)")


def _behaviour(text: str) -> _Failure:
    """An answer that no agent can act on. The SDK tells failures in mid-stream this way too, in prose."""
    if "final response" in text:
        return _Failure("model.dropped")
    if "response.incomplete" in text or "finish_reason='length'" in text:
        return _Failure("model.cut")
    if code := _CODE_IN_STREAM.search(text):
        said = _SAID_IN_STREAM.search(text)
        return _refused(code["code"], 0, said["said"] if said else text)
    return _Failure("model.behaviour", text)


def _said(error: openai.APIError) -> str:
    """The server's own words, without the client's frame around them."""
    body = error.body
    if isinstance(body, dict) and isinstance(body.get("message"), str):
        return _short(body["message"])
    return _short(error.message)


def _short(text: object) -> str:
    line = " ".join(str(text).split())
    return line if len(line) <= QUOTED else f"{line[:QUOTED]}…"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, outermost first."""
    cause: BaseException | None = error
    for _ in range(10):
        if cause is None:
            return
        yield cause
        cause = cause.__cause__ or cause.__context__
