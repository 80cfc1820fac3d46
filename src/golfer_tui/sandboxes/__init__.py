"""Where workers live: one contract, two backends, the reader of each PTY, the gauges."""
