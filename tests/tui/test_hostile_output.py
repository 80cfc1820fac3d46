"""Whatever workers print, the person's own terminal gets cells and nothing else: the real cockpit on a real PTY."""

import sys
import unicodedata
from pathlib import Path

from tui.outer import kinds, running

SCRIPT = Path(__file__).with_name("scripted_cockpit.py")

CALM = "plain \x1b[31mred\x1b[m \x1b[48;2;9;99;9m green \x1b[m\n中文 e\u0301 ✅\ncalm-sign\n"

HOSTILE = [
    b"\x1b]52;c;ZXZpbA==\x07", b"\x1b]52;c;?\x07", b"\x1b]0;evil\x07", b"\x1b]2;evil\x1b\\", b"\x1b]1;evil\x07",
    b"\x1b]8;;http://evil.example/\x1b\\link\x1b]8;;\x1b\\", b"\x1b]9;evil\x07", b"\x1b]777;notify;evil;evil\x07",
    b"\x1b]1337;File=name=ZXZpbA==;inline=1:ZXZpbA==\x07", b"\x1b]4;1;rgb:ff/00/00\x07", b"\x1b]11;#ff0000\x07",
    b"\x1b]7;file://evil/\x07", b"\x1b]133;A\x07", b"\x1b]5522;type=read;dA==\x07", b"\x1b]50;evil\x07",
    b"\x1bP1$r0m\x1b\\", b"\x1bP$qm\x1b\\", b"\x1bP+q544e\x1b\\", b"\x1bPtmux;\x1b\x1b]52;c;ZXZpbA==\x07\x1b\\",
    b"\x1bP0;0;0q#0;2;0;0;0~~\x1b\\", b"\x1bP1;1|17/6576696c\x1b\\", b"\x1b_Gf=24,s=1,v=1;AAAA\x1b\\",
    b"\x1b^evil\x1b\\", b"\x1bXevil\x1b\\", b"\x1bkevil\x1b\\", b"\x1b[c", b"\x1b[>c", b"\x1b[=c",
    b"\x1b[6n", b"\x1b[5n", b"\x1b[?6n",
    b"\x1b[>q", b"\x1b[?u", b"\x1b[21t", b"\x1b[18t", b"\x1b[8;5;5t", b"\x1b[3;0;0t", b"\x1b[2t", b"\x1b[22;2t",
    b"\x1b[?2026$p", b"\x1b]10;?\x07", b"\x1b[5i", b"\x1b[?1000;1002;1003;1006h", b"\x1b[?2004h", b"\x1b[?1004h",
    b"\x1b[?1049h\x1b[?1049l", b"\x1b[?25l", b"\x1b[2;3r", b"\x1b[4h\x1b[20h", b"\x1b[?5h", b"\x1b[?3h", b"\x1b[?7l",
    b"\x1b>\x1b=", b"\x1b(0lqk\x1b(B\x0elqk\x0f", b"\x1b#8", b"\x1bc", b"\x1b[!p", b"\x05\x07\x08\x0b\x0c\x7f\x00",
    b"\x9b31m\x9d52;c;ZXZpbA==\x9c\x90evil\x9c", "\x9b31m\x9d0;evil\x9c\x85\x84".encode(),
    "a\u202eevil\u202c \u2066x\u2069 \u200e\u200f\u061c \u200b\u2060\ufeff\u00ad\u2028\u2029 \U000e0065".encode(),
    b"e" + "\u0301".encode() * 200, "\ufdfd\u1242b \u115f\u3164".encode(), b"\xff\xfe\xc0\xaf\xed\xa0\x80",
]  # fmt: skip

GROUP = 8
"""Sequences that are printed at once: the next ones come when these were drawn."""

STEERING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}

PRINTS = """\
number=0
while [ -e {0}/part-$number ]; do
    cat {0}/part-$number
    echo "part-$number-sign"
    while [ ! -e {0}/drawn-$number ]; do sleep 0.02; done
    number=$((number + 1))
done
echo end-$((6*7))
sleep 300
"""


def steers(character: str) -> bool:
    """Whether it would change the order of text, or break a line."""
    return unicodedata.bidirectional(character) in STEERING or character in "\u200e\u200f\u061c\u2028\u2029"


def test_nothing_but_cells_reaches_the_persons_terminal(tmp_path: Path) -> None:
    (tmp_path / "calm").write_text(CALM)
    (tmp_path / "prints.sh").write_text(PRINTS.format(tmp_path))
    parts = [HOSTILE[start : start + GROUP] for start in range(0, len(HOSTILE), GROUP)]
    for number, part in enumerate(parts):
        (tmp_path / f"part-{number}").write_bytes(b"".join(each + b" .\r\n" for each in part))
    python, home = sys.executable, str(tmp_path / "home")
    with running([python, str(SCRIPT), str(tmp_path)], GOLFER_HOME=home) as outer:
        outer.shows("Tell the orchestrator")
        outer.write(f"spawn w1: cat {tmp_path}/calm; sleep 300\r".encode())
        outer.shows("calm-sign", "red")
        title = outer.screen.title
        before, calm = len(outer.got), kinds(bytes(outer.got))
        outer.write(f"spawn w2: sh {tmp_path}/prints.sh\r".encode())
        for number in range(len(parts)):
            outer.shows(f"part-{number}-sign")
            (tmp_path / f"drawn-{number}").touch()
        outer.shows("end-42")
        got = bytes(outer.got[before:])
        assert kinds(got) - calm == set()
        assert not [character for character in got.decode("utf-8", "replace") if steers(character)]
        assert outer.screen.title == title
        assert outer.process.poll() is None
