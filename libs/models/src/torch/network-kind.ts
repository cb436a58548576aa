import { type Checkpoint } from './state-dict.js';

/**
 * What the tensors' names and shapes tell about a network, in words for an error message.
 */
export function describeNetwork(checkpoint: Checkpoint): string {
  const names = [...checkpoint.keys()];
  if (names.some((name) => name.startsWith('model.model.'))) return 'a U-Net generator (pix2pix)';
  if (checkpoint.get('model.0.weight')?.shape[3] === 4) return 'a PatchGAN discriminator';
  if (names.some((name) => name.includes('.conv_block.'))) return 'a ResNet generator of another make';
  const shown = names.slice(0, 4).join(', ');
  return `an unknown network with ${names.length} tensors (${shown}${names.length > 4 ? ', …' : ''})`;
}

/**
 * Why the norm layers at `places` (names such as `model.2`) are not the parameterless instance norm of CycleGAN;
 * undefined when they are.
 */
export function foreignNorm(checkpoint: Checkpoint, places: readonly string[]): string | undefined {
  const place = places.find((name) => checkpoint.has(`${name}.weight`));
  if (place === undefined) return undefined;
  return checkpoint.has(`${place}.running_var`)
    ? `batch norm at ${place} (as pix2pix has it)`
    : `instance norm with parameters at ${place}`;
}

/** Statistics that PyTorch before 0.4.1 saved for instance norms and that CycleGAN never used. */
export function isUnusedStatistic(name: string): boolean {
  return /\.(running_mean|running_var|num_batches_tracked)$/.test(name);
}
