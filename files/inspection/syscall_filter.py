"""System call filter (seccomp) of the sandboxed child: after `apply` it computes, and reads and writes what is open; it
can open no file, connect nowhere and start no program.

An allowlist; what isn't on it fails with EPERM. It is one more wall behind the resource limits, on Linux only.
"""

import ctypes
import errno
import platform
import struct

SYSCALLS = {  # name: numbers on x86_64, aarch64
    "read": (0, 63), "write": (1, 64), "writev": (20, 66), "close": (3, 57), "lseek": (8, 62),
    "fstat": (5, 80), "newfstatat": (262, 79),
    "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215), "mremap": (25, 216), "madvise": (28, 233),
    "brk": (12, 214), "futex": (202, 98), "sched_yield": (24, 124), "sched_getaffinity": (204, 123),
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "sigaltstack": (131, 132),
    "set_robust_list": (273, 99), "rseq": (334, 293), "restart_syscall": (219, 128),
    "getpid": (39, 172), "gettid": (186, 178), "getrandom": (318, 278),
    "clock_gettime": (228, 113), "clock_nanosleep": (230, 115), "exit": (60, 93), "exit_group": (231, 94),
}  # fmt: skip
CLONE, CLONE3 = (56, 220), 435  # threads only; clone3 hides its flags behind a pointer, without it clone is used
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # AUDIT_ARCH_…

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06  # BPF instructions
_NUMBER_AT, _MACHINE_AT, _FLAGS_AT = 0, 4, 16  # in struct seccomp_data
_CLONE_THREAD = 0x10000
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def apply() -> bool:
    """Filter the system calls of this process from now on; False where the machine has no such filter."""
    if platform.system() != "Linux" or platform.machine() not in MACHINES:
        return False
    code = b"".join(struct.pack("HBBI", *one) for one in _instructions(list(MACHINES).index(platform.machine())))
    program = _Program(len(code) // 8, code)
    return ctypes.CDLL(None).prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0) == 0


def _instructions(machine: int) -> list[tuple[int, int, int, int]]:
    """Return the BPF program: (instruction, steps to skip if true, if false, operand)."""
    failing = (_RETURN, 0, 0, _FAIL | errno.EPERM)
    program = [
        (_LOAD, 0, 0, _MACHINE_AT), (_EQUAL, 1, 0, list(MACHINES.values())[machine]), failing,
        (_LOAD, 0, 0, _NUMBER_AT),
    ]  # fmt: skip
    for numbers in SYSCALLS.values():
        program += [(_EQUAL, 0, 1, numbers[machine]), (_RETURN, 0, 0, _ALLOW)]
    program += [(_EQUAL, 0, 1, CLONE3), (_RETURN, 0, 0, _FAIL | errno.ENOSYS), (_EQUAL, 1, 0, CLONE[machine]), failing]
    return [*program, (_LOAD, 0, 0, _FLAGS_AT), (_ANY_BIT, 0, 1, _CLONE_THREAD), (_RETURN, 0, 0, _ALLOW), failing]
