"""Keep processes standing still for as long as the process that started this one lives: ``python freezer.py GROUP...``.

Each GROUP is a process group. They are stopped, "standing" is written, and they go on when the pipe to this program's input
is closed, be it by its parent or because the parent was killed. It is a file of its own, run with ``-I -S``, and heeds no
signal that can be ignored: whoever ends the parent from a terminal must not end this first.
"""

import contextlib
import os
import signal
import sys


def main(groups: list[int]) -> None:
    """Stop ``groups``, say so, wait for the end of the input, let them go on."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    try:
        send(groups, signal.SIGSTOP)
        print("standing", flush=True)
        sys.stdin.buffer.read()
    finally:
        send(groups, signal.SIGCONT)


def send(groups: list[int], number: int) -> None:
    """Send a signal to every process of ``groups``; those that are gone do not matter."""
    for group in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, number)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]])
