"""Streams to judge an emulator by: written by hand after what standards and test programs exercise, or generated."""
# ruff: noqa: E501 - one stream per line reads better

import random
from collections.abc import Callable

ESC = "\x1b"
CSI = ESC + "["

Gen = Callable[[random.Random, int, int], str]


def written(columns: int, rows: int) -> dict[str, bytes]:
    """Named streams for a screen of this size. All end outside of any sequence."""
    c, r = columns, rows
    ruler = "".join(str(x % 10) for x in range(c))
    page = "\r\n".join(f"{y:03d} {ruler}"[:c] for y in range(r))
    colours = "".join(f"{CSI}38;5;{n}m#{CSI}48;5;{255 - n}m {CSI}0m" for n in range(256))
    gradient = "".join(f"{CSI}38;2;{n};{255 - n};128m█{CSI}48;2;0;{n};{n}m▄" for n in range(0, 256, 4)) + f"{CSI}m"
    streams = {
        "sgr attributes": "".join(f"{CSI}{n}mattr {n}{CSI}0m " for n in (1, 2, 3, 4, 5, 7, 8, 9, 21, 53)),
        "sgr nesting": f"{CSI}1;3;4;31mall{CSI}22mno bold{CSI}23mno italic{CSI}24mno line{CSI}39mno colour{CSI}0m.",
        "sgr underlines": "".join(f"{CSI}4:{n}mkind {n}{CSI}4:0m " for n in range(6)) + f"{CSI}58:5:9;4mred{CSI}59mnot",
        "sgr 16 colours": "".join(f"{CSI}{n}m{n}{CSI}{n + 10}m{n + 10}{CSI}m " for n in (*range(30, 38), *range(90, 98))),
        "sgr 256 colours": colours,
        "sgr 24 bit": gradient,
        "sgr colon forms": f"{CSI}38:2::10:20:30mA{CSI}38:5:99mB{CSI}48:2::1:2:3mC{CSI}0m",
        "sgr reverse and bold": f"{CSI}7mreverse{CSI}27m{CSI}1;30mbright black{CSI}0m",
        "page": page,
        "scroll off": page + "\r\nmore" * 5,
        "cursor moves": f"{page}{CSI}5;10H*{CSI}2A^{CSI}3Bv{CSI}4C>{CSI}6D<{CSI}2E_{CSI}3F~{CSI}15G|{CSI}3d-{CSI}7`+",
        "cursor clamps": f"{CSI}999;999HX{CSI}999A{CSI}999DY{CSI}999CZ{CSI}999B!",
        "erase display 0": f"{page}{CSI}10;20H{CSI}J",
        "erase display 1": f"{page}{CSI}10;20H{CSI}1J",
        "erase display 2": f"{page}{CSI}10;20H{CSI}2Jx",
        "erase line": f"{page}{CSI}5;9H{CSI}K{CSI}6;9H{CSI}1K{CSI}7;9H{CSI}2K{CSI}8;9H{CSI}5X",
        "erase with background": f"{CSI}44m{CSI}2J{CSI}3;3Hon blue{CSI}41m{CSI}K{CSI}1;1H{CSI}42m{CSI}9Xgreen{CSI}0m",
        "insert characters": f"{page}{CSI}5;9H{CSI}5@{CSI}6;9H{CSI}@new{CSI}7;{c}H{CSI}1@!",
        "delete characters": f"{page}{CSI}5;9H{CSI}5P{CSI}6;9H{CSI}P{CSI}7;{c - 3}H{CSI}2P",
        "insert mode": f"{page}{CSI}5;9H{CSI}4hinserted{CSI}4l{CSI}6;9Hreplaced",
        "insert lines": f"{page}{CSI}5;1H{CSI}3Lnew{CSI}9;1H{CSI}L",
        "delete lines": f"{page}{CSI}5;1H{CSI}3Mnew{CSI}9;1H{CSI}M",
        "scroll region": f"{page}{CSI}5;10r{CSI}10;1H\nA\r\nB\r\nC{CSI}r",
        "scroll region up": f"{page}{CSI}5;10r{CSI}5;1H{ESC}M{ESC}M{ESC}Mtop{CSI}r",
        "scroll region lines": f"{page}{CSI}4;12r{CSI}6;1H{CSI}2L{CSI}8;1H{CSI}3M{CSI}r{CSI}1;1H.",
        "scroll commands": f"{page}{CSI}3S{CSI}1T{CSI}4;9r{CSI}2S{CSI}2T{CSI}r",
        "origin mode": f"{page}{CSI}5;12r{CSI}?6h{CSI}1;1Horigin{CSI}99;1Hbottom{CSI}?6l{CSI}1;1Htop{CSI}r",
        "index and next line": f"a{ESC}Db{ESC}Ec{ESC}Md{CSI}{r};1Hlast{ESC}D{ESC}Eend",
        "save and restore": f"{CSI}31m{CSI}4;4H{ESC}7{CSI}0m{CSI}9;9Hthere{ESC}8here{CSI}s{CSI}1;1Hx{CSI}uy{CSI}m",
        "tabs": "\r\n".join("\t".join("abcdefgh"[:n]) for n in range(1, 9)) + "\r\n" + "\t" * 30 + "end",
        "tab stops": f"{CSI}3g{CSI}1;5H{ESC}H{CSI}1;17H{ESC}H\r\na\tb\tc\td\r\n{CSI}1;5H{CSI}g\r\na\tb{CSI}Zc",
        "backspace": "abc\b\bX\r\n\b\bY" + "\b" * 200 + "Z",
        "wrap": "w" * (c * 3 + 7),
        "no wrap": f"{CSI}?7l{'n' * (c + 20)}END{CSI}?7h\r\nnext",
        "pending wrap": f"{'p' * c}\r\nsame\r\n{'q' * c}\b.\r\n{'r' * c}{CSI}K",
        "wrap and scroll": f"{CSI}{r};1H{'s' * (c * 2 + 5)}",
        "repeat": f"ab{CSI}10b\r\n{CSI}32m-{CSI}{c - 2}b{CSI}m",
        "line drawing": f"{ESC}(0lqqqqwqqk{ESC}(B\r\n{ESC}(0x{ESC}(Bin  {ESC}(0x  x\r\nmqqqqvqqj`afg{ESC}(B",
        "line drawing shifted": f"{ESC})0\x0elqqk\x0f plain \x0emqqj\x0f",
        "wide": "中文字符 한국어 日本語 ｆｕｌｌ " * 8,
        "wide at the edge": "x" * (c - 1) + "中y\r\n" + "z" * (c - 2) + "中y",
        "wide overwritten": f"中文中文{CSI}1;2Hx{CSI}1;5Hy\r\n한국어{CSI}2;1Hab",
        "combining": "e\u0301a\u0308o\u0302 n\u0303\u0323 \u0928\u092e\u0938\u094d\u0924\u0947 \u0e01\u0e47",
        "combining on wide": "中\u0301文\u0308x\r\n" + "k" * (c - 1) + "e\u0301" + "f",
        "emoji": "✅ done 🚀 go ❌ no 🔥 hot 📦 box 🎉 ⚡ ⭐ ✨ ⏳ 💡 🐍 🧪 ",
        "emoji with modifiers": "👍🏽 ❤️ ⚠️ ☺️ ",
        "emoji sequences": "👨\u200d👩\u200d👧 family",
        "flags": "🇩🇪 flag",
        "keycap": "1\ufe0f\u20e3 key",
        "powerline": f"{CSI}44m main {CSI}34;42m\ue0b0{CSI}30m ok {CSI}32;49m\ue0b0{CSI}m ─│┌┐└┘├┤┬┴┼═║╔╗╚╝▁▂▃▄▅▆▇█",
        "alternate screen": f"{page}{CSI}?1049h{CSI}2J{CSI}Hfull screen{CSI}5;5Happlication",
        "alternate and back": f"{page}{CSI}5;5H{CSI}?1049h{CSI}2J{CSI}Hfull screen{CSI}?1049lback",
        "alternate 47": f"one{CSI}?47h{CSI}H{CSI}2Jtwo{CSI}?47lthree",
        "cursor look": f"{CSI}?25lhidden{CSI}?25h{CSI}5 qbar{CSI}0 q",
        "titles and strings": f"{ESC}]0;title\x07{ESC}]2;other{ESC}\\{ESC}]8;;http://a.example/{ESC}\\link{ESC}]8;;{ESC}\\.",
        "ignored strings": f"a{ESC}P1$x{ESC}\\b{ESC}_apc{ESC}\\c{ESC}^pm{ESC}\\d{ESC}]777;x;y\x07e",
        "unknown sequences": f"a{CSI}?9999hb{CSI}>4;2mc{CSI}?2026hd{CSI}?2026le{CSI}<uf{CSI}22;0;0tg{CSI}=1ch{ESC}=i{ESC}>j",
        "broken sequences": f"a{CSI}12\x18b{CSI}3{ESC}[31mc{CSI}31\nmd{CSI}999999999Ae\x1b[0;0;0;0mf",
        "broken utf-8": "",
        "c0 controls": "a\x00b\x07c\x0bd\x0ce\x7ff\x1cg",
        "reset": f"{CSI}31m{CSI}?7l{CSI}4h{page}{ESC}cfresh{'x' * c}",
        "soft reset": f"{CSI}31;4m{CSI}4h{CSI}5;9r{CSI}!pafter{CSI}1;3Hx",
        "alignment": f"{ESC}#8{CSI}5;5Hhole{CSI}7;1H{CSI}K",
        "queries": f"{CSI}c{CSI}>c{CSI}6n{ESC}]11;?{ESC}\\{CSI}?1u$",
        "bracketed paste and mouse": f"{CSI}?2004h{CSI}?1000;1002;1006hon{CSI}?1000;1002;1006l{CSI}?2004loff",
        "tqdm": "".join(f"\r{n:3d}%|{'█' * (n // 5)}{' ' * (20 - n // 5)}| {n}/100 [00:{n:02d}<00:{100 - n:02d}]" for n in range(101)),
        "progress lines": "".join(f"\rEpoch {n}{CSI}K loss {1 / (n + 1):.4f}{CSI}A\r{CSI}1B" for n in range(40)) + "\n",
        "top": _top(c, r),
        "log": "".join(f"{CSI}2m12:00:{n:02d}{CSI}0m {CSI}32mINFO{CSI}0m step {n} {'=' * (n * 3)}\r\n" for n in range(60)),
        "dialog": _dialog(c, r),
    }  # fmt: skip
    data = {name: stream.encode() for name, stream in streams.items()}
    data["broken utf-8"] = b"a\xffb\xc3(c\xe4\xb8d\xf0\x9f\x98e\xc0\x80f\xed\xa0\x80g"
    return data


def _top(columns: int, rows: int) -> str:
    """Redraws like those of top: home, each line cleared to its end, the rest of the screen cleared."""
    frames = []
    for frame in range(5):
        lines = [f"top - 12:00:0{frame} up 1 day, load average: 0.{frame}", f"Tasks: {CSI}1m{90 + frame}{CSI}m total"]
        lines += ["", f"{CSI}7m{'  PID USER      %CPU COMMAND':<{columns}}{CSI}m"]
        lines += [f"{CSI}1m{1000 + n:5d} root  {n * frame % 97:5.1f} worker-{n}{CSI}m" for n in range(rows - 5 - frame)]
        frames.append(f"{CSI}H" + "".join(f"{line}{CSI}K\r\n" for line in lines) + f"{CSI}J")
    return f"{CSI}?1h{ESC}={CSI}?25l" + "".join(frames)


def _dialog(columns: int, rows: int) -> str:
    """A box with a shadow in the middle of a coloured screen."""
    out = [f"{CSI}37;44m{CSI}2J"]
    for y in range(5, 12):
        edge = f"{ESC}(0{'lqqqqqqqqqqqqqqqqqqk' if y == 5 else 'mqqqqqqqqqqqqqqqqqqj' if y == 11 else 'x                  x'}{ESC}(B"
        out.append(f"{CSI}{y};10H{CSI}30;47m{edge}{CSI}40m  ")
    out.append(f"{CSI}8;14H{CSI}1;37;41m< OK >{CSI}0m{CSI}{rows};{columns}H")
    return "".join(out)


WORDS = "abcdefghij KLMNOP.,-"
OPERATIONS: tuple[Gen, ...] = (
    lambda r, c, h: "".join(r.choice(WORDS) for _ in range(r.randrange(1, 30))),
    lambda r, c, h: "".join(r.choice(WORDS) for _ in range(r.randrange(60, 200))),
    lambda r, c, h: "e\u0301o\u0308",
    lambda r, c, h: "\r\n" * r.randrange(1, 4),
    lambda r, c, h: r.choice(["\n", "\r", "\t", "\t\t", f"{ESC}M", f"{ESC}D", f"{ESC}E", f"{ESC}H", f"{CSI}3g"]),
    lambda r, c, h: _graphics(r),
    lambda r, c, h: f"{CSI}{r.randrange(1, h + 3)};{r.randrange(1, c + 3)}H",
    lambda r, c, h: f"{CSI}{r.choice(['', '0', '1', '2', '5', '30', '200'])}{r.choice('ABCDEFGd`')}",
    lambda r, c, h: f"{CSI}{r.randrange(1, c)}G{CSI}{r.choice(['', '0', '1', '2'])}{r.choice('JK')}",
    lambda r, c, h: f"\r{CSI}{r.choice(['', '1', '2', '3', '5'])}{r.choice('@PXZ')}",
    lambda r, c, h: f"{CSI}r{CSI}{r.randrange(1, h)}H{CSI}{r.choice(['', '1', '2', '3'])}{r.choice('LMST')}",
    lambda r, c, h: (lambda top: f"{CSI}{top};{r.randrange(top + 1, h + 1)}r{CSI}{top}H")(r.randrange(1, h - 1)),
    lambda r, c, h: f"{CSI}r",
    lambda r, c, h: f"{CSI}{r.randrange(1, c)}G{ESC}7",
    lambda r, c, h: f"{ESC}8",
    lambda r, c, h: f"{ESC}(0lqkxmj{ESC}(B",
    lambda r, c, h: f"\rz{CSI}{r.randrange(1, 9)}b",
    lambda r, c, h: f"{CSI}{r.randrange(1, c)}G{CSI}4h{r.choice(WORDS) * 3}{CSI}4l",
)
"""What generated streams are made of. Left out is only what tmux itself does differently from the standards (see
the known differences): explicit zeros as counts, lines inserted outside the scroll region, CHT, HPR, VPR, and most of
what happens behind a full line, which is why some operations move the cursor first."""


def _graphics(r: random.Random) -> str:
    rgb = ";".join(str(r.randrange(256)) for _ in range(3))
    some = ["0", "1", "2", "3", "4", "5", "7", "8", "9", "22", "23", "24", "25", "27", "28", "29", "31", "32", "97"]
    some += ["41", "104", "39", "49", f"38;5;{r.randrange(256)}", f"48;5;{r.randrange(256)}", f"38;2;{rgb}", "53", "55"]
    return f"{CSI}{';'.join(r.choice(some) for _ in range(r.randrange(1, 4)))}m"


def generated(seed: int, columns: int, rows: int, length: int = 80) -> bytes:
    """A stream of random operations; the same for the same seed."""
    r = random.Random(seed)
    return "".join(r.choice(OPERATIONS)(r, columns, rows) for _ in range(length)).encode()
