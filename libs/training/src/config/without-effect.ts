import type { TrainingConfig } from './schema.js';

/**
 * Settings that change nothing in this config, each in words that name its field. One that has its default, or that says
 * "none of it", promised nothing and is not told.
 */
export function withoutEffect(config: TrainingConfig): string[] {
  const { networks, losses, features, optimiser, pool, outputGain, data, stages } = config;
  const lines: string[] = [];
  const ignored = (field: string, value: unknown, silent: readonly unknown[], why: string): void => {
    if (!silent.includes(value)) lines.push(`${field} (${JSON.stringify(value)}) has no effect: ${why}.`);
  };
  if (networks.kind === 'chroma') {
    const why = 'it is for networks of kind cycle';
    ignored('pool', pool, [0], why);
    ignored('losses.cycle', losses.cycle, [10, 0], why);
    ignored('losses.identity', losses.identity, [5, 0], why);
    if (data.bw.length > 0) lines.push('The black-and-white pictures are not used (data.bw): only a CycleGAN (preset seed) learns from them.'); // prettier-ignore
  } else {
    const why = 'it is for networks of kind chroma';
    ignored('losses.chromaDelta', losses.chromaDelta, [0.02], why);
    ignored('losses.chromaLog', losses.chromaLog, [undefined, 0], why);
    ignored('losses.colourWeight', losses.colourWeight, [0], why);
    ignored('outputGain.u', outputGain.u, [1], why);
    ignored('outputGain.v', outputGain.v, [1], why);
    ignored('data.filmShare', data.filmShare, [0.15, 0], why);
  }
  if (data.framing === 'square') ignored('data.largestRender', data.largestRender, [256], 'data.framing is square');
  if (losses.perceptual === 0) ignored('features.kind', features.kind, ['none'], 'losses.perceptual is 0');
  if (stages.every(({ generator, discriminator }) => generator.kind === 'one-cycle' && (discriminator ?? generator).kind === 'one-cycle')) {
    ignored('optimiser.beta1', optimiser.beta1, [0.5], 'a one-cycle schedule has its own momentum');
  } // prettier-ignore
  for (const [i, { phase, discriminator }] of stages.entries()) {
    if (phase === 'generator')
      ignored(`stages[${i}].discriminator`, discriminator, [undefined], 'its phase is generator');
  }
  return lines;
}
