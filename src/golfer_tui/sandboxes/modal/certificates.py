"""One TLS context for all connections to sandboxes.

modal reads the machine's certificates anew for each of them, which costs more than all else that its client does for a
sandbox. This leans on how its module is made inside, and a test fails loudly when that changes.
"""

import functools
import ssl
import types

from modal._utils import task_command_router_client as router

_context = functools.cache(ssl.create_default_context)


def share() -> None:
    """From now on modal gets the same context each time; may be called again."""
    shared = types.SimpleNamespace(**{name: getattr(ssl, name) for name in ("CERT_NONE", "SSLContext", "SSLError")})
    shared.create_default_context = _context
    setattr(router, "ssl", shared)  # noqa: B010 - it is no public name of the module
