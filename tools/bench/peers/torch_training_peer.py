"""PyTorch's side of the training bench: one optimisation step, generator, L1, Adam, batch 1.

MODEL_FOLDER also holds the picture, `luma.f32`, and its truth, `chroma.f32`: raw float32 in height, width, channels
order. How it is started and what it answers: torch_steps.py.
"""

import copy
from pathlib import Path

import torch_steps

from torch.nn import functional

from generator_torch import load_generator
from saved_weights import read_floats


class Training:
    def __init__(self, folder, size, way):
        self.way = way
        self.model = load_generator(folder, way.norm).train().to(memory_format=way.layout)
        self.start = copy.deepcopy(self.model.state_dict())
        self.luma = read_floats(Path(folder) / "luma.f32", (size, size, 1))
        self.chroma = read_floats(Path(folder) / "chroma.f32", (size, size, 2))
        self.forward = way.made(self.loss)

    def restart(self):
        self.model.load_state_dict(self.start)
        self.adam = torch_steps.adam(self.model.parameters())

    def loss(self, luma, chroma):
        with self.way.autocast():
            painted = self.model(luma)
        return functional.l1_loss(painted.float(), chroma)

    def step(self):
        """One update, from floats in memory. Returns the losses before it."""
        luma, chroma = self.way.picture(self.luma), self.way.picture(self.chroma)
        self.adam.zero_grad(set_to_none=True)
        loss = self.forward(luma, chroma)
        loss.backward()
        self.adam.step()
        return {"L1": loss.item()}


if __name__ == "__main__":
    torch_steps.answer_steps(Training)
