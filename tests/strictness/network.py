"""Tests reach the loopback and nothing else: whatever tries more is refused, and fails its test.

This is what proves that nothing is sent to third parties, traces included. Tests marked `modal` may leave the machine.
"""

import errno
import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest

NAMES = frozenset({"", "localhost", "localhost.localdomain", "ip6-localhost"})


def is_loopback(host: object) -> bool:
    """True for this machine's own names and addresses; anything that is no text, such as a netlink id, counts too."""
    if isinstance(host, bytes):
        host = host.decode(errors="replace")
    if not isinstance(host, str) or host.lower() in NAMES:
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


class Guard:
    """Stands in front of connecting and of asking for names."""

    def __init__(self) -> None:
        self.attempts: list[str] = []
        self.open = False

    def check(self, host: object) -> bool:
        """False if the host must not be reached; notes the attempt."""
        if self.open or is_loopback(host):
            return True
        self.attempts.append(str(host))
        return False


@pytest.fixture(scope="session")
def network_guard() -> Iterator[Guard]:
    guard = Guard()
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def host_of(address: Any) -> object:
        return address[0] if isinstance(address, tuple) else None

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if not guard.check(host_of(address)):
            raise OSError(errno.ENETUNREACH, f"tests reach the loopback only, not {host_of(address)}")
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        return connect_ex(self, address) if guard.check(host_of(address)) else errno.ENETUNREACH

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not guard.check(host):
            raise socket.gaierror(socket.EAI_NONAME, f"tests reach the loopback only, not {host}")
        return getaddrinfo(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield guard


@pytest.fixture(autouse=True)
def loopback_only(network_guard: Guard, request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Fail the test if it tried to leave the machine. A test that means to clears the list that this gives it."""
    network_guard.attempts.clear()
    network_guard.open = request.node.get_closest_marker("modal") is not None
    yield network_guard.attempts
    network_guard.open = False
    if attempts := sorted(set(network_guard.attempts)):
        pytest.fail(f"the test tried to reach {', '.join(attempts)}; tests stay on the loopback")
