"""What the commands of a local sandbox see of our environment: a list of harmless variables, and nothing else."""

import ctypes
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

HARMLESS = frozenset(
    {
        "CUDA_HOME",
        "CUDA_PATH",
        "CURL_CA_BUNDLE",
        "LANG",
        "LANGUAGE",
        "LD_LIBRARY_PATH",
        "LOGNAME",
        "MKL_NUM_THREADS",
        "NODE_EXTRA_CA_CERTS",
        "NO_COLOR",
        "OMP_NUM_THREADS",
        "PATH",
        "REQUESTS_CA_BUNDLE",
        "SSL_CERT_DIR",
        "SSL_CERT_FILE",
        "TZ",
        "USER",
    }
)
"""Variables that are passed."""
ADDRESSES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "PIP_INDEX_URL", "UV_INDEX_URL"})
"""Variables that are passed, in either case, unless a password may stand in them."""
FIXED = {
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
    "PAGER": "cat",
    "GIT_PAGER": "cat",
    "PYTHONUNBUFFERED": "1",
}
"""Fit for a pane that nobody may be looking at."""
PR_SET_DUMPABLE = 4


def environment(
    host: Mapping[str, str], *, workspace: str, passed: Iterable[str] = (), devices: Iterable[str] = ()
) -> dict[str, str]:
    """All variables of a command.

    Args:
        host: Our own variables.
        workspace: Becomes `HOME`.
        passed: Names that the person lets through.
        devices: Ids of leased GPUs; without any, the machine's GPUs are hidden.
    """
    wanted = HARMLESS | set(passed)
    chosen = {name: value for name, value in host.items() if name in wanted or name.startswith("LC_")}
    chosen |= {name: value for name, value in host.items() if name.upper() in ADDRESSES and "@" not in value}
    chosen |= FIXED
    chosen["HOME"] = workspace
    chosen["PATH"] = search_path(host.get("PATH", os.defpath))
    chosen["CUDA_VISIBLE_DEVICES"] = ",".join(devices)
    return chosen


def keeper_environment(host: Mapping[str, str]) -> dict[str, str]:
    """All variables of a keeper, which every command can read: what the interpreter needs to start."""
    return {name: host[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in host} | {"LC_ALL": "C.UTF-8"}


def search_path(path: str) -> str:
    """`path` with folders at its end that have a `python3`."""
    own = [str(Path(sys.executable).parent), str(Path(sys.base_prefix) / "bin")]
    folders = [folder for folder in path.split(os.pathsep) if folder]
    return os.pathsep.join([*folders, *(folder for folder in dict.fromkeys(own) if folder not in folders)])


def shell(path: str) -> str:
    """The shell for commands: bash, which is what models write for, or else sh."""
    return "bash" if shutil.which("bash", path=path) else "sh"


def hide_own_environment() -> None:
    """Keep other processes of this user from reading our variables and memory (Linux; root reads them all the same)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
