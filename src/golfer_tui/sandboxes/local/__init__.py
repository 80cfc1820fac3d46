"""Sandboxes on this machine: a folder as the workspace, and a keeper that owns every process in it."""
