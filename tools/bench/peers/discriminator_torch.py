"""The 70×70 PatchGAN as a PyTorch user writes it, with the weights of a saved tfjs Layers model.

Architecture: Isola et al. 2017; Zhu et al. 2017, appendix 7.2; instance norms without parameters, a bias in every
convolution.
"""

import torch
from torch import nn

from generator_torch import instance_norm
from saved_weights import read_weights, reversed_kernel

LAYERS = [f"conv_{index}" for index in range(5)]


def network(inputs, width, norm):
    layers = [nn.Conv2d(inputs, width, 4, stride=2, padding=1), nn.LeakyReLU(0.2, inplace=True)]
    for channels, stride in ((width, 2), (2 * width, 2), (4 * width, 1)):
        convolution = nn.Conv2d(channels, 2 * channels, 4, stride=stride, padding=1)
        layers += [convolution, norm(2 * channels), nn.LeakyReLU(0.2, inplace=True)]
    return nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4, padding=1))


def load_discriminator(folder, norm=instance_norm):
    """The model in `folder`: [1, c, h, w] to scores [1, 1, h/8 − 2, w/8 − 2], float32, contiguous."""
    weights = read_weights(folder)
    _, _, inputs, width = weights[f"{LAYERS[0]}/kernel"].shape
    model = network(inputs, width, norm)
    convolutions = [layer for layer in model if isinstance(layer, nn.Conv2d)]
    with torch.no_grad():
        for name, layer in zip(LAYERS, convolutions, strict=True):
            layer.weight.copy_(torch.tensor(reversed_kernel(weights[f"{name}/kernel"])))
            layer.bias.copy_(torch.tensor(weights[f"{name}/bias"]))
    return model
