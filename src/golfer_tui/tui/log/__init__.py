"""The log of a worker: its commands one below the other as blocks that can be folded, copied and run again."""
