"""Plain values and the pure fold over them. Nothing here does I/O or imports another room."""
