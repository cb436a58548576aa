"""Makes the fixtures of libs/models/src/torch: small CycleGAN networks, run by PyTorch itself.

Writes checkpoints in both file forms, and for each network an input and PyTorch's output as raw float32 (NCHW).
The networks follow the architectures of Zhu et al. 2017 (appendix 7.2) and Isola et al. 2017, with the names that
public checkpoints give to their tensors. See README.md for how to run it.
"""

import argparse
import collections
import json
import pathlib
import pickle
import types

import torch
from torch import nn


def convolution_block(*convolution, dropout=False, activation=True):
    """A convolution, instance norm without parameters, and ReLU unless it ends a residual branch."""
    layers = [*convolution, nn.InstanceNorm2d(convolution[-1].out_channels)]
    if activation:
        layers.append(nn.ReLU(inplace=True))
    if dropout:
        layers.append(nn.Dropout(0.5))
    return layers


class Residual(nn.Module):
    """x + branch(x). Dropout, where a network has it, moves the second convolution from place 5 to place 6."""

    def __init__(self, channels, dropout):
        super().__init__()
        first = convolution_block(nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3), dropout=dropout)
        second = convolution_block(nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3), activation=False)
        self.conv_block = nn.Sequential(*first, *second)

    def forward(self, x):
        return x + self.conv_block(x)


class Generator(nn.Module):
    def __init__(self, inputs, outputs, width, blocks, dropout=False):
        super().__init__()
        layers = convolution_block(nn.ReflectionPad2d(3), nn.Conv2d(inputs, width, 7))
        for factor in (1, 2):
            down = nn.Conv2d(factor * width, 2 * factor * width, 3, stride=2, padding=1)
            layers += convolution_block(down)
        layers += [Residual(4 * width, dropout) for _ in range(blocks)]
        for factor in (4, 2):
            up = nn.ConvTranspose2d(factor * width, factor * width // 2, 3, stride=2, padding=1, output_padding=1)
            layers += convolution_block(up)
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(width, outputs, 7), nn.Tanh()]
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x)


class PatchDiscriminator(nn.Module):
    """The 70x70 PatchGAN."""

    def __init__(self, inputs, width):
        super().__init__()
        layers = [nn.Conv2d(inputs, width, 4, stride=2, padding=1), nn.LeakyReLU(0.2, inplace=True)]
        for factor, stride in ((1, 2), (2, 2), (4, 1)):
            layers.append(nn.Conv2d(factor * width, 2 * factor * width, 4, stride=stride, padding=1))
            layers += [nn.InstanceNorm2d(2 * factor * width), nn.LeakyReLU(0.2, inplace=True)]
        layers.append(nn.Conv2d(8 * width, 1, 4, stride=1, padding=1))
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x)


class PythonTwoPickler(pickle.Pickler):
    """Writes ordered dictionaries as Python 2 did, with their items in the call: many 2017 checkpoints have that."""

    def reducer_override(self, value):
        if isinstance(value, collections.OrderedDict):
            return collections.OrderedDict, ([[key, item] for key, item in value.items()],)
        return NotImplemented


def python_two_pickle():
    module = types.ModuleType("python_two_pickle")
    module.Pickler = PythonTwoPickler
    module.dump = lambda value, file, protocol: PythonTwoPickler(file, protocol).dump(value)
    return module


def with_old_statistics(state, network):
    """Instance norms of PyTorch 0.3 and 0.4 saved running statistics, which are not used."""
    old = collections.OrderedDict()
    modules = dict(network.named_modules())
    norms = {name: module for name, module in modules.items() if isinstance(module, nn.InstanceNorm2d)}
    for name, module in modules.items():
        for key in ("weight", "bias"):
            if f"{name}.{key}" in state:
                old[f"{name}.{key}"] = state[f"{name}.{key}"]
        if name in norms:
            old[f"{name}.running_mean"] = torch.zeros(module.num_features)
            old[f"{name}.running_var"] = torch.ones(module.num_features)
            old[f"{name}.num_batches_tracked"] = torch.tensor(0)
    return old


def parallel(state):
    return collections.OrderedDict((f"module.{key}", value) for key, value in state.items())


def save(folder, name, value, zipped, pickle_module=pickle):
    torch.save(value, folder / name, _use_new_zipfile_serialization=zipped, pickle_module=pickle_module)


def run(folder, name, network, inputs, size, seed):
    """Seeded weights a little larger than PyTorch's own, so that no layer's mistake is too small to see."""
    generator = torch.Generator().manual_seed(seed)
    for parameter in network.parameters():
        fan = parameter[0].numel() if parameter.dim() > 1 else 4
        parameter.data = torch.randn(parameter.shape, generator=generator) * (2 / fan) ** 0.5
    x = torch.rand((1, inputs, *size), generator=generator) * 2 - 1
    with torch.no_grad():
        y = network.eval()(x)
    folder.joinpath(f"{name}.input.f32").write_bytes(x.numpy().tobytes())
    folder.joinpath(f"{name}.output.f32").write_bytes(y.numpy().tobytes())
    return {"input": list(x.shape), "output": list(y.shape)}


def element_types(folder):
    """Every element type, and tensors that look into a storage with strides and offsets."""
    torch.manual_seed(5)
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    tensors = collections.OrderedDict(
        float64=torch.tensor([0.1, -2.5, 1e-3], dtype=torch.float64),
        float32=base,
        transposed=base.t(),
        window=base[1:3, 2:5],
        float16=torch.tensor([1.5, -65504.0, 6e-8, 0.333251953125], dtype=torch.float16),
        bfloat16=torch.tensor([1.5, -3.0e38, 0.33203125], dtype=torch.bfloat16),
        int64=torch.tensor([[7, -9]]),
        scalar=torch.tensor(3.25),
        empty=torch.zeros(0, 3),
        parameter=nn.Parameter(torch.tensor([4.0, 5.0])),
    )
    for form, zipped in (("zip", True), ("legacy", False)):
        save(folder, f"types.{form}.pth", tensors, zipped)
    return {name: {"shape": list(t.shape), "values": t.detach().double().flatten().tolist()} for name, t in tensors.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    about = {"torch": torch.__version__, "types": element_types(folder), "networks": {}}

    networks = about["networks"]
    six = Generator(3, 3, width=2, blocks=6)
    networks["six"] = run(folder, "six", six, 3, (16, 24), seed=1)
    save(folder, "six.zip.pth", six.state_dict(), zipped=True)
    save(folder, "six.legacy.pth", six.state_dict(), zipped=False)
    save(folder, "six.statistics.pth", with_old_statistics(six.state_dict(), six), False, python_two_pickle())

    nine = Generator(1, 2, width=2, blocks=9, dropout=True)
    networks["nine"] = run(folder, "nine", nine, 1, (20, 16), seed=2)
    save(folder, "nine.zip.pth", {"state_dict": nine.state_dict(), "epoch": 200}, zipped=True)
    save(folder, "nine.legacy.pth", parallel(nine.state_dict()), zipped=False)

    patch = PatchDiscriminator(3, width=2)
    networks["patch"] = run(folder, "patch", patch, 3, (32, 40), seed=3)
    save(folder, "patch.zip.pth", patch.state_dict(), zipped=True)
    save(folder, "patch.legacy.pth", patch.state_dict(), zipped=False)

    folder.joinpath("about.json").write_text(json.dumps(about, indent=1) + "\n")


if __name__ == "__main__":
    main()
