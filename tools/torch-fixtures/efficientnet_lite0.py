"""Makes libs/models/src/features/fixtures/efficientnet-lite0.json: what the published code computes with weights by a formula.

The network is the one of the package efficientnet_lite_pytorch. Its weights would be thirteen megabytes, so they follow from a
formula that the test has, too. See README.md for how to run it.
"""

import argparse
import pathlib

import numpy as np
import torch
from efficientnet_lite_pytorch import EfficientNet

from stored import write_json

SIZE = 64
SAMPLES = 40


def noise(count, seed):
    """`count` numbers in -1..1 from 32-bit integers alone."""
    with np.errstate(over="ignore"):
        h = np.arange(1, count + 1, dtype=np.uint32) * np.uint32(2654435761) + np.uint32(seed * 1013904223 % 2**32)
        h ^= h >> np.uint32(15)
        h *= np.uint32(2246822519)
        h ^= h >> np.uint32(13)
    return h.astype(np.float64) / 2**31 - 1


def weight(name, shape, seed):
    values = noise(int(np.prod(shape)), seed)
    if name.endswith("running_var"):
        values = 1 + 0.5 * values
    elif name.endswith(("running_mean", "bias")):
        values = 0.1 * values
    elif len(shape) == 1:
        values = 1 + 0.2 * values
    else:
        values = values * np.sqrt(6 / np.prod(shape[1:]))
    return torch.from_numpy(values.astype(np.float32).reshape(shape))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=pathlib.Path)
    network = EfficientNet.from_name("efficientnet-lite0").eval()
    state = network.state_dict()
    names = sorted(name for name in state if state[name].dim() > 0)
    made = {name: weight(name, tuple(state[name].shape), i) for i, name in enumerate(names)}
    network.load_state_dict({**state, **made})
    network = network.double()
    luma = torch.from_numpy(noise(SIZE * SIZE, 9999).astype(np.float32)).double().reshape(1, 1, SIZE, SIZE)
    x = luma.repeat(1, 3, 1, 1)
    taps = {}
    with torch.inference_mode():
        x = network._swish(network._bn0(network._conv_stem(x)))
        for block in network._blocks:
            x = block(x)
            taps[SIZE // x.shape[2]] = x
    stored = []
    for stride in (32, 16, 8, 4):
        values = taps[stride].permute(0, 2, 3, 1).reshape(-1)
        step = len(values) // SAMPLES
        stored.append({
            "stride": stride,
            "channels": taps[stride].shape[1],
            "step": step,
            "values": [float(np.float32(value)) for value in values[::step][:SAMPLES]],
        })
    write_json(parser.parse_args().out, {
        "torch": torch.__version__,
        "size": SIZE,
        "tensors": [{"name": name, "shape": list(state[name].shape)} for name in names],
        "taps": stored,
    })


if __name__ == "__main__":
    main()
