import type { ResultRow } from '../result.js';
import { Sides } from '../sides.js';
import type { Losses } from '../step/form.js';
import { checkLosses, firstLosses } from '../step/same-training.js';
import { EAGER, OURS, ourSide, torchSides, type Variant, VARIANTS } from '../step/step-sides.js';
import { timedRounds } from '../step/timed-rounds.js';
import { writeCyclePictures } from './cycle-pictures.js';
import { cycleGanRows } from './cyclegan-rows.js';
import { LOSS_BOUNDS } from './loss-bounds.js';
import { STEP_FILE } from './step-file.js';

const PEER = 'torch_cyclegan_peer.py';
/**
 * Enough for a wrong gradient or optimiser to show, and the warm-up too. At width 64 the discriminators' losses overshoot to
 * several times what they were, and what rounding makes of that is 15 % after five steps.
 */
const comparedSteps = (width: number): number => (width >= 64 ? 3 : 5);

export interface Shape {
  /** Of four networks, all of this width. */
  readonly folder: string;
  readonly width: number;
  readonly size: number;
}

export interface ShapeResult {
  readonly rows: readonly ResultRow[];
  /** How ours was done. */
  readonly how: string;
  readonly versions: Readonly<Record<string, string>>;
}

type Taken = Omit<ShapeResult, 'rows'> & {
  readonly times: readonly Record<string, number>[];
  readonly apart: Readonly<Record<string, number>>;
};

/**
 * One width and size. Twice in turns: ours beside eager PyTorch, then ours beside what torch.compile makes of it, as all of
 * them at once do not fit into the memory of an ordinary machine.
 */
export async function shapePart(
  torch: string,
  { folder, width, size }: Shape,
  work: { readonly rounds: number; readonly steps: number; readonly cores: number },
  say: (line: string) => void,
): Promise<ShapeResult> {
  const name = `width ${width}, ${size} px`;
  const words = [folder, width, size];
  await writeCyclePictures(folder, size);
  say(`${name}: starting ${EAGER}, which the others must agree with`);
  const reference = await eagerLosses(words, comparedSteps(width));

  const beside = async (form: Variant['form']): Promise<Taken> => {
    const variants = VARIANTS.filter((variant) => variant.form === form);
    const sides = new Sides();
    try {
      for (const side of [
        ourSide(STEP_FILE, words, 'compiled'),
        ...torchSides(torch, PEER, { folder, size, cores: work.cores }, variants),
      ]) {
        say(`${name}: starting ${side.name}`);
        await sides.start(side);
      }
      const apart = await checkLosses(sides, reference, LOSS_BOUNDS);
      const times = await timedRounds(sides, work, (line) => {
        say(`${name}, ${line}`);
      });
      return { times, apart, how: sides.how[OURS] ?? '', versions: sides.versions };
    } finally {
      await sides.close();
    }
  };
  const [eager, compile] = [await beside('eager'), await beside('compile')];
  const rounds = { eager: eager.times, compile: compile.times };
  const largest = Math.max(...[eager, compile].flatMap(({ apart }) => Object.values(apart)));
  return {
    rows: cycleGanRows(name, rounds, largest),
    how: eager.how,
    versions: { ...eager.versions, ...compile.versions },
  };
}

/** A process of its own that is gone before anything is timed: it holds gigabytes. */
async function eagerLosses(words: readonly (string | number)[], steps: number): Promise<readonly Losses[]> {
  const sides = new Sides();
  try {
    await sides.start(ourSide(STEP_FILE, words, 'eager'));
    return await firstLosses(sides, EAGER, steps);
  } finally {
    await sides.close();
  }
}
