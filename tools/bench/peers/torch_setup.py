"""What must be settled before PyTorch is imported, and what it needs to compile."""

import os
import shutil
import sys
import sysconfig
from pathlib import Path

# Compiled code is kept in the virtual environment, so that a second run of the bench starts in seconds.
os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(Path(sys.prefix) / "inductor-cache"))
# Compiled in this process: no pool of further ones that idles beside what is timed, or outlives it.
os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")


def require_compiler():
    """Ends the process with what to install where torch.compile cannot work."""
    compiler = os.environ.get("CXX", "g++")
    if shutil.which(compiler) is None:
        sys.exit(f"torch.compile needs the C++ compiler {compiler}, which is missing. Debian, Ubuntu: the package g++.")
    if not (Path(sysconfig.get_path("include")) / "Python.h").exists():
        sys.exit("torch.compile needs the headers of Python (Python.h). Debian, Ubuntu: the package python3-dev.")
