"""The product's own colours. Any of Textual's themes can be chosen instead."""

from rich.terminal_theme import TerminalTheme
from textual.theme import Theme

DEFAULT = "golfer"

SIXTEEN = "golfer-16"
"""For terminals that have sixteen colours and no more."""

ANSI = TerminalTheme(
    (19, 25, 23),
    (213, 221, 216),
    [(46, 56, 52), (226, 125, 114), (143, 201, 138), (227, 192, 120),
     (134, 163, 195), (192, 148, 196), (127, 184, 164), (213, 221, 216)],
    [(98, 112, 106), (240, 150, 138), (168, 220, 160), (240, 210, 148),
     (160, 188, 220), (212, 174, 216), (154, 208, 190), (240, 245, 242)],
)  # fmt: skip
"""The sixteen colours that workers print with, as they look on our dark backgrounds."""

ANSI_LIGHT = TerminalTheme(
    (251, 252, 250),
    (29, 38, 34),
    [(29, 38, 34), (179, 55, 43), (47, 122, 52), (138, 90, 0),
     (63, 106, 148), (134, 72, 142), (44, 110, 89), (120, 130, 125)],
    [(84, 97, 90), (199, 70, 56), (57, 140, 63), (160, 106, 0),
     (74, 123, 170), (152, 86, 160), (52, 128, 104), (60, 70, 65)],
)  # fmt: skip
"""The same on light ones."""

THEMES = (
    Theme(
        name=DEFAULT,
        primary="#7fb8a4",
        secondary="#86a3c3",
        accent="#e3c078",
        success="#8fc98a",
        warning="#e0a458",
        error="#e27d72",
        foreground="#d5ddd8",
        background="#0d1110",
        surface="#131917",
        panel="#1c2522",
        dark=True,
        variables={"block-cursor-text-style": "none", "footer-key-foreground": "#e3c078"},
    ),
    Theme(
        name="golfer-light",
        primary="#2c6e59",
        secondary="#3f6a94",
        accent="#8a5a00",
        success="#2f7a34",
        warning="#9a5b00",
        error="#b3372b",
        foreground="#1d2622",
        background="#f3f5f2",
        surface="#fbfcfa",
        panel="#e3e9e4",
        dark=False,
    ),
    Theme(
        # Colours that stay apart for the common kinds of colour blindness (after Okabe and Ito).
        name="golfer-clear",
        primary="#56b4e9",
        secondary="#8f9aa6",
        accent="#f0e442",
        success="#3f9be0",
        warning="#e69f00",
        error="#e07a3f",
        foreground="#e6e6e6",
        background="#0f1114",
        surface="#15181c",
        panel="#20252b",
        dark=True,
    ),
    Theme(
        # Names of colours, which each terminal knows; what is not mixed of them stands in sixteen.tcss.
        name=SIXTEEN,
        primary="ansi_cyan",
        secondary="ansi_bright_magenta",
        accent="ansi_bright_yellow",
        success="ansi_bright_green",
        warning="ansi_yellow",
        error="ansi_bright_red",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        dark=True,
        ansi=True,
        variables={
            "ansi-background": "ansi_blue",
            "ansi-foreground": "ansi_bright_white",
            "border-blurred": "ansi_bright_black",
            "block-cursor-foreground": "ansi_bright_white",
            "block-cursor-background": "ansi_blue",
            "input-cursor-foreground": "ansi_black",
            "input-cursor-background": "ansi_white",
            "input-cursor-text-style": "none",
            "input-selection-foreground": "ansi_bright_white",
            "input-selection-background": "ansi_blue",
            "screen-selection-foreground": "ansi_bright_white",
            "screen-selection-background": "ansi_blue",
        },
    ),
)


def fitting(wanted: str, colours: str | None) -> str:
    """The theme to begin with: the wanted one, or what suits a terminal of this kind, as Rich names it."""
    return wanted or (SIXTEEN if colours == "standard" else DEFAULT)
