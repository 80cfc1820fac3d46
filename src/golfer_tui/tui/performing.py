"""Doing an action of the table on a screen: the one way that the palette, menus and `/` commands take."""

import inspect
from collections.abc import Iterator
from typing import Any

from textual import actions
from textual.dom import DOMNode
from textual.screen import Screen

from golfer_tui.tui.actions import ACTIONS, Action


def target(screen: Screen[Any], action: Action) -> tuple[DOMNode, str, tuple[object, ...]] | None:
    """Whose method it is, its name and its own arguments; None if it does not belong to what this screen shows."""
    _, name, parameters = actions.parse(action.do)
    node: DOMNode | None
    if action.subject == "app":
        node = screen.app
    elif action.subject in {"session", "worker"}:
        # Other screens have methods of the same names, which mean something else.
        node = screen if getattr(screen, "PLACE", "") == "cockpit" else None
    elif getattr(screen, "PLACE", "") in action.places:
        node = screen
    else:
        node = next(iter(screen.query(", ".join(f"#{place}" for place in action.places)).results()), None)
    return None if node is None else (node, name, parameters)


def possible(screen: Screen[Any], action: Action) -> bool:
    """It can be done here and now."""
    found = target(screen, action)
    return found is not None and found[0].check_action(found[1], found[2]) is not False


def on_offer(screen: Screen[Any]) -> Iterator[Action]:
    """What the palette has of this screen."""
    return (action for action in ACTIONS if action.palette and possible(screen, action))


async def perform(screen: Screen[Any], action: Action, *words: str) -> bool:
    """Do it with these arguments; those that are needed and missing are asked for. False if it is not possible now."""
    if action.needs and not words:
        return await screen.app.run_action(f"begin('{action.id}')", screen)
    found = target(screen, action)
    if found is None or not possible(screen, action):
        return False
    node, name, parameters = found
    # Not by Textual's `run_action`, which leaves out arguments where a method takes any number of them.
    done = getattr(node, f"action_{name}")(*parameters, *words)
    if inspect.isawaitable(done):
        await done
    return True
