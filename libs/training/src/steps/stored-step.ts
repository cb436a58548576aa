import { readFileSync } from 'node:fs';
import { buildDiscriminator, buildGenerator, type DiscriminatorConfig, type GeneratorConfig } from '@kinemacolor/models'; // prettier-ignore
import * as tf from '@tensorflow/tfjs';

/** What PyTorch's step is compared with in tests: see fixtures/README.md. */
export interface StoredStep {
  readonly generator: GeneratorConfig;
  readonly discriminator: DiscriminatorConfig;
  readonly pictures: { readonly batch: number; readonly size: number };
  readonly weights: { readonly cycle: number; readonly identity: number };
  readonly adam: { readonly rate: number; readonly beta1: number; readonly beta2: number; readonly epsilon: number };
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[]; readonly gradientNorm: number }[]; // prettier-ignore
  readonly losses: Readonly<Record<string, number>>;
}

/** The seed's step on the same networks and pictures: LAMB, and a perceptual loss through a small fixed network. */
export interface SeedStep {
  readonly weights: { readonly cycle: number; readonly identity: number; readonly perceptual: number };
  readonly lamb: StoredStep['adam'];
  readonly extractor: Readonly<Record<'first' | 'second', { readonly shape: [number, number, number, number]; readonly values: number[] }>>; // prettier-ignore
  readonly featureWeights: readonly number[];
  readonly losses: Readonly<Record<string, number>>;
}

const NETWORKS = ['toColour', 'toGrey', 'judgeColour', 'judgeGrey'] as const;
export type FourNetworks = Readonly<Record<(typeof NETWORKS)[number], tf.LayersModel>>;

const fixture = (name: string): Buffer => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

export function readStoredStep(): StoredStep {
  return JSON.parse(fixture('about.json').toString()) as StoredStep;
}

export function readSeedStep(): SeedStep {
  return JSON.parse(fixture('about-seed.json').toString()) as SeedStep;
}

function floats(name: string): Float32Array {
  const bytes = fixture(name);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
}

/** Weights by the name of their network and their own. */
export function storedWeights(
  { tensors }: StoredStep,
  when: 'before' | 'after' | 'after-seed',
): Map<string, Float32Array> {
  const values = floats(`${when}.f32`);
  let start = 0;
  return new Map(
    tensors.map(({ name, shape }) => {
      const from = start;
      start += tf.util.sizeFromShape([...shape]);
      return [name, values.slice(from, start)];
    }),
  );
}

/** The real pictures, `[b, s, s, 3]` in −1..1. The caller disposes of them. */
export function storedPictures({ pictures: { batch, size } }: StoredStep): { grey: tf.Tensor4D; colour: tf.Tensor4D } {
  const values = floats('pictures.f32');
  const plane = batch * size * size;
  return {
    grey: tf.tidy(() => tf.tile(tf.tensor4d(values.slice(0, plane), [batch, size, size, 1]), [1, 1, 1, 3])),
    colour: tf.tensor4d(values.slice(plane), [batch, size, size, 3]),
  };
}

/** The variables of all four networks by the names of the stored weights. */
export function namedVariables(networks: FourNetworks): Map<string, tf.Variable> {
  return new Map(
    NETWORKS.flatMap(
      (network) =>
      networks[network].weights.map((weight) => [`${network}/${weight.originalName}`, weight.read() as unknown as tf.Variable] as const), // prettier-ignore
    ),
  );
}

/** Gives networks of the stored shape the weights from before the step. */
export function writeStoredWeights(step: StoredStep, networks: FourNetworks): void {
  const before = storedWeights(step, 'before');
  tf.tidy(() => {
    for (const [name, variable] of namedVariables(networks)) variable.assign(tf.tensor(before.get(name)!, variable.shape)); // prettier-ignore
  });
}

/** The networks with their weights from before the step. The caller disposes of them. */
export function storedNetworks(step: StoredStep): FourNetworks {
  const [generator, discriminator] = [() => buildGenerator(step.generator), () => buildDiscriminator(step.discriminator)]; // prettier-ignore
  const networks = { toColour: generator(), toGrey: generator(), judgeColour: discriminator(), judgeGrey: discriminator() }; // prettier-ignore
  writeStoredWeights(step, networks);
  return networks;
}

/** Whether a weight is a bias before an instance norm, whose gradient is nothing but rounding. */
export function isUndetermined(name: string): boolean {
  return /^(to\w+\/(?!output).*|judge\w+\/conv_[123])\/bias$/.test(name);
}
