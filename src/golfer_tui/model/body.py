"""What the bodies of all events share. The modules `*_events.py` hold them, each with what it is about."""

import msgspec


class Body(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Base of all bodies."""
