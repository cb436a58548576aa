"""PyTorch's side of the generator bench, bf16.

    python torch_inference_peer.py MODEL_FOLDER HEIGHT WIDTH THREADS eager|compile

Says {"ready": versions, "how": text} first, then answers:
  {"do": "output", "input": FILE, "output": FILE}   runs one picture, raw float32 in height, width, channels order
  {"do": "time", "frames": N}                       {"ms": wall time of N frames in a row ÷ N}
"""

import platform
import statistics
import sys
import time

from torch_setup import require_compiler

import numpy as np
import torch
import torch._inductor.config as inductor

from answers import answer_requests, reply
from generator_torch import load_generator
from saved_weights import read_floats, write_floats

WARM_UP, TRIED = 3, 9
# Name, mode of torch.compile, and whether weights are frozen: laid out once for the kernels that read them.
CANDIDATES = [
    ("default", "default", False),
    ("default frozen", "default", True),
    ("max-autotune frozen", "max-autotune", True),
]


def painter(forward):
    """From a float32 array to a float32 array, as every side does."""

    def paint(picture):
        x = torch.from_numpy(picture).to(torch.bfloat16, memory_format=torch.channels_last)
        return forward(x).float().numpy()

    return paint


def compiled(model, mode, frozen, frame):
    torch._dynamo.reset()
    paint = painter(torch.compile(model, mode=mode, dynamic=False))
    with inductor.patch(freezing=frozen):
        paint(frame)
    return paint


def quickest(model, frame):
    """The quickest way to compile on this machine at this moment; a way that fails is named, and does without."""
    tried, failed = {}, []
    for name, mode, frozen in CANDIDATES:
        try:
            paint = compiled(model, mode, frozen, frame)
        except Exception as error:
            print(f"{name}: {error}", file=sys.stderr)
            failed.append(name)
            continue
        milliseconds(paint, frame, WARM_UP)
        tried[name] = (statistics.median(milliseconds(paint, frame, 1) for _ in range(TRIED)), mode, frozen)
    if not tried:
        sys.exit("torch.compile failed in every mode.")
    best = min(tried, key=lambda name: tried[name][0])
    # Compiled again, as a reset threw the earlier ones away; its code is in the cache.
    return "; ".join([best, *(f"{name} failed" for name in failed)]), compiled(model, *tried[best][1:], frame)


def milliseconds(paint, frame, frames):
    """Per frame, from a picture in memory to its chroma in memory."""
    started = time.perf_counter()
    for _ in range(frames):
        paint(frame)
    return (time.perf_counter() - started) * 1000 / frames


@torch.inference_mode()
def main(folder, height, width, threads, form):
    torch.set_num_threads(threads)
    model = load_generator(folder).eval().to(torch.bfloat16, memory_format=torch.channels_last)
    channels = model[1].in_channels
    frame = np.random.default_rng(1).uniform(-1, 1, (1, channels, height, width)).astype(np.float32)
    how, paint = "", painter(model)
    if form == "compile":
        require_compiler()
        how, paint = quickest(model, frame)

    def output(input, output):
        write_floats(output, paint(read_floats(input, (height, width, channels))))
        return {}

    versions = {"torch": torch.__version__, "numpy": np.__version__, "python": platform.python_version()}
    reply({"ready": versions, "how": " ".join(["bf16 channels_last", how]).strip()})
    answer_requests({"output": output, "time": lambda frames: {"ms": milliseconds(paint, frame, frames)}})


if __name__ == "__main__":
    if len(sys.argv) != 6 or sys.argv[5] not in ("eager", "compile"):
        sys.exit(__doc__)
    main(sys.argv[1], *map(int, sys.argv[2:5]), sys.argv[5])
