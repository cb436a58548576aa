import { ModelError } from './model-error.js';
import { recogniserOf } from './recognisers/recogniser.js';

/**
 * What looks at the picture beside the generator. `darknet-tiny`: a branch with the convolutions of Darknet tiny, which
 * recognises things. `glance`: a few small convolutions, which say how strong the colours of the whole picture are.
 * `efficientnet-lite0`: a glance, and a branch with the convolutions of EfficientNet-Lite0, which recognises more.
 */
export const SEMANTICS = ['darknet-tiny', 'glance', 'efficientnet-lite0'] as const;
export type Semantics = (typeof SEMANTICS)[number];

/** The shape of a generator. The seed's architecture; see {@link buildGenerator}. */
export interface GeneratorConfig {
  /** Channels after the first convolution; the trunk has four times as many. */
  readonly width: number;
  /** Residual blocks in the trunk: six in the seed, nine in its notebook and in the public CycleGAN. */
  readonly residualBlocks: number;
  /** 1: luma in −1..1. 3: RGB in −1..1 (grey replicated). */
  readonly inputChannels: number;
  /** 2: U and V in −1..1, where ±1 is ±127.5 levels. 3: RGB in −1..1. */
  readonly outputChannels: number;
  /** Absent: the seed's generator, alone. */
  readonly semantics?: Semantics | undefined;
}

/** `fast` and `standard` see luma and paint chroma only; `seed` is the seed's own RGB → RGB network. */
export const GENERATOR_PRESETS = Object.freeze({
  fast: Object.freeze({ width: 16, residualBlocks: 6, inputChannels: 1, outputChannels: 2 }),
  standard: Object.freeze({ width: 32, residualBlocks: 6, inputChannels: 1, outputChannels: 2 }),
  seed: Object.freeze({ width: 64, residualBlocks: 6, inputChannels: 3, outputChannels: 3 }),
}) satisfies Readonly<Record<string, GeneratorConfig>>;

export type GeneratorPreset = keyof typeof GENERATOR_PRESETS;

/** @throws ModelError `BAD_CONFIG` naming every value that is out of range. */
export function checkGeneratorConfig(config: GeneratorConfig): GeneratorConfig {
  const wrong: string[] = [];
  const natural = (name: 'width' | 'residualBlocks', least: number): void => {
    if (!Number.isInteger(config[name]) || config[name] < least) wrong.push(`${name} = ${config[name]}`);
  };
  natural('width', 1);
  natural('residualBlocks', 0);
  if (config.inputChannels !== 1 && config.inputChannels !== 3) wrong.push(`inputChannels = ${config.inputChannels}`);
  if (config.outputChannels !== 2 && config.outputChannels !== 3)
    wrong.push(`outputChannels = ${config.outputChannels}`);
  const { semantics } = config;
  if (semantics !== undefined && !SEMANTICS.includes(semantics)) wrong.push(`semantics = ${JSON.stringify(semantics)}`);
  if (semantics !== undefined && config.inputChannels !== 1)
    wrong.push(`inputChannels = ${config.inputChannels} with semantics`);
  if (wrong.length > 0) {
    throw new ModelError(
      'BAD_CONFIG',
      `Not a generator: ${wrong.join(', ')} (width ≥ 1, residualBlocks ≥ 0, inputChannels 1 or 3, outputChannels 2 or 3; semantics ${SEMANTICS.join(' or ')}, with 1 input channel).`,
    );
  }
  return config;
}

/** In which of its fields two configs differ; in none: both generators have the same weights, by name and shape. */
export const differingFields = (a: GeneratorConfig, b: GeneratorConfig): (keyof GeneratorConfig)[] =>
  (['width', 'residualBlocks', 'inputChannels', 'outputChannels', 'semantics'] as const).filter((key) => a[key] !== b[key]); // prettier-ignore

export const sameConfig = (a: GeneratorConfig, b: GeneratorConfig): boolean => differingFields(a, b).length === 0;

/** A generator halves the picture twice, what recognises things in it four or five times: sides must be multiples of this. */
export const sideStep = ({ semantics }: Pick<GeneratorConfig, 'semantics'>): 4 | 16 | 32 =>
  recogniserOf(semantics)?.step ?? 4;

/** Whether a small network says how strong the colours of the whole picture are. */
export const glances = (semantics: Semantics | undefined): boolean =>
  semantics === 'glance' || semantics === 'efficientnet-lite0';
