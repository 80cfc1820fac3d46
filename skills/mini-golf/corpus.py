"""The text: the language reference that CPython carries for its `help()`, without repeats, split once and for all."""

import random

GROUP = 16
"""Neighbouring paragraphs that stay together."""
VALIDATION_EVERY = 8
"""One group in eight is validation text."""


class MissingTextError(Exception):
    """This Python was installed without the help topics."""


def load(seed: int) -> tuple[bytes, bytes]:
    """Training text and validation text. The split is fixed; `seed` only orders the training groups.

    Raises:
        MissingTextError: this Python does not carry the text.
    """
    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise MissingTextError from error
    # Topics quote each other at length. A paragraph counts once, or validation would repeat what was trained on.
    paragraphs: dict[str, str] = {}
    for topic in sorted(topics):
        for text in topics[topic].split("\n\n"):
            if words := " ".join(text.split()):
                paragraphs.setdefault(words, text.strip("\n"))
    texts = list(paragraphs.values())
    groups = ["\n\n".join(texts[start : start + GROUP]) for start in range(0, len(texts), GROUP)]
    validation = groups[VALIDATION_EVERY - 1 :: VALIDATION_EVERY]
    del groups[VALIDATION_EVERY - 1 :: VALIDATION_EVERY]
    random.Random(seed).shuffle(groups)  # noqa: S311 - an order, not a secret
    return "\n\n".join(groups).encode(), "\n\n".join(validation).encode()
