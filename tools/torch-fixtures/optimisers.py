"""Makes libs/compile/src/optimisers/fixtures/pytorch.json: steps of Adam, LAMB and Muon with changing rate and momentum.

Adam is PyTorch's own. LAMB is written here after You et al. 2020 (algorithm 2) in the form that fastai gives it: root mean
squares for sizes, and a trust ratio of 1 where one of them is 0 and of 10 at most. Muon is written after Jordan et al. 2024,
with the scale of Liu et al. 2025; what is no matrix of 16 rows and columns takes PyTorch's Adam. See README.md for how to
run it.
"""

import argparse
import math
import pathlib

import torch

from stored import numbers, rounded, seeded, write_json

STEPS = 8
# The second is large for its updates, so that the bound of the trust ratio is reached; the third starts at 0.
SHAPES_AND_SIZES = (((3, 4), 0.5), ((4,), 40.0), ((2, 3), 0.0), ((), 1.0), ((3, 3, 2, 16), 0.5))


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


def lamb(weights, gradients, decay, schedule=schedule):
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


def orthogonal(matrix):
    """Five rounds of the quintic iteration, on the smaller side."""
    if matrix.shape[0] > matrix.shape[1]:
        return orthogonal(matrix.T).T
    x = matrix / (matrix.norm() + 1e-7)
    for _ in range(5):
        gram = x @ x.T
        x = 3.4445 * x + (-4.775 * gram + 2.0315 * gram @ gram) @ x
    return x


def muon(weights, gradients):
    hidden = [weight.dim() > 1 and min(weight.numel() // weight.shape[-1], weight.shape[-1]) >= 16 for weight in weights]
    weights = [weight.clone() for weight in weights]
    moments = [torch.zeros_like(weight) for weight in weights]
    for step, (of_step, others) in enumerate(zip(gradients, adam(weights, gradients), strict=True)):
        rate, momentum = schedule(step)
        for i, gradient in enumerate(of_step):
            if not hidden[i]:
                weights[i] = others[i]
                continue
            moments[i] = momentum * moments[i] + (1 - momentum) * gradient
            ahead = momentum * moments[i] + (1 - momentum) * gradient
            matrix = ahead.reshape(-1, ahead.shape[-1])
            weights[i] = weights[i] - rate * 0.2 * max(matrix.shape) ** 0.5 * orthogonal(matrix).reshape(ahead.shape)
        yield [weight.clone() for weight in weights]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=pathlib.Path)
    target = parser.parse_args().file
    generator = torch.Generator().manual_seed(43)
    weights = [size * seeded(shape, generator) for shape, size in SHAPES_AND_SIZES]
    # Rounded to what is stored, so that both sides start alike.
    weights = [weight.float().double() for weight in weights]
    gradients = [[seeded(shape, generator, -0.3, 0.2) for shape, _ in SHAPES_AND_SIZES] for _ in range(STEPS)]
    runs = {
        "adam": adam(weights, gradients),
        "lamb": lamb(weights, gradients, 0.0),
        "lamb with weight decay": lamb(weights, gradients, 0.1),
        "muon": muon(weights, gradients),
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
