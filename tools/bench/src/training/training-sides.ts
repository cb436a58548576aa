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

/** Every side for the model in `folder` and square pictures of this size, on so many cores. */
export function trainingSides(
  torch: string,
  { folder, size, cores }: { folder: string; size: number; cores: number },
): readonly SideCommand[] {
  const engine = (name: string, form: string): SideCommand => ({
    name,
    command: process.execPath,
    args: [builtFile('training/step-process'), folder, String(size), form],
  });
  const script = ['-B', path.join(PEERS, 'torch_training_peer.py'), folder, String(size), String(cores)];
  return [
    engine(OURS, 'compiled'),
    engine(EAGER, 'eager'),
    ...VARIANTS.map((variant) => ({
      name: variantName(variant),
      command: torch,
      args: [...script, variant.precision, variant.memory, variant.form],
    })),
  ];
}
