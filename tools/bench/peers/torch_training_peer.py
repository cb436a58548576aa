"""PyTorch's side of the training bench: one optimisation step, generator, L1, Adam, batch 1.

    python torch_training_peer.py MODEL_FOLDER SIZE THREADS fp32|bf16 contiguous|channels_last eager|compile

MODEL_FOLDER also holds the picture, `luma.f32`, and its truth, `chroma.f32`: raw float32 in height, width, channels
order. Says {"ready": versions, "how": text} first, then answers:
  {"do": "losses", "steps": N}   starts again from the saved weights; {"losses": the loss before each of N updates}
  {"do": "time", "steps": N}     goes on from there; {"ms": wall time of N steps in a row ÷ N}
"""

import copy
import platform
import sys
import time
from pathlib import Path

from torch_setup import require_compiler

import torch
from torch.nn import functional

from answers import answer_requests, reply
from generator_torch import group_norm, instance_norm, load_generator
from saved_weights import read_floats


class Training:
    def __init__(self, folder, size, precision, memory, form):
        layout = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}[memory]
        # In 2.15.0 the gradient of InstanceNorm2d is wrong on a CPU where it is handed a channels_last gradient; compiled
        # code has its own.
        norm = group_norm if memory == "channels_last" and form == "eager" else instance_norm
        self.model = load_generator(folder, norm).train().to(memory_format=layout)
        self.start = copy.deepcopy(self.model.state_dict())
        self.layout = layout
        self.luma = read_floats(Path(folder) / "luma.f32", (size, size, 1))
        self.chroma = read_floats(Path(folder) / "chroma.f32", (size, size, 2))
        self.mixed = precision == "bf16"
        self.forward = torch.compile(self.loss, dynamic=False) if form == "compile" else self.loss
        self.restart()

    def restart(self):
        self.model.load_state_dict(self.start)
        self.adam = torch.optim.Adam(self.model.parameters(), lr=2e-4, betas=(0.5, 0.999), eps=1e-8, fused=True)

    def loss(self, luma, chroma):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.mixed):
            painted = self.model(luma)
        return functional.l1_loss(painted.float(), chroma)

    def step(self):
        """One update, from floats in memory. Returns the loss before it."""
        luma = torch.from_numpy(self.luma).contiguous(memory_format=self.layout)
        chroma = torch.from_numpy(self.chroma).contiguous(memory_format=self.layout)
        self.adam.zero_grad(set_to_none=True)
        loss = self.forward(luma, chroma)
        loss.backward()
        self.adam.step()
        return loss.item()

    def losses(self, steps):
        self.restart()
        return {"losses": [self.step() for _ in range(steps)]}

    def time(self, steps):
        started = time.perf_counter()
        for _ in range(steps):
            self.step()
        return {"ms": (time.perf_counter() - started) * 1000 / steps}


def main(folder, size, threads, precision, memory, form):
    torch.set_num_threads(int(threads))
    if form == "compile":
        require_compiler()
    training = Training(folder, int(size), precision, memory, form)
    training.step()
    versions = {"torch": torch.__version__, "python": platform.python_version()}
    reply({"ready": versions, "how": f"{precision} {memory} {form}"})
    answer_requests({"losses": training.losses, "time": training.time})


if __name__ == "__main__":
    choices = [("fp32", "bf16"), ("contiguous", "channels_last"), ("eager", "compile")]
    if len(sys.argv) != 7 or any(word not in allowed for word, allowed in zip(sys.argv[4:], choices)):
        sys.exit(__doc__)
    main(*sys.argv[1:])
