"""Columns of a character, for tests that count cells: by the standard library's tables and by the emulator's own."""

import unicodedata

from pyghostty._ffi import lib


def width(character: str) -> int:
    """0 for marks and joiners, 2 for wide characters, else 1."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf") and character != "\N{SOFT HYPHEN}":
        return 0
    if "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def emulated_width(character: str) -> int:
    """The same as the emulator sees it."""
    return int(lib.ghostty_unicode_codepoint_width(ord(character)))
