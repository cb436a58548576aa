"""The generator as a PyTorch user writes it, with the weights of a saved tfjs Layers model.

Architecture: Zhu et al. 2017, appendix 7.2; instance norms without parameters, a bias in every convolution.
"""

import torch
from torch import nn

from saved_weights import block_count, read_weights, reversed_kernel


def instance_norm(channels):
    return nn.InstanceNorm2d(channels)


def group_norm(channels):
    """The same function, a group for each channel, with kernels for channels_last of its own."""
    return nn.GroupNorm(channels, channels, affine=False)


def normalised(convolution, norm, relu=True):
    norm = norm(convolution.out_channels)
    return [convolution, norm, nn.ReLU(inplace=True)] if relu else [convolution, norm]


class Residual(nn.Module):
    def __init__(self, channels, norm):
        super().__init__()
        first, second = nn.Conv2d(channels, channels, 3), nn.Conv2d(channels, channels, 3)
        self.a = nn.Sequential(nn.ReflectionPad2d(1), *normalised(first, norm))
        self.b = nn.Sequential(nn.ReflectionPad2d(1), *normalised(second, norm, relu=False))

    def forward(self, x):
        return x + self.b(self.a(x))


def network(inputs, outputs, width, blocks, norm):
    layers = [nn.ReflectionPad2d(3), *normalised(nn.Conv2d(inputs, width, 7), norm)]
    for channels in (width, 2 * width):
        layers += normalised(nn.Conv2d(channels, 2 * channels, 3, stride=2, padding=1), norm)
    layers += [Residual(4 * width, norm) for _ in range(blocks)]
    for channels in (4 * width, 2 * width):
        doubled = nn.ConvTranspose2d(channels, channels // 2, 3, stride=2, padding=1, output_padding=1)
        layers += normalised(doubled, norm)
    return nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(width, outputs, 7), nn.Tanh())


def layer_names(blocks):
    """The saved names, in the order in which the network has its convolutions."""
    trunk = [f"block_{block}_{part}" for block in range(blocks) for part in "ab"]
    return ["encoder_0", "encoder_1", "encoder_2", *trunk, "decoder_0", "decoder_1", "output"]


def load_generator(folder, norm=instance_norm):
    """The model in `folder`: [1, c, h, w] to [1, c', h, w], float32, contiguous."""
    weights = read_weights(folder)
    blocks = block_count(weights)
    _, _, inputs, width = weights["encoder_0/kernel"].shape
    model = network(inputs, len(weights["output/bias"]), width, blocks, norm)
    convolutions = [layer for layer in model.modules() if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d))]
    with torch.no_grad():
        for name, layer in zip(layer_names(blocks), convolutions, strict=True):
            layer.weight.copy_(torch.tensor(reversed_kernel(weights[f"{name}/kernel"])))
            layer.bias.copy_(torch.tensor(weights[f"{name}/bias"]))
    return model
