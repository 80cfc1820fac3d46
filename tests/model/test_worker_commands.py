"""Commands stand in columns: each is what it was told to be, and who holds one sees how it goes on."""

import datetime as dt

from golfer_tui.model.worker_commands import Commands

NOON = dt.datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=dt.UTC)


def test_a_command_that_somebody_holds_ends() -> None:
    commands = Commands()
    assert not commands.running
    commands.begin(1, "ls", 0, NOON)
    commands.begin(2, "make", 10, NOON)
    first, second = commands
    assert commands.running
    commands.end(2, 3, 1.5, 40)
    commands.end(7, 0, 0.0, 50)
    assert (second.ended, second.exit_code, second.seconds, second.end) == (True, 3, 1.5, 40)
    assert (first.ended, first.exit_code, first.end) == (False, None, 0)
    commands.end(1, None, 0.0, 60)
    assert (first.ended, first.exit_code, commands.running) == (True, None, False)
    assert [(each.id, each.text, each.offset, each.started) for each in commands] == [
        (1, "ls", 0, NOON),
        (2, "make", 10, NOON),
    ]


def test_of_two_with_one_number_the_newer_ends_first() -> None:
    commands = Commands()
    for offset in (0, 5):
        commands.begin(1, "sleep 1", offset, NOON)
    commands.end(1, 0, 1.0, 9)
    assert [each.ended for each in commands] == [False, True]
    commands.end(1, 1, 2.0, 11)
    assert [each.exit_code for each in commands[-2:]] == [1, 0]


def test_a_copy_goes_on_alone() -> None:
    commands = Commands()
    commands.begin(1, "ls", 0, NOON)
    copy = Commands.unpacked(commands.packed())
    assert copy == commands
    copy.end(1, 0, 0.1, 3)
    assert copy != commands
    assert not commands[0].ended
