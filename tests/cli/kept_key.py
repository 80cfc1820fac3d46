"""The keyring of a process that a test starts: `PYTHON_KEYRING_BACKEND=cli.kept_key.Kept`."""

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend


class Kept(KeyringBackend):
    """Has what stands in the file `KEPT_KEYS`, by server, for golfer alone."""

    priority = 5
    name = "the test's"

    def get_password(self, service: str, username: str) -> str | None:
        kept: dict[str, str] = json.loads(Path(os.environ["KEPT_KEYS"]).read_text())
        return kept.get(username) if service == "golfer" else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError
