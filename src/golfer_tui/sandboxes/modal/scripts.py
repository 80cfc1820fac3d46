"""Small shell programs that run inside a sandbox. They need a POSIX shell and what every image has beside one."""

MARK = "GOLFER_COMMAND"
"""Variable that every process of a command inherits, so that all of them can be found."""

HELLO = 'mkdir -p -- "$1" && { command -v bash || command -v sh; }'
"""Makes the workspace ($1) and prints the path of the shell for commands."""

ON_TTY = 'stty rows "$1" cols "$2" 2>/dev/null; shift 2; exec "$@"'
"""Runs a command on a terminal of that size."""

ON_PIPE = 'exec "$@" 2>&1 </dev/null'
"""Runs a command whose errors come in order with its output, and which no keyboard can reach."""

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
if [ "$1" = 1 ] && command -v nvidia-smi >/dev/null 2>&1; then
    nvidia-smi --query-gpu=index,name,utilization.gpu,memory.used,memory.total,power.draw,temperature.gpu \\
        --format=csv,noheader,nounits -l 1 >&2 2>/dev/null &
    trap "kill $! 2>/dev/null" EXIT
fi
exec 2>/dev/null
rounds=0
while [ $rounds -lt "$2" ]; do
    cat /proc/[0-9]*/stat
    echo
    sleep 1
    rounds=$((rounds + 1))
done
"""
"""Prints all processes' counters once a second, $2 times, and (if $1 is 1) what `nvidia-smi` tells, as errors.

It ends by itself: a sandbox whose owner died must become idle.
"""
