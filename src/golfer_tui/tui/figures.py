"""Numbers as people read them."""

from golfer_tui.model.figures import bar, brief, since, size, span, tally, value

__all__ = ["bar", "brief", "since", "size", "span", "tally", "value"]
