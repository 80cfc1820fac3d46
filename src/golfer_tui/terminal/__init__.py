"""Terminals without I/O: the tape of bytes, the emulated screen, the key encoder, text for readers."""
