"""Makes the fixtures of libs/models/src/features: VGG16 and Darknet tiny with few channels, run by PyTorch.

The layers, their order and their names are the real networks'; only the channels are fewer, so that the files are small.
See README.md for how to run it.
"""

import argparse
import collections
import json
import pathlib
import pickle
import types

import torch
from torch import nn

from stored import channels_last, numbers, raw, write_json

VGG_CHANNELS = [[2, 3], [3, 4], [2, 3, 4], [4, 3, 5], [3, 4, 3]]
VGG_TAPS = (22, 32, 42)
DARKNET_CHANNELS = [3, 4, 2, 4, 3, 5, 2, 4, 3, 4, 2, 5, 3, 4]
DARKNET_POOLS = (1, 2, 6, 10)
DARKNET_TAPS = (2, 6, 10, 14)


def vgg():
    """The features of torchvision's vgg16_bn (Simonyan and Zisserman 2015, configuration D)."""
    layers, inputs = [], 3
    for group in VGG_CHANNELS:
        for outputs in group:
            layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()]
            inputs = outputs
        layers.append(nn.MaxPool2d(2, 2))
    return nn.Sequential(*layers)


def darknet():
    """Convolutions of 3×3 and 1×1 in turn, without bias; an odd side's last row is pooled alone, as Keras does."""
    layers, taps, inputs = [], {}, 3
    for number, outputs in enumerate(DARKNET_CHANNELS, start=1):
        size = 3 if number == 1 or number % 2 == 0 else 1
        layers += [
            nn.Conv2d(inputs, outputs, size, padding=size // 2, bias=False),
            nn.BatchNorm2d(outputs, eps=1e-3),
            nn.LeakyReLU(0.1),
        ]
        taps[number] = len(layers) - 1
        if number in DARKNET_POOLS:
            layers.append(nn.MaxPool2d(2, 2, ceil_mode=True))
        inputs = outputs
    return nn.Sequential(*layers), [taps[number] for number in DARKNET_TAPS]


def seed_weights(network, generator):
    """Kernels that keep the values' size, and norms whose every number differs from what a new norm has."""
    for layer in network:
        if isinstance(layer, nn.Conv2d):
            fan = layer.weight[0].numel()
            layer.weight.data = torch.randn(layer.weight.shape, generator=generator) * (2 / fan) ** 0.5
            if layer.bias is not None:
                layer.bias.data = torch.randn(layer.bias.shape, generator=generator) * 0.2
        if isinstance(layer, nn.BatchNorm2d):
            count = (layer.num_features,)
            layer.weight.data = torch.rand(count, generator=generator) + 0.5
            layer.bias.data = torch.randn(count, generator=generator) * 0.3
            layer.running_mean = torch.randn(count, generator=generator) * 0.3
            layer.running_var = torch.rand(count, generator=generator) + 0.8


def taps_of(network, places, x):
    outputs = []
    with torch.no_grad():
        for place, layer in enumerate(network.eval()[: max(places) + 1]):
            x = layer(x)
            if place in places:
                outputs.append(x)
    return outputs


def stored_run(network, places, pictures, seen):
    taps = taps_of(network, places, seen)
    return {
        "input": {"shape": list(channels_last(pictures).shape), "values": numbers(channels_last(pictures))},
        "taps": [{"shape": list(channels_last(tap).shape), "values": numbers(channels_last(tap))} for tap in taps],
    }


class OldParameterPickler(pickle.Pickler):
    """Writes parameters as PyTorch before 0.4 did: a call of their class, and a state of their own."""

    def reducer_override(self, value):
        if isinstance(value, nn.Parameter):
            return nn.Parameter, (value.data, True), (True, False, collections.OrderedDict())
        return NotImplemented


def old_parameter_pickle():
    module = types.ModuleType("old_parameter_pickle")
    module.Pickler = OldParameterPickler
    module.dump = lambda value, file, protocol: OldParameterPickler(file, protocol).dump(value)
    return module


def state_of(network):
    return collections.OrderedDict((f"features.{key}", value) for key, value in network.state_dict().items())


def save_vgg(folder, network):
    # The classifier is there in real files, and is none of our business.
    state = state_of(network)
    state["classifier.0.weight"] = torch.zeros(2, 3)
    torch.save(state, folder / "vgg.pth")
    old = collections.OrderedDict()
    for key in state:
        if key.startswith("features.") and not key.endswith("num_batches_tracked"):
            value = state[key]
            old[key] = value if "running" in key else nn.Parameter(value)
    torch.save(
        old, folder / "vgg.parameters.pth", _use_new_zipfile_serialization=False, pickle_module=old_parameter_pickle()
    )


def save_darknet(folder, network):
    """As TensorFlow.js stores a Keras model: a manifest, and kernels as [h, w, in, out]."""
    folder.mkdir(exist_ok=True)
    named, number = [], 0
    for layer in network:
        if isinstance(layer, nn.Conv2d):
            number += 1
            named.append((f"conv2d_{number}/kernel", layer.weight.detach().permute(2, 3, 1, 0).contiguous()))
        if isinstance(layer, nn.BatchNorm2d):
            norm = f"batch_normalization_{number}"
            named += [(f"{norm}/gamma", layer.weight), (f"{norm}/beta", layer.bias)]
            named += [(f"{norm}/moving_mean", layer.running_mean), (f"{norm}/moving_variance", layer.running_var)]
    half = len(named) // 2
    groups = []
    for index, part in enumerate((named[:half], named[half:]), start=1):
        name = f"group{index}-shard1of1"
        folder.joinpath(name).write_bytes(raw([tensor for _, tensor in part]))
        weights = [{"name": name, "shape": list(tensor.shape), "dtype": "float32"} for name, tensor in part]
        groups.append({"paths": [name], "weights": weights})
    folder.joinpath("model.json").write_text(json.dumps({"weightsManifest": groups}))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(11)

    network = vgg()
    seed_weights(network, generator)
    # Odd sides: the pools drop their last row and column.
    pictures = torch.rand((2, 3, 19, 18), generator=generator) * 2 - 1
    mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
    deviation = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
    about = {"torch": torch.__version__, "vggChannels": VGG_CHANNELS, "darknetChannels": DARKNET_CHANNELS}
    about["vgg"] = stored_run(network, VGG_TAPS, pictures, ((pictures + 1) / 2 - mean) / deviation)
    save_vgg(folder, network)

    network, places = darknet()
    seed_weights(network, generator)
    pictures = torch.rand((2, 3, 11, 14), generator=generator) * 2 - 1
    about["darknet"] = stored_run(network, places, pictures, (pictures + 1) / 2)
    save_darknet(folder / "darknet", network)
    write_json(folder / "about.json", about)


if __name__ == "__main__":
    main()
