"""Small shell programs that run inside a sandbox. They need a POSIX shell and what every image has beside one."""

from collections.abc import Sequence

MARK = "GOLFER_COMMAND"
"""Variable that every process of a command inherits, so that all of them can be found."""

HELLO = 'mkdir -p -- "$1"'
"""Makes the workspace ($1)."""

BEST = 'command -v bash >/dev/null && exec bash "$@"; exec sh "$@"'
"""Becomes bash with these arguments where the image has it, else sh."""

IN_WORKSPACE = '{ [ -d "$1" ] || mkdir -p -- "$1"; } && cd -- "$1" || exit 126; shift; '
"""Before what runs in the workspace ($1): each command makes it, which saves a first one that only did that."""

ON_TTY = IN_WORKSPACE + 'stty rows "$1" cols "$2" 2>/dev/null; shift 2; '
"""Before what runs in the workspace ($1), on a terminal of that size."""

OWN_SHELL = "unset PAGER GIT_PAGER; export HISTFILE=; " + ON_TTY
"""The same for a person's shell: with pagers, and without a file with what was typed, for the worker could read it."""

ON_PIPE = IN_WORKSPACE + "exec 2>&1 </dev/null; "
"""The same on a pipe: its errors come in order with its output, and no keyboard can reach it."""

SHELL = ("sh", "-c", BEST, "sh")
"""Program and first arguments of what becomes the best shell; arguments for that follow."""


def becoming(before: str, arguments: Sequence[object], argv: Sequence[str]) -> list[str]:
    """The command that does one of the above with its arguments, and then becomes `argv`.

    Each program that only becomes another one takes milliseconds, so the best shell is begun by the first.
    """
    shell = tuple(argv[: len(SHELL)]) == SHELL
    last, rest = (BEST, argv[len(SHELL) :]) if shell else ('exec "$@"', argv)
    return ["sh", "-c", before + last, "sh", *map(str, arguments), *rest]


KILL_OTHERS = """\
known=$1
rounds=0
while found=$(for file in $(grep -ls -- "$2" /proc/[0-9]*/environ); do
    grep -qsE -- "$known" "$file" || echo "$file"
done | cut -d/ -f3) && [ -n "$found" ] && [ $rounds -lt "$3" ]; do
    kill -KILL $found 2>/dev/null
    rounds=$((rounds + 1))
    sleep 0.05
done
"""
"""Kills all processes that carry a mark ($2), but those whose environment matches $1; at most $3 rounds."""

SIGNAL = """\
rounds=0
while found=$(grep -ls -- "$1" /proc/[0-9]*/environ | cut -d/ -f3) && [ -n "$found" ] && [ $rounds -lt "$3" ]; do
    kill -"$2" $found 2>/dev/null
    rounds=$((rounds + 1))
    sleep 0.05
done
"""
"""Sends signal $2 to all processes that carry the mark $1, again and again while there are some, at most $3 times."""

RESIZE = """\
for mark in "$@"; do
    [ "$mark" = "$1" ] || [ "$mark" = "$2" ] || for file in $(grep -ls -- "$mark" /proc/[0-9]*/environ); do
        stty rows "$1" cols "$2" <"${file%environ}fd/0" 2>/dev/null && break
    done
done
"""
"""Tells the terminals of the commands with the marks $3… their rows ($1) and columns ($2)."""

SAMPLE = """\
exec 2>/dev/null
told= held=
rounds=0
tell() {
    read -r up rest </proc/uptime
    held="${held}up $up
$(cat /proc/[0-9]*/stat)
$told

"
    told=
    [ $((rounds % 2)) = 1 ] || { printf %s "$held"; held=; }
    rounds=$((rounds + 1))
}
go_on() {
    said=$1
    while [ $rounds -lt "$2" ]; do
        told=$said
        tell
        sleep 1
    done
}
[ "$1" = 1 ] || go_on "" "$2"
command -v nvidia-smi >/dev/null || go_on "gpu nvidia-smi is missing in this image" "$2"
[ $rounds -lt "$2" ] || exit 0
nvidia-smi --query-gpu=index,name,utilization.gpu,memory.used,memory.total,power.draw,temperature.gpu \\
    --format=csv,noheader,nounits -l 1 2>&1 | {
    first= last= before=
    while [ $rounds -lt "$2" ] && IFS= read -r row; do
        number=${row%%,*}
        if [ "$number" = "$first" ] && [ -n "$told" ]; then
            last=$before
            tell
        fi
        told="${told:+$told
}gpu $row"
        first=${first:-$number} before=$number
        [ "$number" != "$last" ] || tell
    done
    go_on "$told" "$2"
}
"""
"""Takes readings, one a second, $2 of them: the time, all processes' counters, and (if $1 is 1) what `nvidia-smi`
tells, each line behind `gpu`. An empty line ends a reading.

Two readings are printed at once: to read them costs by the message. `nvidia-smi` runs all the time and sets the pace: a
reading is whole with the last GPU, or where that fell silent, when the first comes again. It ends by itself: a sandbox
whose owner died must become idle.
"""
