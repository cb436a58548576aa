import path from 'node:path';
import { builtFile, PEERS } from '../paths.js';
import type { SideCommand } from '../sides.js';

export const OURS = 'ours';
export const EAGER = 'ours eager fp32';

/** What a PyTorch user may try on a CPU. */
export interface Variant {
  readonly precision: 'fp32' | 'bf16';
  readonly memory: 'contiguous' | 'channels_last';
  readonly form: 'eager' | 'compile';
}

export const VARIANTS: readonly Variant[] = (['fp32', 'bf16'] as const).flatMap((precision) =>
  (['contiguous', 'channels_last'] as const).flatMap((memory) =>
    (['eager', 'compile'] as const).map((form) => ({ precision, memory, form })),
  ),
);

export const variantName = ({ precision, memory, form }: Variant): string => `torch ${precision} ${memory} ${form}`;

/** One of our two sides: a process of this bench, such as `training/step-process`, that gets these words and the form. */
export function ourSide(file: string, words: readonly (string | number)[], form: 'compiled' | 'eager'): SideCommand {
  return {
    name: form === 'eager' ? EAGER : OURS,
    command: process.execPath,
    args: [builtFile(file), ...words.map(String), form],
  };
}

/** PyTorch's sides, of the script among the peers: for what lies in `folder` and square pictures of this size. */
export function torchSides(
  torch: string,
  script: string,
  { folder, size, cores }: { folder: string; size: number; cores: number },
  variants = VARIANTS,
): readonly SideCommand[] {
  const words = ['-B', path.join(PEERS, script), folder, String(size), String(cores)];
  return variants.map((variant) => ({
    name: variantName(variant),
    command: torch,
    args: [...words, variant.precision, variant.memory, variant.form],
  }));
}
