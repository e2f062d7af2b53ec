"""The environment of an engine process: behind the fence without what is nobody's business there."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

# More names for the engine behind the fence, with commas between them.
VARIABLE = "QIRJIT_ENVIRONMENT"
# What Python, the dynamic loader, languages, threads and simulators go by: names, and how names begin.
_NAMES = {
    *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "LOCPATH", "TZ", "TZDIR", "TMPDIR", "TERM", "COLUMNS"),
    *("VIRTUAL_ENV", "GLIBC_TUNABLES"),
}
_BEGINNINGS = (
    *("LC_", "PYTHON", "QIRJIT_", "LD_", "DYLD_", "CONDA_", "XDG_", "RUST_", "LLVM_", "MALLOC_"),
    *("ASAN_", "LSAN_", "UBSAN_", "OMP_", "GOMP_", "KMP_", "MKL_", "OPENBLAS_", "BLIS_", "BLAS_", "VECLIB_"),
    *("NPY_", "NUMPY_", "NUMEXPR_", "CUDA_", "NVIDIA_", "HIP_", "ROCR_", "OMPI_", "SLURM_CPUS_"),
)
_SECRET = re.compile("TOKEN|KEY|SECRET|PASSW|PWD|CREDENTIAL|AUTH|COOKIE|PRIVATE", re.IGNORECASE)
_ALWAYS = {"RUST_BACKTRACE": "0", "PYTHONFAULTHANDLER": ""}
# NumPy's threads would do nothing here, and a process that was killed is gone only when they are.
_BY_DEFAULT = {"OPENBLAS_NUM_THREADS": "1"}


def engine_environment(environment: Mapping[str, str] = os.environ, *, fenced: bool) -> dict[str, str]:
    """What an engine process gets of this environment.

    Behind the fence that is a list of what is permitted, since nobody knows under which names secrets are kept. The
    open process runs what is trusted, and gets everything.

    Args:
        environment: that of the kernel.
        fenced: whether the process will have a fence.
    """
    named = {name.strip() for name in environment.get(VARIABLE, "").split(",")}
    passed = {name: value for name, value in environment.items() if not fenced or name in named or is_passed(name)}
    return {**_BY_DEFAULT, **passed, **_ALWAYS}


def is_passed(name: str) -> bool:
    """Whether a variable of this name reaches the engine behind the fence without being asked for."""
    return (name in _NAMES or name.startswith(_BEGINNINGS)) and not _SECRET.search(name)
