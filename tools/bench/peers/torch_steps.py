"""What the peers of the step benches share: the ways a PyTorch user may try on a CPU, and the answers to the bench.

    python PEER MODEL_FOLDER SIZE THREADS fp32|bf16 contiguous|channels_last eager|compile

Says {"ready": versions, "how": text} first, then answers:
  {"do": "losses", "steps": N}   starts again from the saved weights; {"losses": of each of N updates, before it}
  {"do": "time", "steps": N}     goes on from there; {"ms": wall time of N steps in a row ÷ N}
"""

import platform
import sys
import time

from torch_setup import require_compiler

import torch

from answers import answer_requests, reply
from generator_torch import group_norm, instance_norm

LAYOUTS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
CHOICES = [("fp32", "bf16"), tuple(LAYOUTS), ("eager", "compile")]


class Way:
    """One of {fp32, bf16 amp} × {contiguous, channels_last} × {eager, torch.compile}."""

    def __init__(self, precision, memory, form):
        self.name = f"{precision} {memory} {form}"
        self.layout = LAYOUTS[memory]
        self.mixed = precision == "bf16"
        self.compiled = form == "compile"
        # In 2.15.0 the gradient of InstanceNorm2d is wrong on a CPU where it is handed a channels_last gradient; compiled
        # code has its own.
        self.norm = group_norm if memory == "channels_last" and form == "eager" else instance_norm

    def autocast(self):
        return torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.mixed)

    def made(self, work):
        """A function or a network, compiled if that is the way."""
        return torch.compile(work, dynamic=False) if self.compiled else work

    def picture(self, values):
        return torch.from_numpy(values).contiguous(memory_format=self.layout)


def adam(parameters):
    return torch.optim.Adam(parameters, lr=2e-4, betas=(0.5, 0.999), eps=1e-8, fused=True)


def answer_steps(training):
    """Reads the command line and answers. `training(folder, size, way)` gives what has `restart()` and `step()`."""
    if len(sys.argv) != 7 or any(word not in allowed for word, allowed in zip(sys.argv[4:], CHOICES)):
        sys.exit(__doc__)
    folder, size, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    way = Way(*sys.argv[4:])
    torch.set_num_threads(threads)
    if way.compiled:
        require_compiler()
    started = training(folder, size, way)
    started.restart()
    started.step()

    def losses(steps):
        started.restart()
        return {"losses": [started.step() for _ in range(steps)]}

    def milliseconds(steps):
        begun = time.perf_counter()
        for _ in range(steps):
            started.step()
        return {"ms": (time.perf_counter() - begun) * 1000 / steps}

    reply({"ready": {"torch": torch.__version__, "python": platform.python_version()}, "how": way.name})
    answer_requests({"losses": losses, "time": milliseconds})
