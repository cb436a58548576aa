import type { TrainingInput } from './schema.js';

/** A preset says everything but what belongs to one person: folders, and where feature weights lie. */
export type Preset = Omit<TrainingInput, 'data' | 'run' | 'validation'> & {
  readonly data?: Omit<TrainingInput['data'], 'bw' | 'color'>;
};

/** The seed: a CycleGAN of four RGB networks in stages of growing size (RECIPE: LAMB, 1cycle, VGG16 features). */
const seed: Preset = {
  name: 'seed',
  precision: 'fp32',
  networks: { kind: 'cycle', width: 64, residualBlocks: 6, discriminatorWidth: 64 },
  losses: { adversarial: 1, cycle: 10, identity: 5, perceptual: 5 },
  features: { kind: 'vgg16' },
  optimiser: { kind: 'lamb', beta1: 0.5, beta2: 0.99, epsilon: 1e-6 },
  pool: 0,
  average: 0,
  data: { framing: 'square', filmShare: 0 },
  stages: (
    [
      [64, 20, 8],
      [128, 20, 4],
      [256, 20, 2],
      [512, 10, 1],
    ] as const
  ).map(([size, epochs, batch]) => ({ size, epochs, batch, generator: { kind: 'one-cycle', peak: 1e-3 } as const })),
};

/**
 * The better recipe: chroma only, paired, in growing crops, the discriminator in a short phase at the end (NoGAN's order).
 * What each choice brought is in the cards of the shipped models.
 */
const kinemacolor: Preset = {
  name: 'kinemacolor',
  networks: { kind: 'chroma', width: 32, residualBlocks: 6, discriminatorWidth: 32, semantics: 'glance' },
  losses: { chroma: 1, chromaDelta: 0.2, chromaLog: 0.0015, colourWeight: 0.5, perceptual: 0.008, adversarial: 0.0016 },
  features: { kind: 'darknet-tiny' },
  optimiser: { kind: 'adam', beta1: 0.9, beta2: 0.99 },
  data: { largestRender: 288, filmShare: 0.25 },
  stages: [
    { size: 64, epochs: 12, batch: 8, phase: 'generator', generator: { kind: 'cosine', peak: 2e-3, floor: 0.3 } },
    { size: 128, epochs: 6, batch: 6, phase: 'generator', generator: { kind: 'cosine', peak: 1e-3, floor: 0.2 } },
    { size: 192, epochs: 4, batch: 3, phase: 'generator', generator: { kind: 'cosine', peak: 5e-4 } },
    { size: 128, epochs: 1, batch: 4, picturesPerEpoch: 1200, phase: 'critic', generator: { kind: 'constant', rate: 2e-4 } },
    { size: 128, epochs: 1, batch: 4, picturesPerEpoch: 800, phase: 'adversarial', generator: { kind: 'constant', rate: 1e-4 } },
  ],
}; // prettier-ignore

/** Two minutes on two cores: enough to see every part at work, not to be admired. */
const tiny: Preset = {
  name: 'tiny',
  networks: { kind: 'chroma', width: 8, residualBlocks: 2, discriminatorWidth: 8 },
  losses: { chroma: 1, chromaDelta: 0.1, adversarial: 0.001 },
  optimiser: { kind: 'adam', beta1: 0.9, beta2: 0.99 },
  average: 0.99,
  stages: [
    { size: 48, epochs: 4, batch: 8, picturesPerEpoch: 1600, phase: 'generator', generator: { kind: 'cosine', peak: 4e-3, warmUp: 50 } },
    { size: 64, epochs: 1, batch: 8, picturesPerEpoch: 800, phase: 'adversarial', generator: { kind: 'linear', rate: 2e-4 } },
  ],
}; // prettier-ignore

export const PRESETS = Object.freeze({ seed, kinemacolor, tiny });
export type PresetName = keyof typeof PRESETS;
