"""What the API refuses, with its status codes and error bodies.

Messages keep the wording that people search for, since our own error mapping must not depend on it: it reads codes.
"""

from typing import Any


class Refusal(Exception):  # noqa: N818 - it is an answer of the API, not our error
    """The API answers with an error instead of a response."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}
        self.error: dict[str, Any] = {"message": message, "type": kind, "param": param, "code": code}

    @property
    def body(self) -> dict[str, Any]:
        return {"error": self.error}


def missing_key() -> Refusal:
    return Refusal(401, "You didn't provide an API key. Send it in the Authorization header as a Bearer token.")


def wrong_key(key: str) -> Refusal:
    shown = f"{key[:3]}{'*' * 8}{key[-2:]}"
    return Refusal(401, f"Incorrect API key provided: {shown}.", code="invalid_api_key")


def unknown_model(name: str) -> Refusal:
    message = f"The model `{name}` does not exist or you do not have access to it."
    return Refusal(404, message, code="model_not_found", param="model")


def unknown_parameter(path: str) -> Refusal:
    return Refusal(400, f"Unknown parameter: '{path}'.", code="unknown_parameter", param=path)


def missing_parameter(path: str) -> Refusal:
    return Refusal(400, f"Missing required parameter: '{path}'.", code="missing_required_parameter", param=path)


def invalid_type(path: str, expected: str) -> Refusal:
    return Refusal(400, f"Invalid type for '{path}': expected {expected}.", code="invalid_type", param=path)


def invalid_value(path: str, message: str) -> Refusal:
    return Refusal(400, message, code="invalid_value", param=path)


def unsupported_parameter(path: str) -> Refusal:
    message = f"Unsupported parameter: '{path}' is not supported with this model."
    return Refusal(400, message, code="unsupported_parameter", param=path)


def empty_array(path: str) -> Refusal:
    message = f"Invalid '{path}': empty array. Expected an array with minimum length 1, but got an empty array instead."
    return Refusal(400, message, code="empty_array", param=path)


def too_long(path: str) -> Refusal:
    message = "Your input exceeds the context window of this model. Please adjust your input and try again."
    return Refusal(400, message, code="context_length_exceeded", param=path)


def rate_limited(seconds: float = 0.01) -> Refusal:
    """A retry after `seconds` may succeed."""
    headers = {"retry-after": str(max(1, round(seconds))), "retry-after-ms": str(round(seconds * 1000))}
    message = f"Rate limit reached on requests per min (RPM). Please try again in {round(seconds * 1000)}ms."
    return Refusal(429, message, code="rate_limit_exceeded", kind="requests", headers=headers)


def quota_used_up() -> Refusal:
    message = "You exceeded your current quota, please check your plan and billing details."
    return Refusal(429, message, code="insufficient_quota", kind="insufficient_quota")


def server_error() -> Refusal:
    message = "The server had an error while processing your request. Sorry about that!"
    return Refusal(500, message, kind="server_error", headers={"retry-after-ms": "10"})


def overloaded() -> Refusal:
    message = "The engine is currently overloaded, please try again later."
    return Refusal(503, message, kind="server_error", headers={"retry-after-ms": "10"})
