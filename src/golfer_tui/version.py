"""The version, as a constant: reading it from package metadata costs more than `golfer --version` may take."""

__version__ = "0.1.0"
