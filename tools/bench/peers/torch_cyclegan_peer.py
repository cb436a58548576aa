"""PyTorch's side of the cyclegan bench: one whole step of the CycleGAN, batch 1.

In the order of the public implementation (Zhu et al. 2017): both generators together, on LSGAN, cycle and identity losses,
while the discriminators are held fixed; then each discriminator, on a real picture and on the detached fake, no pool.

MODEL_FOLDER holds a folder for each network, and the pictures `grey.f32` and `colour.f32`: raw float32 in height, width,
channels order. How it is started and what it answers: torch_steps.py. What torch.compile gets is each network.
"""

import copy
import itertools
from pathlib import Path

import torch_steps

import torch
from torch.nn import functional

from discriminator_torch import load_discriminator
from generator_torch import load_generator
from saved_weights import read_floats

CYCLE, IDENTITY = 10, 5


def lsgan(scores, label):
    return functional.mse_loss(scores.float(), torch.full_like(scores, label, dtype=torch.float32))


def l1(painted, real):
    return functional.l1_loss(painted.float(), real)


class Training:
    def __init__(self, folder, size, way):
        self.way, folder = way, Path(folder)
        self.generators = [load_generator(folder / name, way.norm) for name in ("toColour", "toGrey")]
        self.judges = [load_discriminator(folder / name, way.norm) for name in ("judgeColour", "judgeGrey")]
        self.networks = [network.train().to(memory_format=way.layout) for network in self.generators + self.judges]
        self.start = [copy.deepcopy(network.state_dict()) for network in self.networks]
        self.grey, self.colour = (read_floats(folder / f"{name}.f32", (size, size, 3)) for name in ("grey", "colour"))
        self.run = [way.made(network) for network in self.networks]

    def restart(self):
        for network, start in zip(self.networks, self.start):
            network.load_state_dict(start)
        self.paint, self.judge = (
            torch_steps.adam(itertools.chain(*(network.parameters() for network in networks)))
            for networks in (self.generators, self.judges)
        )

    def step(self):
        """One update of all four, from floats in memory. Returns the losses before it."""
        grey, colour = self.way.picture(self.grey), self.way.picture(self.colour)
        loss, fake_colour, fake_grey = self.step_generators(grey, colour)
        for judge in self.judges:
            judge.requires_grad_(True)
        self.judge.zero_grad(set_to_none=True)
        _, _, judge_colour, judge_grey = self.run
        of_colour = self.judge_loss(judge_colour, colour, fake_colour.detach())
        of_grey = self.judge_loss(judge_grey, grey, fake_grey.detach())
        self.judge.step()
        return {"generator": loss.item(), "discriminatorColour": of_colour.item(), "discriminatorGrey": of_grey.item()}

    def step_generators(self, grey, colour):
        to_colour, to_grey, judge_colour, judge_grey = self.run
        for judge in self.judges:
            judge.requires_grad_(False)
        with self.way.autocast():
            fake_colour, fake_grey = to_colour(grey), to_grey(colour)
            again_grey, again_colour = to_grey(fake_colour), to_colour(fake_grey)
            same_colour, same_grey = to_colour(colour), to_grey(grey)
            of_colour, of_grey = judge_colour(fake_colour), judge_grey(fake_grey)
        adversarial = lsgan(of_colour, 1.0) + lsgan(of_grey, 1.0)
        cycled = l1(again_grey, grey) + l1(again_colour, colour)
        same = l1(same_colour, colour) + l1(same_grey, grey)
        loss = adversarial + CYCLE * cycled + IDENTITY * same
        self.paint.zero_grad(set_to_none=True)
        loss.backward()
        self.paint.step()
        return loss, fake_colour, fake_grey

    def judge_loss(self, judge, real, fake):
        """The loss, whose gradients are then there."""
        with self.way.autocast():
            of_real, of_fake = judge(real), judge(fake)
        loss = 0.5 * (lsgan(of_real, 1.0) + lsgan(of_fake, 0.0))
        loss.backward()
        return loss


if __name__ == "__main__":
    torch_steps.answer_steps(Training)
