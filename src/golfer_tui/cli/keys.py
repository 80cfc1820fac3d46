"""`golfer keys`: everything that can be done in the cockpit, with the keys that do it now."""

import click

from golfer_tui.cli.options import settings_from


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One action per line, as JSON.")
def keys(*, as_json: bool) -> None:
    """List all actions with their keys and / commands.

    The keys are the present ones: [keys] in the settings changes them.
    """
    from golfer_tui.cli.tables import json_lines, table
    from golfer_tui.tui.actions import ACTIONS, PLACES, keys_of
    from golfer_tui.tui.keymap import keymap_from, keys_shown

    keymap = keymap_from(settings_from().keys)
    if as_json:
        json_lines(
            {
                "id": action.id,
                "places": action.places,
                "keys": keys_of(action, keymap),
                "command": action.usage,
                "help": action.help,
            }
            for action in ACTIONS
        )
        return
    for number, (place, told) in enumerate(PLACES.items()):
        rows = [
            (action.id, keys_shown(keys_of(action, keymap)), action.usage, action.help)
            for action in ACTIONS
            if action.places[0] == place
        ]
        if rows:
            click.echo(("\n" if number else "") + told.title)
            table(("ACTION", "KEYS", "COMMAND", "WHAT IT DOES"), rows)
