"""Real programs to record: argument vectors, what to wait for and to type, and the files that they work on."""
# ruff: noqa: E501 - one program per line reads better

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

Steps = tuple[tuple[str, bytes], ...]

CURSES = """
import curses
def main(screen):
    curses.start_color(); curses.use_default_colors()
    for n in range(1, 8): curses.init_pair(n, n, -1)
    screen.border(); screen.addstr(2, 4, 'curses ', curses.A_BOLD | curses.color_pair(2))
    for n in range(1, 8): screen.addstr(3 + n, 4, 'colour %d ' % n, curses.color_pair(n) | curses.A_REVERSE)
    window = curses.newwin(6, 30, 4, 30); window.box(); window.addstr(2, 3, 'a window'); pad = screen.getmaxyx()
    screen.hline(pad[0] - 4, 2, curses.ACS_HLINE, 20); screen.refresh(); window.refresh()
    screen.getch(); screen.scrollok(True); screen.setscrreg(2, 10); screen.scroll(2); screen.move(5, 5)
    screen.insertln(); screen.addstr('inserted ready'); screen.refresh(); screen.getch()
curses.wrapper(main)
"""

SOURCE = """
class Walk:
    '''A class to look at, with 'strings', numbers and comments.'''

    def __init__(self, size: int = 10) -> None:
        self.size = size  # how far

    def steps(self):
        for n in range(self.size):
            if n % 3 == 0 and n > 0.5e1:
                yield f"step {n}", None, True
"""


def prepare(folder: Path) -> None:
    """Files for the programs, among them a small git repository."""
    (folder / "walk.py").write_text(SOURCE * 8)
    (folder / "curses_program.py").write_text(CURSES)
    (folder / "wide.txt").write_text("中文字符\t한국어\n日本語 text ✅\n" * 20)
    (folder / "table.csv").write_text("".join(f"{n},name-{n},{n * n % 97}\n" for n in range(60)))
    (folder / "folder").mkdir()
    (folder / "run.sh").write_text("#!/bin/sh\necho hello\n")
    (folder / "run.sh").chmod(0o755)
    (folder / "link").symlink_to("walk.py")
    if shutil.which("git"):
        name = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
        commands = [["init", "-q"], ["add", "."], ["commit", "-qm", "first"], ["mv", "run.sh", "go.sh"]]
        for command in [*commands, ["commit", "-qam", "second: Ümläut 中"], ["rm", "-q", "table.csv"]]:
            subprocess.run(["git", *name, *command], cwd=folder, check=True, capture_output=True)
        (folder / "walk.py").write_text(SOURCE.replace("range", "reversed") * 8)


def programs() -> Iterator[tuple[str, list[str], Steps]]:
    """Name, arguments and steps of each program that is installed."""
    python = sys.executable
    everything: list[tuple[str, list[str], Steps]] = [
        ("ls", ["ls", "--color=always", "-la"], ()),
        ("ls columns", ["ls", "--color=always", "-C", "/usr/bin"], ()),
        ("git log", ["git", "--no-pager", "log", "--color=always", "--stat", "--graph"], ()),
        ("git diff", ["git", "--no-pager", "diff", "--color=always", "--word-diff=color"], ()),
        ("git status", ["git", "-c", "color.status=always", "status"], ()),
        ("git pager", ["git", "-c", "core.pager=less -R", "diff", "--color=always"], (("reversed", b"G"), ("END", b"q"))),
        ("grep", ["grep", "--color=always", "-n", "step", "walk.py"], ()),
        ("diff", ["diff", "--color=always", "-u", "walk.py", "wide.txt"], ()),
        ("less", ["less", "walk.py"], (("class", b" "), ("self", b"b/yield\r"), ("yield", b"q"))),
        ("less wide", ["less", "-N", "wide.txt"], (("中文", b"jjj"), ("日本語", b"q"))),
        ("vim", ["vim", "-n", "-u", "NONE", "-N", "-i", "NONE", "walk.py"], (("class", b"5jOnew line\x1bddp:vsplit\r"), ("[+]", b":qa!\r"))),
        ("vim colours", ["vim", "-n", "-u", "NONE", "-N", "-i", "NONE", "-c", "syntax on", "-c", "set nu hls", "walk.py"], (("class", b"/self\r:set list\r"), ("$", b":qa!\r"))),
        ("vim wide", ["vim", "-n", "-u", "NONE", "-N", "-i", "NONE", "wide.txt"], (("中文", b"xxp5\x05Gohi\x1b"), ("hi", b":qa!\r"))),
        ("top", ["top", "-bn1"], ()),
        ("top screen", ["top", "-d", "60"], (("PID", b"q"),)),
        ("ps", ["ps", "auxf"], ()),
        ("free", ["free", "-h"], ()),
        ("df", ["df", "-h"], ()),
        ("bash", ["bash", "--norc", "--noprofile", "-i"], (("$", b"echo one two \x17three; ls\r"), ("three", b"exit\r"))),
        ("bash editing", ["bash", "--norc", "--noprofile", "-i"], (("$", b"echo abcdef\x01# \x05" + b"x" * 150 + b"\x17\x0ddone\x15echo ready\r"), ("ready", b"exit\r"))),
        ("python prompt", [python, "-q"], ((">>>", b"1/0\r"), ("ZeroDivision", b"exit()\r"))),
        ("pdb", [python, "-m", "pdb", "walk.py"], (("(Pdb)", b"l\r"), ("class", b"q\r"))),
        ("python help", [python, "-c", "import this"], ()),
        ("curses", [python, "curses_program.py"], (("a window", b"x"), ("inserted ready", b"x"))),
        ("rich table", [python, "-m", "rich.table"], ()),
        ("rich tree", [python, "-m", "rich.tree"], ()),
        ("rich columns", [python, "-m", "rich.panel"], ()),
        ("rich markdown", [python, "-m", "rich.palette"], ()),
        ("rich layout", [python, "-m", "rich.layout"], ()),
        ("rich box", [python, "-m", "rich.box"], ()),
        ("rich progress", [python, "-c", "from rich.progress import track\nfor n in track(range(50)): pass"], ()),
        ("pytest", [python, "-m", "pytest", "--version"], ()),
        ("tput", ["bash", "-c", "tput smcup; tput cup 3 3; tput smso; echo hi; tput rmso; tput cup 9 9; tput el; tput rmcup; tput setaf 3; echo x"], ()),
        ("clear", ["bash", "-c", "ls; clear; echo top"], ()),
        ("seq", ["bash", "-c", "seq 1 300 | column -c $(tput cols)"], ()),
        ("cat", ["cat", "wide.txt"], ()),
        ("stty", ["stty", "-a"], ()),
        ("watch", ["watch", "-n", "60", "ls"], (("walk.py", b"\x03"),)),
        ("man", ["man", "ls"], (("NAME", b"q"),)),
        ("htop", ["htop"], (("PID", b"q"),)),
        ("nano", ["nano", "walk.py"], (("class", b"\x18"),)),
        ("tree", ["tree", "-C"], ()),
        ("jq", ["jq", "-C", "-n", '{"a":[1,"x",null]}'], ()),
    ]  # fmt: skip
    for name, argv, steps in everything:
        if shutil.which(argv[0]) and (name != "git pager" or shutil.which("less")):
            yield name, argv, steps
