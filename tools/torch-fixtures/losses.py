"""Makes libs/losses/src/fixtures/pytorch.json: every loss of the CycleGAN recipe, by PyTorch, with gradients.

LSGAN, cycle and identity are written as the public CycleGAN has them; the perceptual loss as the recipe has it, on a
small fixed network. See README.md for how to run it.
"""

import argparse
import pathlib

import torch
import torch.nn.functional as F

from stored import numbers, picture, rounded, seeded, write_json

FEATURE_WEIGHTS = (5.0, 12.0)


def gram(features):
    batch, channels, height, width = features.shape
    places = features.reshape(batch, channels, height * width)
    return places @ places.transpose(1, 2) / (channels * height * width)


def perceptual(real, cycled, extract):
    mean = torch.tensor([0.485, 0.456, 0.406], dtype=real.dtype).view(3, 1, 1)
    deviation = torch.tensor([0.229, 0.224, 0.225], dtype=real.dtype).view(3, 1, 1)
    seen = [(((x + 1) / 2) - mean) / deviation for x in (real, cycled)]
    total = F.l1_loss(seen[1], seen[0])
    for weight, wanted, found in zip(FEATURE_WEIGHTS, extract(real), extract(cycled), strict=True):
        total = total + weight * F.l1_loss(found, wanted)
        total = total + weight**2 * 5000 * F.l1_loss(gram(found), gram(wanted))
    return 0.1 * total


def with_gradient(loss, argument):
    argument.requires_grad_()
    value = loss(argument)
    (gradient,) = torch.autograd.grad(value, argument)
    return {"value": rounded(value.item()), "gradient": numbers(gradient.permute(0, 2, 3, 1))}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=pathlib.Path)
    target = parser.parse_args().file
    generator = torch.Generator().manual_seed(21)
    real_scores, fake_scores = (seeded((2, 1, 3, 4), generator, -1, 2) for _ in range(2))
    real, cycled = (seeded((2, 3, 6, 8), generator) for _ in range(2))
    first = seeded((4, 3, 3, 3), generator, -0.5, 0.5)
    second = seeded((5, 4, 3, 3), generator, -0.4, 0.4)
    bias = seeded((4,), generator, -0.1, 0.2)

    def extract(x):
        tap = F.relu(F.conv2d(x, first, bias, padding=1))
        return tap, F.leaky_relu(F.conv2d(F.max_pool2d(tap, 2), second, padding=1), 0.1)

    ones, zeros = torch.ones_like(fake_scores), torch.zeros_like(fake_scores)
    stored = {
        "torch": torch.__version__,
        "realScores": picture(real_scores),
        "fakeScores": picture(fake_scores),
        "real": picture(real),
        "cycled": picture(cycled),
        # [out, in, h, w] to [h, w, in, out]
        "extractor": {
            "first": {"shape": [3, 3, 3, 4], "values": numbers(first.permute(2, 3, 1, 0))},
            "bias": {"shape": [4], "values": numbers(bias)},
            "second": {"shape": [3, 3, 4, 5], "values": numbers(second.permute(2, 3, 1, 0))},
        },
        "featureWeights": FEATURE_WEIGHTS,
        "gram": {"shape": [2, 4, 4], "values": numbers(gram(extract(real)[0]))},
        "losses": {
            "lsganGenerator": with_gradient(lambda x: F.mse_loss(x, ones), fake_scores.clone()),
            "lsganDiscriminator": with_gradient(
                lambda x: 0.5 * (F.mse_loss(real_scores, ones) + F.mse_loss(x, zeros)), fake_scores.clone()
            ),
            "cycle": with_gradient(lambda x: F.l1_loss(x, real), cycled.clone()),
            "identity": with_gradient(lambda x: F.l1_loss(x, real), cycled.clone()),
            "perceptual": with_gradient(lambda x: perceptual(real, x, extract), cycled.clone()),
        },
    }
    write_json(target, stored)


if __name__ == "__main__":
    main()
