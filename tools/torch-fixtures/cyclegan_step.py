"""Makes libs/training/src/steps/fixtures: one whole step of the CycleGAN by PyTorch, all four networks.

In the order of the public implementation (Zhu et al. 2017): both generators together, on LSGAN, cycle and identity losses;
then each discriminator, on the real pictures and on the fakes that the generators painted before their own update. Once with
Adam, as there, and once as the seed has it: with LAMB, and with a perceptual loss of the real and the cycled pictures, here
through a small fixed network.
Computed in double precision from numbers that are stored as float32. See README.md for how to run it, and the fixtures'
own README for their format.
"""

import argparse
import copy
import itertools
import pathlib

import torch
import torch.nn.functional as F

from losses import FEATURE_WEIGHTS, perceptual
from make import Generator, PatchDiscriminator
from optimisers import lamb
from stored import channels_last, numbers, raw, rounded, seeded, write_json

WIDTH, BLOCKS, JUDGE_WIDTH, SIZE, BATCH = 3, 2, 2, 32, 2
CYCLE, IDENTITY = 10.0, 5.0
RATE, BETAS, EPSILON = 2e-4, (0.5, 0.999), 1e-8
PERCEPTUAL = 5.0
# The numbers of optimisers.lamb.
LAMB_RATE, LAMB_BETAS, LAMB_EPSILON = 1e-3, (0.5, 0.99), 1e-6


class Adam(torch.optim.Adam):
    def __init__(self, parameters):
        super().__init__(parameters, lr=RATE, betas=BETAS, eps=EPSILON)


class Lamb:
    """The first step of LAMB."""

    def __init__(self, parameters):
        self.parameters = list(parameters)

    def zero_grad(self):
        for parameter in self.parameters:
            parameter.grad = None

    def step(self):
        before = [parameter.detach() for parameter in self.parameters]
        gradients = [parameter.grad for parameter in self.parameters]
        after = next(lamb(before, [gradients], 0.0, lambda _: (LAMB_RATE, LAMB_BETAS[0])))
        for parameter, weight in zip(self.parameters, after, strict=True):
            parameter.data = weight


def seed_weights(network, generator):
    """Kernels that keep the size of the values (He et al. 2015), and biases that are not 0."""
    for parameter in network.parameters():
        deviation = (2 / parameter[0].numel()) ** 0.5 if parameter.dim() > 1 else 0.1
        parameter.data = (torch.randn(parameter.shape, generator=generator) * deviation).double()


def generator_places():
    """Place in PyTorch's sequence, and name in libs/models."""
    yield 1, "encoder_0"
    yield 4, "encoder_1"
    yield 7, "encoder_2"
    for block in range(BLOCKS):
        yield f"{10 + block}.conv_block.1", f"block_{block}_a"
        yield f"{10 + block}.conv_block.5", f"block_{block}_b"
    after = 10 + BLOCKS
    yield after, "decoder_0"
    yield after + 3, "decoder_1"
    yield after + 7, "output"


def discriminator_places():
    return zip((0, 2, 5, 8, 11), (f"conv_{index}" for index in range(5)), strict=True)


def named_parameters(networks):
    for network, module in networks.items():
        parameters = dict(module.named_parameters())
        places = generator_places() if network.startswith("to") else discriminator_places()
        for place, name in places:
            yield f"{network}/{name}/kernel", parameters[f"model.{place}.weight"]
            yield f"{network}/{name}/bias", parameters[f"model.{place}.bias"]


def stored_form(parameter):
    """Kernels as [h, w, in, out], those of transposed convolutions as [h, w, out, in]."""
    weight = parameter.detach().clone()
    return weight.permute(2, 3, 1, 0).contiguous() if weight.dim() == 4 else weight


def step(networks, grey, colour, optimiser, extract=None):
    """The losses; the networks are changed. With features the perceptual loss is part of it."""
    to_colour, to_grey, judge_colour, judge_grey = networks.values()
    generators = optimiser(itertools.chain(to_colour.parameters(), to_grey.parameters()))
    judges = optimiser(itertools.chain(judge_colour.parameters(), judge_grey.parameters()))

    def lsgan(scores, label):
        return F.mse_loss(scores, torch.full_like(scores, label))

    fake_colour, fake_grey = to_colour(grey), to_grey(colour)
    again_grey, again_colour = to_grey(fake_colour), to_colour(fake_grey)
    losses = {
        "adversarialColour": lsgan(judge_colour(fake_colour), 1.0),
        "adversarialGrey": lsgan(judge_grey(fake_grey), 1.0),
        "cycleGrey": F.l1_loss(again_grey, grey),
        "cycleColour": F.l1_loss(again_colour, colour),
        "identityColour": F.l1_loss(to_colour(colour), colour),
        "identityGrey": F.l1_loss(to_grey(grey), grey),
    }
    losses["generator"] = (
        losses["adversarialColour"]
        + losses["adversarialGrey"]
        + CYCLE * (losses["cycleGrey"] + losses["cycleColour"])
        + IDENTITY * (losses["identityColour"] + losses["identityGrey"])
    )
    if extract is not None:
        losses["perceptualGrey"] = perceptual(grey, again_grey, extract)
        losses["perceptualColour"] = perceptual(colour, again_colour, extract)
        losses["generator"] = losses["generator"] + PERCEPTUAL * (losses["perceptualGrey"] + losses["perceptualColour"])
    generators.zero_grad()
    losses["generator"].backward()
    generators.step()

    # The generators' gradients stay where they are, to be stored; the fakes are detached.
    judges.zero_grad()
    for name, judge, real, fake in (
        ("discriminatorColour", judge_colour, colour, fake_colour),
        ("discriminatorGrey", judge_grey, grey, fake_grey),
    ):
        losses[name] = 0.5 * (lsgan(judge(real), 1.0) + lsgan(judge(fake.detach()), 0.0))
        losses[name].backward()
    judges.step()
    return {name: rounded(loss.item()) for name, loss in losses.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(51)
    networks = {
        "toColour": Generator(3, 3, WIDTH, BLOCKS).double(),
        "toGrey": Generator(3, 3, WIDTH, BLOCKS).double(),
        "judgeColour": PatchDiscriminator(3, JUDGE_WIDTH).double(),
        "judgeGrey": PatchDiscriminator(3, JUDGE_WIDTH).double(),
    }
    for network in networks.values():
        seed_weights(network, generator)
    # Grey is one plane three times, as the seed gives it to its network.
    grey = seeded((BATCH, 1, SIZE, SIZE), generator).expand(-1, 3, -1, -1)
    colour = seeded((BATCH, 3, SIZE, SIZE), generator)

    parameters = dict(named_parameters(networks))
    folder.joinpath("before.f32").write_bytes(raw(map(stored_form, parameters.values())))
    folder.joinpath("pictures.f32").write_bytes(raw([channels_last(grey)[..., :1], channels_last(colour)]))
    for_seed = copy.deepcopy(networks)
    losses = step(networks, grey, colour, Adam)
    folder.joinpath("after.f32").write_bytes(raw(map(stored_form, parameters.values())))
    about = {
        "torch": torch.__version__,
        "generator": {"width": WIDTH, "residualBlocks": BLOCKS, "inputChannels": 3, "outputChannels": 3},
        "discriminator": {"width": JUDGE_WIDTH, "inputChannels": 3},
        "pictures": {"batch": BATCH, "size": SIZE},
        "weights": {"cycle": CYCLE, "identity": IDENTITY},
        "adam": {"rate": RATE, "beta1": BETAS[0], "beta2": BETAS[1], "epsilon": EPSILON},
        "tensors": [
            {
                "name": name,
                "shape": list(stored_form(parameter).shape),
                "gradientNorm": rounded(parameter.grad.norm().item()),
            }
            for name, parameter in parameters.items()
        ],
        "losses": losses,
    }
    write_json(folder / "about.json", about)

    first = seeded((4, 3, 3, 3), generator, -0.5, 0.5)
    second = seeded((5, 4, 3, 3), generator, -0.4, 0.4)

    def extract(x):
        tap = F.relu(F.conv2d(x, first, padding=1))
        return tap, F.leaky_relu(F.conv2d(F.max_pool2d(tap, 2), second, padding=1), 0.1)

    losses = step(for_seed, grey, colour, Lamb, extract)
    parameters = dict(named_parameters(for_seed))
    folder.joinpath("after-seed.f32").write_bytes(raw(map(stored_form, parameters.values())))
    seed = {
        "weights": {"cycle": CYCLE, "identity": IDENTITY, "perceptual": PERCEPTUAL},
        "lamb": {"rate": LAMB_RATE, "beta1": LAMB_BETAS[0], "beta2": LAMB_BETAS[1], "epsilon": LAMB_EPSILON},
        # [out, in, h, w] to [h, w, in, out]
        "extractor": {
            "first": {"shape": [3, 3, 3, 4], "values": numbers(first.permute(2, 3, 1, 0))},
            "second": {"shape": [3, 3, 4, 5], "values": numbers(second.permute(2, 3, 1, 0))},
        },
        "featureWeights": FEATURE_WEIGHTS,
        "losses": losses,
    }
    write_json(folder / "about-seed.json", seed)


if __name__ == "__main__":
    main()
