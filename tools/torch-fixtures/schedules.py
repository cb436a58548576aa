"""Makes apps/trainer/src/schedules/fixtures/pytorch.json: learning rates and momenta by PyTorch's own schedulers.

The 1cycle is OneCycleLR with the seed's numbers, the linear fall LambdaLR with the public CycleGAN's rule. See README.md
for how to run it.
"""

import argparse
import pathlib

import torch
from torch.optim import lr_scheduler

from stored import rounded, write_json


def one_cycle(steps, peak_at):
    weight = torch.nn.Parameter(torch.zeros(1))
    optimiser = torch.optim.Adam([weight], betas=(0.5, 0.99))
    scheduler = lr_scheduler.OneCycleLR(
        optimiser,
        max_lr=1e-3,
        total_steps=steps,
        pct_start=peak_at,
        anneal_strategy="cos",
        base_momentum=0.35,
        max_momentum=0.5,
        div_factor=10,
        # Relative to the first rate: 1e5 below the peak.
        final_div_factor=1e4,
    )
    rates, momenta = [], []
    for step in range(steps):
        rates.append(rounded(optimiser.param_groups[0]["lr"]))
        momenta.append(rounded(optimiser.param_groups[0]["betas"][0]))
        optimiser.step()
        # The scheduler may not be asked for a step past its end.
        if step < steps - 1:
            scheduler.step()
    return {"total": steps, "peakAt": peak_at, "rates": rates, "momenta": momenta}


def linear(constant_epochs, falling_epochs):
    """As the public CycleGAN has it, with its epoch_count of 1."""

    def factor(epoch):
        return 1.0 - max(0, epoch + 1 - constant_epochs) / float(falling_epochs + 1)

    weight = torch.nn.Parameter(torch.zeros(1))
    optimiser = torch.optim.Adam([weight], lr=2e-4, betas=(0.5, 0.999))
    scheduler = lr_scheduler.LambdaLR(optimiser, factor)
    rates = []
    for _ in range(constant_epochs + falling_epochs):
        rates.append(rounded(optimiser.param_groups[0]["lr"]))
        optimiser.step()
        scheduler.step()
    return {"constantEpochs": constant_epochs, "rates": rates}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=pathlib.Path)
    stored = {
        "torch": torch.__version__,
        "oneCycle": [one_cycle(40, 0.5), one_cycle(37, 0.5), one_cycle(30, 0.3)],
        "linear": [linear(10, 10), linear(6, 14)],
    }
    write_json(parser.parse_args().file, stored)


if __name__ == "__main__":
    main()
