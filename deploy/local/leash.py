"""Run a program that dies with the process that started it: ``python leash.py PARENT_PID PROGRAM ARGUMENT...``.

On Linux the kernel is asked to kill the program when its parent ends, however it ends; elsewhere the program is simply run.
It is a file of its own, run with ``-I -S``, because code between fork and exec is not safe in a process with threads.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Tie this process to ``arguments[0]``, its parent's id, and become the program that follows."""
    parent, program = int(arguments[0]), arguments[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the parent has already ended")
    os.execv(program[0], program)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
