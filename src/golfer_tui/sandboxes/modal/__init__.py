"""Sandboxes on Modal: made tagged, read by one stream each, and ended for certain."""
