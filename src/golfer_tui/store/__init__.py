"""The one owner of SQLite: journal, sessions, agent memories, terminal recordings and the ledger of sandboxes."""
