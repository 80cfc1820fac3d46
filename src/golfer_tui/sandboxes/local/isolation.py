"""What a local sandbox may see and touch: bubblewrap's view of this machine, where bubblewrap works.

The machine is read-only, the workspace is writable, /tmp is the sandbox's own. Our store, other workspaces, usual files
with credentials and the sockets of container engines are hidden, no GPU is there but the leased ones, and the namespace
of processes ends with its first one, the keeper. The network stays. bubblewrap's own "die with parent" is not used: it
watches the thread that started it, and the keeper already ends with its connection to us.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.local.environment import keeper_environment

KEEPER = Path(__file__).with_name("keeper.py")
PROBE = 20.0
"""Seconds that a first try of bubblewrap may take."""
OWN = ("/tmp", "/var/tmp")  # noqa: S108 - hidden, not used
"""Folders of which each sandbox has an empty one of its own."""
PRIVATE = (
    "~/.aws",
    "~/.azure",
    "~/.cache/huggingface/token",
    "~/.config/gcloud",
    "~/.config/gh",
    "~/.docker",
    "~/.git-credentials",
    "~/.gnupg",
    "~/.kube",
    "~/.local/share/keyrings",
    "~/.modal.toml",
    "~/.netrc",
    "~/.password-store",
    "~/.pypirc",
    "~/.ssh",
    "/run/containerd",
    "/run/docker.sock",
    "/run/podman",
    "/run/user",
)
"""Where people and programs keep credentials, and sockets that would lead out of the sandbox."""
CAPABILITIES = ("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID")
"""All that is left of root's powers: enough to unpack archives, not enough to mount."""
GPU_DEVICES = ("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-modeset", "nvidia-caps")
"""Device files that any NVIDIA GPU needs, in /dev."""


def keeper_argv() -> list[str]:
    """The keeper's command line: isolated from our packages and variables."""
    return [sys.executable, "-I", "-S", str(KEEPER)]


def bubblewrap_argv(
    program: str, workspace: str, *, hidden: Iterable[Path] = (), gpus: Iterable[int] | None = ()
) -> list[str]:
    """bubblewrap's command line up to the program that it shall run. Looks at the file system.

    Args:
        program: bubblewrap.
        workspace: The one writable folder.
        hidden: Further folders that must not be seen, but for the workspace.
        gpus: Numbers of the GPUs' device files; None: all there are.
    """
    private = (*map(Path, OWN), *hidden, *(Path(path).expanduser() for path in PRIVATE))
    # What we may not look at, a worker may not either.
    veiled = [Path(path) for path in dict.fromkeys(map(os.path.realpath, private)) if os.path.exists(path)]
    argv = [program, "--unshare-pid", "--as-pid-1", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    if os.geteuid() == 0:
        argv += ["--cap-drop", "ALL"]
        for capability in CAPABILITIES:
            argv += ["--cap-add", capability]
    for path in sorted(veiled):
        argv += ["--tmpfs", str(path)] if path.is_dir() else ["--ro-bind", os.devnull, str(path)]
    # The interpreter and the keeper may lie below a folder that was just hidden.
    for path in dict.fromkeys(Path(each).resolve() for each in (sys.prefix, sys.base_prefix, KEEPER.parent)):
        if any(path.is_relative_to(veil) for veil in veiled):
            argv += ["--ro-bind", str(path), str(path)]
    argv += ["--bind", workspace, workspace]
    for path in sorted(veiled):
        if path.is_dir() and str(path) not in OWN:
            argv += ["--remount-ro", str(path)]
    for name in _gpu_devices(gpus):
        argv += ["--dev-bind-try", name, name]
    return [*argv, "--"]


def _gpu_devices(gpus: Iterable[int] | None) -> list[str]:
    if gpus is None:
        return sorted(str(path) for path in Path("/dev").glob("nvidia*"))
    numbers = [f"/dev/nvidia{number}" for number in gpus]
    return [*numbers, *(f"/dev/{name}" for name in GPU_DEVICES)] if numbers else []


def find_bubblewrap(setting: Literal["auto", "bubblewrap", "none"]) -> str | None:
    """The path of a bubblewrap that really works here; None if there is none or it is not wanted. Blocks.

    Raises:
        SandboxError: `sandbox.isolation` if it is demanded and does not work.
    """
    if setting == "none":
        return None
    program = shutil.which("bwrap")
    problem = _probe(program) if program else "`bwrap` is not in PATH"
    if not problem:
        return program
    if setting == "bubblewrap":
        raise SandboxError(
            "sandbox.isolation",
            f"Isolation by bubblewrap is demanded, but does not work here: {problem}.",
            hint='Install bubblewrap, or set `isolation = "auto"` in `[local]`.',
        )
    return None


def _probe(program: str) -> str:
    """Run the interpreter in it, once; returns what is wrong."""
    with tempfile.TemporaryDirectory(prefix="golfer-") as folder:
        argv = [*bubblewrap_argv(program, os.path.realpath(folder)), sys.executable, "-I", "-S", "-c", "pass"]
        try:
            done = subprocess.run(
                argv,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                env=keeper_environment(os.environ),
                timeout=PROBE,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
    return "" if done.returncode == 0 else done.stderr.decode(errors="replace").strip() or f"status {done.returncode}"
