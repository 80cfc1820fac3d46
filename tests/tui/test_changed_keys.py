"""Keys that a person's settings change: what they may be, and that they count everywhere at once."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tui.stage import research
from tui.waiting import cockpit, opened, shown, until

from golfer_tui.model.errors import UsageError
from golfer_tui.tui.actions import ACTIONS, BY_ID, PLACES
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.dialogs import Help, Question
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.keymap import clashes, key_name, key_shown, keymap_from
from golfer_tui.tui.scores import Scores


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("k", "k"),
        ("K", "K"),
        ("shift+k", "K"),
        ("?", "question_mark"),
        (",", "comma"),
        ("+", "plus"),
        ("ctrl++", "ctrl+plus"),
        ("ctrl+]", "ctrl+right_square_bracket"),
        ("ctrl+K", "ctrl+k"),
        ("esc", "escape"),
        ("pgup", "pageup"),
        ("ctrl+i", "tab"),
        ("alt+left", "alt+left"),
        ("shift+f5", "shift+f5"),
        ("ü", "ü"),
    ],
)
def test_keys_are_written_as_they_are_pressed(written: str, name: str) -> None:
    assert key_name(written) == name
    assert key_name(name) == name


@pytest.mark.parametrize("written", ["", "foo", "C-x", "ctrl+", "ctrl+foo", "shift+1", "k k", "hyperspace+k", "\n"])
def test_what_is_no_key_is_not_taken_for_one(written: str) -> None:
    assert key_name(written) is None


@given(st.text(max_size=12))
def test_any_text_is_a_key_or_none(written: str) -> None:
    name = key_name(written)
    if name is not None:
        assert key_name(name) == name
        assert "," not in name
        assert key_shown(name)


def test_every_key_of_the_table_can_be_written_as_it_is_shown() -> None:
    for action in ACTIONS:
        for key in action.default_keys:
            assert key_name(key_shown(key)) == key


@pytest.mark.parametrize(
    ("keys", "code", "told"),
    [
        ({"worker.kil": "k"}, "keys.action", "there is no action worker.kil. Did you mean worker.kill?"),
        ({"xyz": "k"}, "keys.action", "there is no action xyz. golfer keys lists all of them."),
        ({"worker.kill": "foo"}, "keys.key", "worker.kill cannot have the key 'foo'."),
        ({"worker.kill": ["k", "ctrl+"]}, "keys.key", "worker.kill cannot have the key 'ctrl+'."),
        ({"worker.kill": "r"}, "keys.twice", "r would be both worker.kill and worker.restart"),
        ({"worker.kill": "b"}, "keys.twice", "b would be both session.scores and worker.kill"),
        ({"session.scores": "r"}, "keys.twice", "r would be both session.scores and worker.restart"),
        ({"worker.kill": "ctrl+q"}, "keys.twice", "ctrl+q would be both app.quit and worker.kill"),
    ],
)
def test_what_cannot_be_is_one_clear_sentence(keys: Mapping[str, str | Sequence[str]], code: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        keymap_from(keys)
    assert caught.value.code == code
    assert caught.value.exit_code == 2
    assert told in str(caught.value)


def test_a_key_that_the_input_writes_may_mean_more_elsewhere() -> None:
    assert keymap_from({"session.scores": "%", "worker.kill": ["ctrl+k", "x"], "turn.interrupt": ""}) == {
        "session.scores": ("percent_sign",),
        "worker.kill": ("ctrl+k", "x"),
        "turn.interrupt": (),
    }


@given(st.dictionaries(st.sampled_from(sorted(BY_ID)), st.lists(st.sampled_from("abkxz?") | st.just("f5"), max_size=2)))
def test_a_keymap_that_is_taken_has_no_key_with_two_meanings(keys: dict[str, list[str]]) -> None:
    try:
        keymap = keymap_from(keys)
    except UsageError as error:
        refused = error
    else:
        assert not [*clashes(keymap)]
        return
    assert refused.code == "keys.twice"
    assert any(told.title.lower() in str(refused) for told in PLACES.values())


async def test_changed_keys_count_and_the_usual_ones_no_longer() -> None:
    keymap = keymap_from({"worker.kill": ["x", "f5"], "turn.interrupt": "escape", "session.scores": "f8"})
    async with opened(research(), keymap=keymap) as (app, pilot):
        # From the input as well, where a letter would be written.
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(app.screen, Scores))
        await pilot.press("escape", "alt+2", "K", "b")
        assert app.screen is cockpit(app)
        for key in ("x", "f5"):
            await pilot.press(key)
            await until(pilot, lambda: isinstance(app.screen, Question))
            await pilot.press("escape")
        assert " x kill " in shown(app)[-1]
        await pilot.press("?")
        await until(pilot, lambda: isinstance(app.screen, Help) and "x f5, /kill" in "\n".join(shown(app)))


async def test_the_input_and_its_list_have_changed_keys_too() -> None:
    keymap = keymap_from({"composer.send": "ctrl+s", "composer.newline": "enter", "suggestions.complete": "f2"})
    async with opened(research(), keymap=keymap) as (app, pilot):
        composer = cockpit(app).query_one(Composer)
        await pilot.press(*"one", "enter", *"two")
        assert composer.text == "one\ntwo"
        await pilot.press("ctrl+s")
        assert composer.text == ""
        await pilot.press(*"/zo", "f2", *"lr-high", "ctrl+s")
        await until(pilot, lambda: cockpit(app).query_one(Fleet).zoomed)


async def test_a_key_of_textuals_comes_back_where_ours_was_taken_away() -> None:
    async with opened(research(), keymap=keymap_from({"composer.earlier": ""})) as (app, pilot):
        composer = cockpit(app).query_one(Composer)
        composer.write("one\ntwo")
        await pilot.press("up", "!")
        assert composer.text == "one!\ntwo"


async def test_the_keyboard_comes_back_by_a_changed_key_only() -> None:
    async with opened(research(), keymap=keymap_from({"terminal.leave": "f12"})) as (app, pilot):
        await pilot.press("alt+2", "i")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "terminal")
        await pilot.press("ctrl+g")
        assert app.focused is not None
        assert app.focused.id == "terminal"
        await pilot.press("f12")
        await until(pilot, lambda: app.focused is cockpit(app).query_one(Fleet))
