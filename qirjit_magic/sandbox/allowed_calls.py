"""The system calls that a sandboxed engine process may make: what LLVM, simulators and Python need once it has started.

Numbers are those of <asm/unistd_64.h> for x86-64 and of <asm-generic/unistd.h> for aarch64, where the older of two
calls for the same thing is missing.
"""

from __future__ import annotations

from qirjit_magic.sandbox.bpf import SystemCall, null, one_of, own_process, with_bit, without_bits

# A descriptor that nothing else gets: calls that would close it, or put another one in its place, are told by this bit.
LIFE = 512


NEWEST = 462  # mseal, of Linux 6.10: what came later was not looked at

# <asm-generic/fcntl.h>
_WRITING = 0o1 | 0o2 | 0o100 | 0o1000  # O_WRONLY, O_RDWR, O_CREAT, O_TRUNC; O_TMPFILE comes with one of them
_DESCRIPTORS_ONLY = (
    0,  # F_DUPFD
    1,  # F_GETFD
    2,  # F_SETFD
    3,  # F_GETFL
    1030,  # F_DUPFD_CLOEXEC
    1032,  # F_GETPIPE_SZ
    1034,  # F_GET_SEALS
)
# F_SETFL, F_SETOWN, F_SETOWN_EX and F_SETSIG are not among them: together they send any signal to any process.

# <asm-generic/mman-common.h>: of the kinds of memory MAP_PRIVATE alone, with nothing by which it would count for no
# limit, or be anybody else's.
_NOT_LIMITED = (
    0x0D  # all of MAP_TYPE but MAP_PRIVATE: MAP_SHARED, MAP_SHARED_VALIDATE, in which it is, and MAP_DROPPABLE
    | 0x00100  # MAP_GROWSDOWN: a stack, which only RLIMIT_STACK looks at, and only when it grows by itself
    | 0x40000  # MAP_HUGETLB: pages that the system has laid aside
)

# <asm-generic/ioctls.h>
_HARMLESS_CONTROLS = (
    0x5401,  # TCGETS: is it a terminal?
    0x802C542A,  # TCGETS2: what newer C libraries ask with
    0x5413,  # TIOCGWINSZ
    0x541B,  # FIONREAD
    0x5421,  # FIONBIO
    0x5450,  # FIONCLEX
    0x5451,  # FIOCLEX
)

# <linux/prctl.h>
_NAMES_AND_QUESTIONS = (
    2,  # PR_GET_PDEATHSIG
    3,  # PR_GET_DUMPABLE
    15,  # PR_SET_NAME
    16,  # PR_GET_NAME
    39,  # PR_GET_NO_NEW_PRIVS
    0x53564D41,  # PR_SET_VMA: names for memory
)

# <linux/sched.h>: what the C libraries start threads with. Without CLONE_THREAD it is a process, and other flags
# are namespaces.
_CLONE_THREAD = 0x00010000
_NOT_OF_THREADS = 0xFFFFFFFF & ~(
    _CLONE_THREAD
    | 0x00000100  # CLONE_VM
    | 0x00000200  # CLONE_FS
    | 0x00000400  # CLONE_FILES
    | 0x00000800  # CLONE_SIGHAND
    | 0x00040000  # CLONE_SYSVSEM
    | 0x00080000  # CLONE_SETTLS
    | 0x00100000  # CLONE_PARENT_SETTID
    | 0x00200000  # CLONE_CHILD_CLEARTID
    | 0x00400000  # CLONE_DETACHED, of musl
)

PERMITTED = (
    # memory, of programs and of their code
    # mremap is missing: it makes a stack as large as one likes, and C libraries do without it
    SystemCall("mmap", 9, 222, (without_bits(3, _NOT_LIMITED),)),
    SystemCall("munmap", 11, 215),
    SystemCall("mprotect", 10, 226),
    SystemCall("madvise", 28, 233),
    SystemCall("brk", 12, 214),
    SystemCall("membarrier", 324, 283),
    SystemCall("get_mempolicy", 239, 236),
    SystemCall("mseal", 462, 462),
    # open descriptors: the kernel's socket, the output pipes, files that are read
    SystemCall("read", 0, 63),
    SystemCall("readv", 19, 65),
    SystemCall("pread64", 17, 67),
    SystemCall("write", 1, 64),
    SystemCall("writev", 20, 66),
    SystemCall("lseek", 8, 62),
    # none of them ends the lifeline; close_range, which could, is missing
    SystemCall("close", 3, 57, (without_bits(0, LIFE),)),
    SystemCall("dup", 32, 23),
    SystemCall("dup2", 33, None, (without_bits(1, LIFE),)),
    SystemCall("dup3", 292, 24, (without_bits(1, LIFE),)),
    SystemCall("poll", 7, None),
    SystemCall("ppoll", 271, 73),
    SystemCall("select", 23, None),
    SystemCall("pselect6", 270, 72),
    SystemCall("recvfrom", 45, 207),
    SystemCall("sendto", 44, 206),
    SystemCall("getsockopt", 55, 209),
    SystemCall("getsockname", 51, 204),
    SystemCall("getpeername", 52, 205),
    SystemCall("fcntl", 72, 25, (one_of(1, _DESCRIPTORS_ONLY),)),
    SystemCall("ioctl", 16, 29, (one_of(1, _HARMLESS_CONTROLS),)),
    # files, for reading: modules and libraries that are loaded when they are first wanted
    SystemCall("open", 2, None, (without_bits(1, _WRITING),)),
    SystemCall("openat", 257, 56, (without_bits(2, _WRITING),)),
    SystemCall("stat", 4, None),
    SystemCall("lstat", 6, None),
    SystemCall("fstat", 5, 80),
    SystemCall("newfstatat", 262, 79),
    SystemCall("statx", 332, 291),
    SystemCall("statfs", 137, 43),
    SystemCall("fstatfs", 138, 44),
    SystemCall("access", 21, None),
    SystemCall("faccessat", 269, 48),
    SystemCall("faccessat2", 439, 439),
    SystemCall("readlink", 89, None),
    SystemCall("readlinkat", 267, 78),
    SystemCall("getdents64", 217, 61),
    SystemCall("getcwd", 79, 17),
    SystemCall("fadvise64", 221, 223),
    # threads
    SystemCall("clone", 56, 220, (with_bit(0, _CLONE_THREAD), without_bits(0, _NOT_OF_THREADS))),
    SystemCall("futex", 202, 98),
    SystemCall("futex_waitv", 449, 449),
    SystemCall("set_robust_list", 273, 99),
    SystemCall("rseq", 334, 293),
    SystemCall("gettid", 186, 178),
    SystemCall("getcpu", 309, 168),
    SystemCall("sched_yield", 24, 124),
    SystemCall("sched_getaffinity", 204, 123),
    SystemCall("sched_setaffinity", 203, 122, (one_of(0, (0,)),)),
    SystemCall("sched_getparam", 143, 121),
    SystemCall("sched_getscheduler", 145, 120),
    SystemCall("sched_get_priority_max", 146, 125),
    SystemCall("sched_get_priority_min", 147, 126),
    SystemCall("exit", 60, 93),
    SystemCall("exit_group", 231, 94),
    # signals, sent to nobody else
    SystemCall("rt_sigaction", 13, 134),
    SystemCall("rt_sigprocmask", 14, 135),
    SystemCall("rt_sigreturn", 15, 139),
    SystemCall("rt_sigpending", 127, 136),
    SystemCall("rt_sigsuspend", 130, 133),
    SystemCall("rt_sigtimedwait", 128, 137),
    SystemCall("sigaltstack", 131, 132),
    SystemCall("restart_syscall", 219, 128),
    SystemCall("pause", 34, None),
    SystemCall("kill", 62, 129, (own_process(0),)),
    SystemCall("tkill", 200, 130, (own_process(0),)),
    SystemCall("tgkill", 234, 131, (own_process(0),)),
    SystemCall("rt_sigqueueinfo", 129, 138, (own_process(0),)),
    SystemCall("rt_tgsigqueueinfo", 297, 240, (own_process(0),)),
    # clocks
    SystemCall("clock_gettime", 228, 113),
    SystemCall("clock_getres", 229, 114),
    SystemCall("clock_nanosleep", 230, 115),
    SystemCall("nanosleep", 35, 101),
    SystemCall("gettimeofday", 96, 169),
    SystemCall("time", 201, None),
    SystemCall("times", 100, 153),
    # what the process and the system are
    SystemCall("getpid", 39, 172),
    SystemCall("getppid", 110, 173),
    SystemCall("getuid", 102, 174),
    SystemCall("geteuid", 107, 175),
    SystemCall("getgid", 104, 176),
    SystemCall("getegid", 108, 177),
    SystemCall("uname", 63, 160),
    SystemCall("sysinfo", 99, 179),
    SystemCall("getrusage", 98, 165),
    SystemCall("getrlimit", 97, 163),
    SystemCall("prlimit64", 302, 261, (one_of(0, (0,)), null(2))),
    SystemCall("prctl", 157, 167, (one_of(0, _NAMES_AND_QUESTIONS),)),
    SystemCall("arch_prctl", 158, None),
    SystemCall("getrandom", 318, 278),
)

# Calls that are refused in the words of an old kernel: the C library then makes the older call, which is looked at.
UNKNOWN = (
    SystemCall("clone3", 435, 435),  # its flags are in memory, where a filter cannot see them
    SystemCall("openat2", 437, 437),  # likewise
    SystemCall("map_shadow_stack", 453, 453),  # a stack too
)
