"""Makes libs/compile/src/optimisers/fixtures/pytorch.json: steps of Adam and LAMB with changing rate and momentum.

Adam is PyTorch's own. LAMB is written here after You et al. 2020 (algorithm 2) in the form that fastai gives it: root mean
squares for sizes, and a trust ratio of 1 where one of them is 0 and of 10 at most. See README.md for how to run it.
"""

import argparse
import math
import pathlib

import torch

from stored import numbers, rounded, seeded, write_json

STEPS = 8
# The second is large for its updates, so that the bound of the trust ratio is reached; the third starts at 0.
SHAPES_AND_SIZES = (((3, 4), 0.5), ((4,), 40.0), ((2, 3), 0.0), ((), 1.0))


def schedule(step):
    """Up and down again, and momentum against it."""
    height = math.sin(math.pi * (step + 1) / (STEPS + 1))
    return 0.02 * height, 0.5 - 0.15 * height


def adam(weights, gradients):
    parameters = [torch.nn.Parameter(weight.clone()) for weight in weights]
    optimiser = torch.optim.Adam(parameters, betas=(0.5, 0.999), eps=1e-8)
    for step, of_step in enumerate(gradients):
        rate, momentum = schedule(step)
        optimiser.param_groups[0].update(lr=rate, betas=(momentum, 0.999))
        for parameter, gradient in zip(parameters, of_step, strict=True):
            parameter.grad = gradient.clone()
        optimiser.step()
        yield [parameter.detach().clone() for parameter in parameters]


def lamb(weights, gradients, decay):
    square_momentum, epsilon, bound = 0.99, 1e-6, 10.0
    weights = [weight.clone() for weight in weights]
    first = [torch.zeros_like(weight) for weight in weights]
    second = [torch.zeros_like(weight) for weight in weights]
    for step, of_step in enumerate(gradients):
        rate, momentum = schedule(step)
        for i, gradient in enumerate(of_step):
            first[i] = momentum * first[i] + (1 - momentum) * gradient
            second[i] = square_momentum * second[i] + (1 - square_momentum) * gradient**2
            mean = first[i] / (1 - momentum ** (step + 1))
            spread = (second[i] / (1 - square_momentum ** (step + 1))).sqrt()
            update = mean / (spread + epsilon) + decay * weights[i]
            size, change = (x.square().mean().sqrt().item() for x in (weights[i], update))
            trust = 1.0 if size == 0 or change == 0 else min(size / change, bound)
            weights[i] = weights[i] - rate * trust * update
        yield [weight.clone() for weight in weights]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=pathlib.Path)
    target = parser.parse_args().file
    generator = torch.Generator().manual_seed(41)
    weights = [size * seeded(shape, generator) for shape, size in SHAPES_AND_SIZES]
    # Rounded to what is stored, so that both sides start alike.
    weights = [weight.float().double() for weight in weights]
    gradients = [[seeded(shape, generator, -0.3, 0.2) for shape, _ in SHAPES_AND_SIZES] for _ in range(STEPS)]
    runs = {
        "adam": adam(weights, gradients),
        "lamb": lamb(weights, gradients, 0.0),
        "lamb with weight decay": lamb(weights, gradients, 0.1),
    }
    stored = {
        "torch": torch.__version__,
        "shapes": [list(shape) for shape, _ in SHAPES_AND_SIZES],
        "weights": [numbers(weight) for weight in weights],
        "steps": [
            {
                "rate": rounded(schedule(step)[0]),
                "momentum": rounded(schedule(step)[1]),
                "gradients": [numbers(gradient) for gradient in of_step],
            }
            for step, of_step in enumerate(gradients)
        ],
        "after": {name: [[numbers(w) for w in after] for after in run] for name, run in runs.items()},
    }
    write_json(target, stored)


if __name__ == "__main__":
    main()
