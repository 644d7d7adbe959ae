"""Runs a command under a seccomp profile that forbids io_uring, as container runtimes do: its three
system calls answer EPERM, everything else is as it was. `forbid_io_uring.py COMMAND WORD...`"""
import ctypes
import errno
import os
import struct
import sys

NO_NEW_PRIVILEGES, SET_SECCOMP, FILTER_MODE = 38, 22, 2
LOAD_WORD, JUMP_IF_AT_LEAST, JUMP_IF_ABOVE, RETURN = 0x20, 0x35, 0x25, 0x06
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
# io_uring_setup, io_uring_enter, io_uring_register: the same numbers on x86-64 and AArch64.
FIRST, LAST = 425, 427


class Program(ctypes.Structure):
    _fields_ = [("size", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def instruction(code, if_true, if_false, value):
    return struct.pack("HBBI", code, if_true, if_false, value)


def main():
    code = b"".join([
        instruction(LOAD_WORD, 0, 0, 0),
        instruction(JUMP_IF_AT_LEAST, 0, 2, FIRST),
        instruction(JUMP_IF_ABOVE, 1, 0, LAST),
        instruction(RETURN, 0, 0, ERRNO | errno.EPERM),
        instruction(RETURN, 0, 0, ALLOW),
    ])
    program = Program(len(code) // 8, code)
    library = ctypes.CDLL(None, use_errno=True)
    prctl = library.prctl
    prctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong]
    if prctl(NO_NEW_PRIVILEGES, 1, None, 0, 0) or prctl(SET_SECCOMP, FILTER_MODE, ctypes.byref(program), 0, 0):
        raise SystemExit(f"the kernel refuses the filter: {os.strerror(ctypes.get_errno())}")
    os.execvp(sys.argv[1], sys.argv[1:])


main()
