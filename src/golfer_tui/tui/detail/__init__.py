"""One worker in all its details, on tabs: what it is about, its conversation, its files, what it changed."""
