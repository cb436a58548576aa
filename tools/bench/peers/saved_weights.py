"""Reads the weights of a saved tfjs Layers model, for every peer alike."""

import json
from pathlib import Path

import numpy as np


def read_weights(folder):
    """Name to float32 array, from `model.json` and `weights.bin`.

    Kernels are as tfjs has them: height, width, in, out; of a transposed convolution height, width, out, in.
    """
    manifest = json.loads((Path(folder) / "model.json").read_text())["weightsManifest"]
    blob = (Path(folder) / "weights.bin").read_bytes()
    weights, offset = {}, 0
    for spec in (entry for group in manifest for entry in group["weights"]):
        if spec["dtype"] != "float32":
            raise ValueError(f"{folder}: {spec['name']} is {spec['dtype']}, not float32")
        count = int(np.prod(spec["shape"]))
        weights[spec["name"]] = np.frombuffer(blob, "<f4", count, offset).reshape(spec["shape"])
        offset += 4 * count
    if offset != len(blob):
        raise ValueError(f"{folder}: weights.bin has {len(blob)} bytes, the manifest describes {offset}")
    return weights


def block_count(weights):
    return sum(name.endswith("_a/kernel") for name in weights)


def reversed_kernel(kernel):
    """The kernel as ONNX and PyTorch want it: the last two first, the other way round."""
    return kernel.transpose(3, 2, 0, 1)


def read_floats(file, shape):
    """Raw little-endian float32 of a [h, w, c] picture as a [1, c, h, w] array; `shape` is (h, w, c)."""
    return np.ascontiguousarray(np.fromfile(file, "<f4").reshape(1, *shape).transpose(0, 3, 1, 2))


def write_floats(file, picture):
    """The reverse of `read_floats`."""
    np.ascontiguousarray(picture.transpose(0, 2, 3, 1)).astype("<f4").tofile(file)
