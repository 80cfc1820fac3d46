"""How long a model is waited for, and which of its failures may pass."""

import msgspec
from agents.retry import ModelRetryBackoffSettings, ModelRetrySettings, RetryPolicyContext

_RETRIED = frozenset({408, 409, 429})
"""Statuses of a server that may answer the next time; those from 500 on are, too."""


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long a model is waited for, and how often it is asked again before a person is told."""

    connect: float = 10.0
    """Seconds until a connection must stand."""
    silence: float = 600.0
    """Seconds without a byte after which an answer counts as lost; models may think for minutes."""
    retries: int = 4
    """Further attempts after a failure that may pass. What has begun to answer is never asked again."""
    first_delay: float = 0.5
    """Seconds before the first further attempt; each next one waits twice as long."""
    longest_delay: float = 60.0
    """Seconds. A server that asks for more is not waited for: the person is told."""

    def settings(self) -> ModelRetrySettings:
        """The same for the SDK's runner."""
        return ModelRetrySettings(
            max_retries=self.retries,
            backoff=ModelRetryBackoffSettings(
                initial_delay=self.first_delay, max_delay=self.longest_delay, multiplier=2.0, jitter=True
            ),
            policy=lambda context: _may_pass(context, self.longest_delay),
        )


def _may_pass(context: RetryPolicyContext, longest: float) -> bool:
    """Ask again after what may pass: lost connections, rate limits, failures of the server. A quota does not pass."""
    failure = context.normalized
    if failure.error_code == "insufficient_quota" or (failure.retry_after or 0) > longest:
        return False
    if failure.is_timeout:
        return context.attempt == 1  # each attempt may take as long as the first
    status = failure.status_code
    return failure.is_network_error or status in _RETRIED or (status is not None and status >= 500)
