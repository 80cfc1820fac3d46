"""The mouse for the program that has the person's keyboard: clicks, drags and the wheel, in cells of its terminal.

A program gets the mouse if it asked for it, and if what the person sees is what it draws. With shift the mouse stays
the cockpit's, as in other terminals.
"""

from typing import TYPE_CHECKING, Final

from textual import events

from golfer_tui.terminal.mouse import Action, Button, encode_mouse

if TYPE_CHECKING:
    from golfer_tui.tui.fleet import Fleet

BUTTONS: Final[dict[int, Button]] = {1: "left", 2: "middle", 3: "right"}

KINDS: Final[dict[type[events.MouseEvent], tuple[Action, Button]]] = {
    events.MouseDown: ("press", ""),
    events.MouseUp: ("release", ""),
    events.MouseMove: ("motion", ""),
    events.MouseScrollUp: ("press", "wheel_up"),
    events.MouseScrollDown: ("press", "wheel_down"),
    events.MouseScrollLeft: ("press", "wheel_left"),
    events.MouseScrollRight: ("press", "wheel_right"),
}


class ProgramMouse:
    """Is shown the fleet's mouse events first; takes those of the program, which go there as a message of the fleet."""

    def __init__(self, fleet: "Fleet") -> None:
        self._fleet = fleet
        self._held = False
        """A button is down that was pressed in the terminal: all until its release is the program's."""

    def take(self, event: events.MouseEvent) -> bool:
        """Whether the event is the program's, also if the program does not want to know of it."""
        found = self._fleet.typed_into()
        if found is None:
            self._let_go()
            return False
        pane, left, top = found
        modes, size = pane.modes, (pane.columns, pane.rows)
        x, y = event.x - left, event.y - top
        inside = 0 <= x < size[0] and 0 <= y < size[1]
        if not self._held and (event.shift or not inside or not pane.reading.view.following):
            return False
        if isinstance(event, events.MouseUp) and not self._held:
            return False
        action, button = KINDS[type(event)]
        # Outside, where a drag may lead, it is the nearest cell.
        x, y = min(max(x, 0), size[0] - 1), min(max(y, 0), size[1] - 1)
        button = button or BUTTONS.get(event.button, "")
        data = encode_mouse(action, button, x, y, modes, size=size, alt=event.meta, ctrl=event.ctrl)
        if data:
            self._fleet.post_message(self._fleet.ForProgram(data))
        if isinstance(event, events.MouseDown) and modes.mouse:
            self._held = True
            self._fleet.capture_mouse()
        elif isinstance(event, events.MouseUp):
            self._let_go()
        return bool(data or modes.mouse)

    def _let_go(self) -> None:
        if self._held:
            self._held = False
            self._fleet.release_mouse()
