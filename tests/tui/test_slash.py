"""`/` commands as text: whatever is written is an order, a message or one clear refusal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.model.errors import CommandError
from golfer_tui.tui.actions import ACTIONS, BY_SLASH, Action
from golfer_tui.tui.slash import Order, is_command, message, parse

WORD = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=12)

LINE = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@st.composite
def orders(draw: st.DrawFn) -> tuple[Order, str]:
    """An order, and a line that asks for it, with blanks wherever they do not count."""
    action = draw(st.sampled_from([action for action in ACTIONS if action.slash]))
    words: list[str] = []
    for argument in action.arguments:
        if argument.optional and not draw(st.booleans()):
            break
        if argument.many:
            words += draw(st.lists(WORD, min_size=1, max_size=4))
        elif argument.kind == "text":
            words.append(" ".join(draw(st.lists(WORD, min_size=1, max_size=4))))
        else:
            words.append(draw(WORD))
    line = f"/{action.slash}"
    for word in words:
        line += draw(st.sampled_from([" ", "  "])) + word
    return Order(action, tuple(words)), line + draw(st.sampled_from(["", " ", "   "]))


@given(orders())
def test_what_is_asked_for_is_understood(asked: tuple[Order, str]) -> None:
    order, line = asked
    assert is_command(line)
    assert parse(line) == order


@given(LINE)
def test_a_command_is_an_order_or_a_refusal(line: str) -> None:
    order = refused = None
    try:
        order = parse("/" + line)
    except CommandError as error:
        refused = error
    if refused is not None:
        assert refused.code.startswith("slash.")
        assert refused.message.endswith(".")
        assert refused.hint
    if order is not None:
        assert order.action.slash == line.partition(" ")[0]
        needed = [argument for argument in order.action.arguments if not argument.optional]
        assert len(order.words) >= len(needed)
        assert all(word.strip() == word != "" for word in order.words)


@given(LINE)
def test_two_slashes_say_anything(text: str) -> None:
    assert not is_command("//" + text)
    assert message("//" + text) == "/" + text


@given(LINE.filter(lambda text: not text.startswith("/")))
def test_what_has_no_slash_or_several_lines_is_a_message(text: str) -> None:
    assert not is_command(text)
    assert not is_command(f"/kill\n{text}")
    assert message(text) == text


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/kil", "There is no command /kil. Did you mean /kill? // sends a text that begins with a slash."),
        ("/usr/bin/env", "There is no command /usr/bin/env. /help shows all of them. // sends"),
        ("/rename", "/rename needs TITLE. Write /rename TITLE."),
        ("/spawn fast", "/spawn needs TASK. Write /spawn NAME TASK."),
        ("/zoom one two", "'two' is too much. Write /zoom [WORKER]."),
        ("/", "There is no command /."),
    ],
)
def test_a_refusal_says_what_to_write(line: str, told: str) -> None:
    with pytest.raises(CommandError) as caught:
        parse(line)
    assert told in str(caught.value)


@pytest.mark.parametrize("action", BY_SLASH.values(), ids=lambda action: action.slash)
def test_usage_names_every_argument(action: Action) -> None:
    assert action.usage.startswith(f"/{action.slash}")
    assert all(argument.name in action.usage for argument in action.arguments)
