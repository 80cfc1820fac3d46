"""What libraries log goes to a file, so that it disturbs neither the screen nor the streams of `golfer run`."""

import logging
import os
from logging.handlers import RotatingFileHandler

from golfer_tui import config

SIZE = 1024 * 1024
"""Bytes of the log; one older file of the same size is kept."""


def log_to_file() -> None:
    """Send the warnings and errors of all libraries to `golfer.log` in the home folder; made when it is needed."""
    path = config.home(os.environ) / "golfer.log"
    handler = RotatingFileHandler(path, maxBytes=SIZE, backupCount=1, encoding="utf-8", delay=True)
    logging.basicConfig(
        handlers=[handler], level=logging.WARNING, format="%(asctime)s %(process)d %(name)s: %(message)s"
    )
    logging.captureWarnings(True)
    # A log that cannot be written is no reason to print a traceback.
    logging.raiseExceptions = False
