"""Makes apps/trainer/src/pool/fixtures/pytorch.json: what an image pool gives out for given decisions.

The rule is that of the public CycleGAN: store while there is room, then exchange a picture for an older one when a
uniform number is above a half. See README.md for how to run it.
"""

import argparse
import pathlib

import torch

from stored import numbers, write_json

CAPACITY, BATCH, QUERIES = 3, 2, 9


class Pool:
    def __init__(self):
        self.held = []

    def query(self, batch, draws):
        given = []
        for picture, (uniform, slot) in zip(batch, draws, strict=True):
            if len(self.held) < CAPACITY:
                self.held.append(picture.clone())
                given.append(picture)
            elif uniform > 0.5:
                given.append(self.held[slot].clone())
                self.held[slot] = picture.clone()
            else:
                given.append(picture)
        return torch.stack(given)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=pathlib.Path)
    target = parser.parse_args().file
    generator = torch.Generator().manual_seed(31)
    pool, queries = Pool(), []
    for _ in range(QUERIES):
        # Pictures of four numbers are as good as larger ones.
        batch = torch.rand((BATCH, 4), generator=generator)
        uniforms = torch.rand(BATCH, generator=generator).tolist()
        slots = torch.randint(0, CAPACITY, (BATCH,), generator=generator).tolist()
        given = pool.query(batch, list(zip(uniforms, slots, strict=True)))
        decisions = [{"swap": u > 0.5, "slot": slot} for u, slot in zip(uniforms, slots, strict=True)]
        queries.append({"batch": numbers(batch), "decisions": decisions, "given": numbers(given)})
    held = [numbers(picture) for picture in pool.held]
    write_json(target, {"torch": torch.__version__, "capacity": CAPACITY, "queries": queries, "held": held})


if __name__ == "__main__":
    main()
