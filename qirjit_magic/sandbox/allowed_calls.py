"""The system calls that a sandboxed engine process may make: what LLVM, simulators and Python need once it has started.

Numbers are those of <asm/unistd_64.h> for x86-64 and of <asm-generic/unistd.h> for aarch64, where the older of two
calls for the same thing is missing.
"""

from __future__ import annotations

from qirjit_magic.sandbox.bpf import Call, null, one_of, own_process, with_bit, without_bits

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
    Call("mmap", 9, 222, (without_bits(3, _NOT_LIMITED),)),
    Call("munmap", 11, 215),
    Call("mprotect", 10, 226),
    Call("madvise", 28, 233),
    Call("brk", 12, 214),
    Call("membarrier", 324, 283),
    Call("get_mempolicy", 239, 236),
    Call("mseal", 462, 462),
    # open descriptors: the kernel's socket, the output pipes, files that are read
    Call("read", 0, 63),
    Call("readv", 19, 65),
    Call("pread64", 17, 67),
    Call("write", 1, 64),
    Call("writev", 20, 66),
    Call("lseek", 8, 62),
    # none of them ends the lifeline; close_range, which could, is missing
    Call("close", 3, 57, (without_bits(0, LIFE),)),
    Call("dup", 32, 23),
    Call("dup2", 33, None, (without_bits(1, LIFE),)),
    Call("dup3", 292, 24, (without_bits(1, LIFE),)),
    Call("poll", 7, None),
    Call("ppoll", 271, 73),
    Call("select", 23, None),
    Call("pselect6", 270, 72),
    Call("recvfrom", 45, 207),
    Call("sendto", 44, 206),
    Call("getsockopt", 55, 209),
    Call("getsockname", 51, 204),
    Call("getpeername", 52, 205),
    Call("fcntl", 72, 25, (one_of(1, _DESCRIPTORS_ONLY),)),
    Call("ioctl", 16, 29, (one_of(1, _HARMLESS_CONTROLS),)),
    # files, for reading: modules and libraries that are loaded when they are first wanted
    Call("open", 2, None, (without_bits(1, _WRITING),)),
    Call("openat", 257, 56, (without_bits(2, _WRITING),)),
    Call("stat", 4, None),
    Call("lstat", 6, None),
    Call("fstat", 5, 80),
    Call("newfstatat", 262, 79),
    Call("statx", 332, 291),
    Call("statfs", 137, 43),
    Call("fstatfs", 138, 44),
    Call("access", 21, None),
    Call("faccessat", 269, 48),
    Call("faccessat2", 439, 439),
    Call("readlink", 89, None),
    Call("readlinkat", 267, 78),
    Call("getdents64", 217, 61),
    Call("getcwd", 79, 17),
    Call("fadvise64", 221, 223),
    # threads
    Call("clone", 56, 220, (with_bit(0, _CLONE_THREAD), without_bits(0, _NOT_OF_THREADS))),
    Call("futex", 202, 98),
    Call("futex_waitv", 449, 449),
    Call("set_robust_list", 273, 99),
    Call("rseq", 334, 293),
    Call("gettid", 186, 178),
    Call("getcpu", 309, 168),
    Call("sched_yield", 24, 124),
    Call("sched_getaffinity", 204, 123),
    Call("sched_setaffinity", 203, 122, (one_of(0, (0,)),)),
    Call("sched_getparam", 143, 121),
    Call("sched_getscheduler", 145, 120),
    Call("sched_get_priority_max", 146, 125),
    Call("sched_get_priority_min", 147, 126),
    Call("exit", 60, 93),
    Call("exit_group", 231, 94),
    # signals, sent to nobody else
    Call("rt_sigaction", 13, 134),
    Call("rt_sigprocmask", 14, 135),
    Call("rt_sigreturn", 15, 139),
    Call("rt_sigpending", 127, 136),
    Call("rt_sigsuspend", 130, 133),
    Call("rt_sigtimedwait", 128, 137),
    Call("sigaltstack", 131, 132),
    Call("restart_syscall", 219, 128),
    Call("pause", 34, None),
    Call("kill", 62, 129, (own_process(0),)),
    Call("tkill", 200, 130, (own_process(0),)),
    Call("tgkill", 234, 131, (own_process(0),)),
    Call("rt_sigqueueinfo", 129, 138, (own_process(0),)),
    Call("rt_tgsigqueueinfo", 297, 240, (own_process(0),)),
    # clocks
    Call("clock_gettime", 228, 113),
    Call("clock_getres", 229, 114),
    Call("clock_nanosleep", 230, 115),
    Call("nanosleep", 35, 101),
    Call("gettimeofday", 96, 169),
    Call("time", 201, None),
    Call("times", 100, 153),
    # what the process and the system are
    Call("getpid", 39, 172),
    Call("getppid", 110, 173),
    Call("getuid", 102, 174),
    Call("geteuid", 107, 175),
    Call("getgid", 104, 176),
    Call("getegid", 108, 177),
    Call("uname", 63, 160),
    Call("sysinfo", 99, 179),
    Call("getrusage", 98, 165),
    Call("getrlimit", 97, 163),
    Call("prlimit64", 302, 261, (one_of(0, (0,)), null(2))),
    Call("prctl", 157, 167, (one_of(0, _NAMES_AND_QUESTIONS),)),
    Call("arch_prctl", 158, None),
    Call("getrandom", 318, 278),
)

# Calls that are refused in the words of an old kernel: the C library then makes the older call, which is looked at.
UNKNOWN = (
    Call("clone3", 435, 435),  # its flags are in memory, where a filter cannot see them
    Call("openat2", 437, 437),  # likewise
    Call("map_shadow_stack", 453, 453),  # a stack too
)
