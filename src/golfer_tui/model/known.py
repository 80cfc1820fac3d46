"""What an engine can be asked for by name, so that a person can be offered it."""

from typing import Literal

KnownKind = Literal["skill", "model", "session"]
"""Skills that agents can load, models that can answer, and other stored sessions."""
