import { Random } from '../random.js';
import type { CataloguedSet } from './catalogue.js';
import type { Drawable } from './look-at-pictures.js';

/** sfc32 needs some rounds until every bit of the seed has reached every bit of what it gives. */
const ROUNDS = 15;

/** Random numbers that follow from four numbers, whatever was drawn before. */
export function randomOf(...numbers: readonly [number, number, number, number]): Random {
  const random = new Random(numbers.map((number) => number >>> 0));
  for (let round = 0; round < ROUNDS; round++) random.next();
  return random;
}

/** Draws pictures with the weights of their sets. */
export class WeightedChoice {
  private readonly edges: number[] = [];

  constructor(private readonly sets: readonly CataloguedSet[]) {
    let total = 0;
    for (const { weight } of sets) this.edges.push((total += weight));
  }

  get count(): number {
    return this.sets.reduce((sum, { pictures }) => sum + pictures.length, 0);
  }

  draw(random: Random): Drawable {
    const at = random.next() * this.edges.at(-1)!;
    const { pictures } = this.sets[this.edges.findIndex((edge) => at < edge)]!;
    return pictures[random.below(pictures.length)]!;
  }

  /**
   * The pictures of one epoch in their order, as many as there are: every one once where all sets weigh the same (Fisher
   * and Yates), else drawn by the weights.
   */
  epoch(random: Random): Drawable[] {
    if (new Set(this.sets.map(({ weight }) => weight)).size > 1) {
      return Array.from({ length: this.count }, () => this.draw(random));
    }
    const order = this.sets.flatMap(({ pictures }) => pictures);
    for (let i = order.length - 1; i > 0; i--) {
      const j = random.below(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }
}
