"""A small change of the main screen costs little, such as a cursor that blinks.

Textual's compositor has every widget in sight draw all of itself, wherever the change is. Ours asks only those that lie
where something changed.
"""

from collections.abc import Iterable

from textual._compositor import Compositor  # what asks the widgets has no public way in
from textual.geometry import Region
from textual.strip import Strip


class NearCompositor(Compositor):
    """A compositor for a screen with few widgets that draw much."""

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            if seen and (crop is None or crop.overlaps(seen)):
                yield region, clip, widget.render_lines(seen.translate(-region.offset))
