"""The keeper: the one parent of all that runs in a local sandbox, so that nothing outlives it.

A script of its own (`python -I -S keeper.py`, standard library only), and one file, for nothing of ours can be imported
where it runs. It is connected to the cockpit by a Unix socket on its standard input. It starts commands, says how they
ended, kills what it is told to, and measures. When the socket closes, because the sandbox was stopped or the cockpit
crashed or was killed, it kills every descendant and exits. As a child subreaper (Linux), or as the first process of a
PID namespace (bubblewrap), it is handed every orphan, so processes that forked twice or opened a session of their own
are found too. Where there is no /proc (macOS) it finds what `ps` shows as its descendants and the process groups that
it made; a daemon that left both is out of its reach there.

Requests and replies are lines of JSON; `link.py` is the other end:

    {"op": "run", "id": 7, "argv": […], "cwd": "…", "environment": {…}, "mode": "tty", "size": [rows, columns],
     "own": false}
        -> {"id": 7, "pid": 41, "fds": 1} with the other ends of its terminal (one descriptor) or pipes (two)
        -> {"id": 7, "error": "…"} if it could not be started
        -> {"id": 7, "exit": 0} or {"id": 7, "signal": 9} when it ended
    {"op": "kill", "request": 3, "id": 7}   -> {"request": 3} once none of its processes is left; id null: of all
    {"op": "signal", "id": 7, "signal": 2}  to its process group; no reply
    {"op": "pause", "request": 5}           -> {"request": 5} once all stand still, but for a person's shells
    {"op": "go_on"}                         lets them run again; no reply
    {"op": "sample", "request": 4}          -> {"request": 4, "cpu": seconds, "memory": bytes, "processes": count}

Modes: `tty` is a terminal of its own with standard input on it, `log` the same with standard input from /dev/null and
no controlling terminal, `pipes` two pipes. What is a person's `own` is never paused.
"""

import array
import contextlib
import ctypes
import fcntl
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
import termios
import time
from typing import Any, NamedTuple, NoReturn

PR_SET_CHILD_SUBREAPER = 36
CHUNK = 65536
"""Bytes read at once."""
KILL_PAUSE = 0.01
"""Seconds between two looks at what a kill or a pause has left."""
STILL = 2
"""Looks in a row that must find nothing running: one look is not of a single moment, and may miss what was forked."""
LOOKS = 200
"""Looks for what still runs; what waits in the kernel for longer stops as soon as it leaves it."""
OOM_SCORE = "500"
"""The kernel, short of memory, shall take a worker's command before the cockpit."""
MARK = "GOLFER_COMMAND"
"""Variable with a command's id: the way to find its processes that left its session."""
PROC = os.path.exists("/proc/self/stat")
CHILDREN = os.path.exists(f"/proc/self/task/{os.getpid()}/children")
"""True if the kernel lists the children of a thread, which is cheaper than a look at every process there is."""


class Process(NamedTuple):
    """One row of the process table."""

    parent: int
    session: int
    """Its session; its process group where there is no /proc."""
    cpu: float
    """Seconds; where there is /proc, with those of its children that ended."""
    memory: int
    """Bytes resident."""
    stopped: bool


def process(pid: int) -> Process | None:
    """A living process by /proc; None if it is gone or only waits to be reaped."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b") ")[2].split()
    except OSError:
        return None
    if fields[0] in {b"Z", b"X"}:
        return None
    ticks = sum(map(int, fields[11:15]))
    return Process(
        parent=int(fields[1]),
        session=int(fields[3]),
        cpu=ticks / os.sysconf("SC_CLK_TCK"),
        memory=int(fields[21]) * resource.getpagesize(),
        stopped=fields[0] in {b"T", b"t"},
    )


def processes() -> dict[int, Process]:
    """All processes that can be seen, by pid."""
    if PROC:
        found = ((int(name), process(int(name))) for name in os.listdir("/proc") if name.isdecimal())
        return {pid: row for pid, row in found if row is not None}
    import subprocess  # only here, for there is a keeper for each worker and memory for its modules in each

    table = {}
    command = ["/bin/ps", "-A", "-o", "pid=,ppid=,pgid=,time=,rss=,stat="]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as ps:
        for line in ps.communicate()[0].decode().splitlines():
            pid, parent, group, clock, kilobytes, state = line.split(None, 5)
            cpu = 0.0
            for part in clock.replace("-", ":").split(":"):
                cpu = cpu * 60 + float(part)
            if int(pid) != ps.pid and not state.startswith("Z"):
                memory, stopped = int(kilobytes) * 1024, state.startswith("T")
                table[int(pid)] = Process(int(parent), int(group), cpu, memory, stopped)
    return table


def below(table: dict[int, Process], roots: set[int]) -> set[int]:
    """The descendants of `roots`, without them."""
    children: dict[int, list[int]] = {}
    for pid, row in table.items():
        children.setdefault(row.parent, []).append(pid)
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in found and child not in roots:
                found.add(child)
                waiting.append(child)
    return found


def family() -> list[Process]:
    """Our living descendants, found the cheap way: good enough to measure, not to kill."""
    if not CHILDREN:
        table = processes()
        return [table[pid] for pid in below(table, {os.getpid()})]
    found = []
    waiting = [os.getpid()]
    while waiting:
        folder = f"/proc/{waiting.pop()}/task"
        with contextlib.suppress(OSError):
            for thread in os.listdir(folder):
                with open(f"{folder}/{thread}/children", "rb") as file:
                    children = [int(pid) for pid in file.read().split()]
                waiting += children
                found += [row for row in map(process, children) if row is not None]
    return found


def marked(pid: int, mark: bytes) -> bool:
    """True if the process was started with this variable. Only where there is /proc."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return mark in file.read().split(b"\0")
    except OSError:
        return False


class Keeper:
    """All state of one keeper. Single-threaded: one `select` over the socket and the signals of ended children."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._inbox = b""
        self._running: dict[int, int] = {}
        """Pid of the first process of each command that runs, to the command's id."""
        self._leaders: dict[int, int] = {}
        """The same the other way round, kept after the end: the pid is the name of the command's session."""
        self._kills: dict[int, int | None] = {}
        """Requests to kill that are not done, to the command's id; None: all."""
        self._own: set[int] = set()
        """Ids of a person's shells."""
        self._pauses: list[int] = []
        """Requests to pause that are not done."""
        self._still = self._looks = 0
        """Looks in a row that found nothing running, and all looks of the pause."""

    def serve(self) -> None:
        """Work until the other end closes, then leave nothing behind."""
        wake, waker = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(waker, False)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        with contextlib.suppress(OSError):  # The other end may go at any moment.
            self._send({"ready": os.getpid()})
            listened, connected = self._sock.fileno(), True
            while connected:
                busy = self._kills or self._pauses
                ready, _, _ = select.select([listened, wake], [], [], KILL_PAUSE if busy else None)
                if wake in ready:
                    os.read(wake, CHUNK)
                if listened in ready:
                    connected = self._receive()
                self._reap()
                self._finish_kills()
                self._finish_pauses()
        self._sock.setblocking(False)
        while self._strike(None, processes()):
            with contextlib.suppress(OSError):
                self._reap()
            time.sleep(KILL_PAUSE)
        with contextlib.suppress(OSError):
            self._reap()

    def _send(self, message: dict[str, Any], *fds: int) -> None:
        line = json.dumps(message).encode() + b"\n"
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        sent = self._sock.sendmsg([line], rights)
        self._sock.sendall(line[sent:])

    def _receive(self) -> bool:
        data = self._sock.recv(CHUNK)
        *lines, self._inbox = (self._inbox + data).split(b"\n")
        for line in lines:
            self._obey(json.loads(line))
        return bool(data)

    def _obey(self, request: dict[str, Any]) -> None:
        if request["op"] == "run":
            self._run(request)
        elif request["op"] == "kill":
            self._kills[request["request"]] = request["id"]
        elif request["op"] == "pause":
            self._pauses.append(request["request"])
            self._still = self._looks = 0
        elif request["op"] == "go_on":
            self._go_on()
        elif request["op"] == "sample":
            self._send({"request": request["request"], **self._sample()})
        elif self._leaders.get(request["id"]) in self._running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._leaders[request["id"]], request["signal"])

    def _run(self, request: dict[str, Any]) -> None:
        ours: list[int] = []
        theirs: list[int] = []
        try:
            try:
                pid = self._fork(request, self._open(request, ours, theirs))
            except OSError as error:
                self._send({"id": request["id"], "error": error.strerror or str(error)})
                return
            for older in [id_ for id_, leader in self._leaders.items() if leader == pid]:
                del self._leaders[older]  # A number is given anew only once its session is gone.
            self._running[pid], self._leaders[request["id"]] = request["id"], pid
            if request["own"]:
                self._own.add(request["id"])
            self._send({"id": request["id"], "pid": pid, "fds": len(ours)}, *ours)
        finally:
            for fd in (*ours, *theirs):
                os.close(fd)

    def _open(self, request: dict[str, Any], ours: list[int], theirs: list[int]) -> tuple[int, int, int]:
        null = os.open(os.devnull, os.O_RDONLY)
        theirs.append(null)
        if request["mode"] == "pipes":
            for _ in range(2):
                reader, writer = os.pipe()
                ours.append(reader)
                theirs.append(writer)
            return null, theirs[1], theirs[2]
        # Made here and not by the cockpit, so that its name exists in the sandbox's own /dev/pts.
        terminal, inside = os.openpty()
        ours.append(terminal)
        theirs.append(inside)
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", *request["size"], 0, 0))
        return inside if request["mode"] == "tty" else null, inside, inside

    def _fork(self, request: dict[str, Any], streams: tuple[int, int, int]) -> int:
        """Start the command; returns its pid once the program was found and runs."""
        reader, writer = os.pipe()
        try:
            pid = os.fork()
            if pid == 0:
                self._become(request, streams, writer)
        finally:
            os.close(writer)
        with open(reader, "rb") as file:
            problem = file.read()
        if problem:
            os.waitpid(pid, 0)
            raise OSError(0, problem.decode(errors="replace"))
        return pid

    def _become(self, request: dict[str, Any], streams: tuple[int, int, int], problems: int) -> NoReturn:
        try:
            signal.set_wakeup_fd(-1)
            for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
                with contextlib.suppress(OSError, ValueError):
                    signal.signal(number, signal.SIG_DFL)
            os.setsid()
            for target, source in enumerate(streams):
                os.dup2(source, target)
            if request["mode"] == "tty":
                fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
                file.write(OOM_SCORE)
            os.chdir(request["cwd"])
            argv = request["argv"]
            os.execvpe(argv[0], argv, {**request["environment"], MARK: str(request["id"])})  # noqa: S606 - no shell is meant
        except BaseException as error:  # noqa: BLE001 - nothing may get out of the forked half
            name = getattr(error, "filename", None) or request["argv"][0]
            os.write(problems, f"{getattr(error, 'strerror', None) or error}: {name}".encode(errors="replace"))
        finally:
            os._exit(127)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            id_ = self._running.pop(pid, None)
            if id_ is not None:
                code = os.waitstatus_to_exitcode(status)
                self._send({"id": id_, "exit": code} if code >= 0 else {"id": id_, "signal": -code})

    def _finish_kills(self) -> None:
        table = processes() if self._kills else {}
        for number, id_ in list(self._kills.items()):
            if not self._strike(id_, table):
                del self._kills[number]
                self._reap()  # What is only left to be reaped is told first.
                self._send({"request": number})

    def _finish_pauses(self) -> None:
        if not self._pauses:
            return
        table = processes()
        running = {pid for pid in self._pausable(table) if not table[pid].stopped}
        for pid in running:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGSTOP)
        self._looks += 1
        self._still = 0 if running else self._still + 1
        if self._still >= STILL or self._looks >= LOOKS:
            self._tell_paused()

    def _go_on(self) -> None:
        self._tell_paused()
        table = processes()
        for pid in self._pausable(table):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGCONT)

    def _tell_paused(self) -> None:
        while self._pauses:
            self._send({"request": self._pauses.pop()})

    def _pausable(self, table: dict[int, Process]) -> set[int]:
        every = below(table, {os.getpid()})
        for id_ in self._own:
            every -= self._of(id_, table, every)
        return every

    def _of(self, id_: int, table: dict[int, Process], every: set[int]) -> set[int]:
        """What lives of a command, out of all our descendants."""
        mark = f"{MARK}={id_}".encode()
        leader = self._leaders.get(id_)
        chosen = {pid for pid in every if table[pid].session == leader or marked(pid, mark)}
        return chosen | below(table, chosen)

    def _strike(self, id_: int | None, table: dict[int, Process]) -> bool:
        """Kill what lives of a command, or of all; False if there was nothing left to kill."""
        victims = below(table, {os.getpid()})
        if id_ is not None:
            victims = self._of(id_, table, victims)
        elif not PROC:
            victims |= {pid for pid, row in table.items() if row.session in self._leaders.values()}
        for pid in victims:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        return bool(victims)

    def _sample(self) -> dict[str, float]:
        rows = family()
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = ended.ru_utime + ended.ru_stime + sum(row.cpu for row in rows)
        return {"cpu": cpu, "memory": sum(row.memory for row in rows), "processes": len(rows)}


def main() -> None:
    """Serve the socket on standard input. Everything that a command of the same user might send is ignored."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, signal.SIG_IGN)
    sock = socket.socket(fileno=os.dup(0))
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    Keeper(sock).serve()


if __name__ == "__main__":
    main()
