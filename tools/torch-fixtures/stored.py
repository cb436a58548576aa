"""How the scripts beside this one store numbers: JSON with as many digits as a float32 has, and raw float32 files."""

import json

import numpy
import torch


def rounded(value):
    return float(f"{value:.9g}")


def numbers(tensor):
    """Values of a tensor in row-major order."""
    return [rounded(value) for value in tensor.detach().double().flatten().tolist()]


def channels_last(tensor):
    """NCHW, as PyTorch has pictures, to NHWC, as TensorFlow has them."""
    return tensor.detach().permute(0, 2, 3, 1).contiguous()


def picture(tensor):
    return {"shape": list(channels_last(tensor).shape), "values": numbers(channels_last(tensor))}


def seeded(shape, generator, low=-1.0, high=1.0):
    """Uniform float32 numbers, given as float64: the reference is computed in double precision from what is stored."""
    return (torch.rand(shape, generator=generator) * (high - low) + low).double()


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, separators=(",", ":")) + "\n")


def raw(tensors):
    """One block of little-endian float32."""
    return numpy.concatenate([t.detach().numpy().astype("<f4").ravel() for t in tensors]).tobytes()
