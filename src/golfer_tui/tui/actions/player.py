"""Actions of the player of recordings."""

from golfer_tui.tui.actions.action import Action

STEP, LEAP = 5.0, 60.0
"""Seconds that an arrow moves, alone and with shift."""

PLAYER = tuple(
    Action(id=f"player.{name}", title=title, help=text, do=do, places=("player",), keys=keys, bar=bar, priority=first)
    for name, title, text, do, keys, bar, first in (
        ("play", "Play or pause", "play or pause", "play_or_pause", "space", "play/pause", False),
        ("back", "Back", f"{STEP:g} seconds back", f"seek({-STEP})", "left h", f"{STEP:g} s back", False),
        ("on", "On", f"{STEP:g} seconds on", f"seek({STEP})", "right l", f"{STEP:g} s on", False),
        ("leap-back", "Leap back", f"{LEAP:g} seconds back", f"seek({-LEAP})", "shift+left H", "", False),
        ("leap-on", "Leap on", f"{LEAP:g} seconds on", f"seek({LEAP})", "shift+right L", "", False),
        ("start", "To the beginning", "to the beginning", "to_start", "home g", "", False),
        ("end", "To the end", "to the end", "to_end", "end G", "", False),
        ("faster", "Faster", "twice as fast", "speed(2)", "up k plus", "faster", False),
        ("slower", "Slower", "half as fast", "speed(0.5)", "down j minus", "slower", False),
        ("next", "Next output", "over a silence to the next output", "next_output", "n", "next output", False),
        ("mark-before", "Mark before", "to the mark before", "mark(-1)", "left_square_bracket", "mark before", False),
        ("mark-next", "Next mark", "to the next mark", "mark(1)", "right_square_bracket", "next mark", False),
        ("quit", "Quit", "leave", "quit", "q escape ctrl+c", "quit", True),
    )
)
