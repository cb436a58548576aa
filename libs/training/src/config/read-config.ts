import { readFile } from 'node:fs/promises';
import { recogniserOf, sideStep } from '@kinemacolor/models';
import { z } from 'zod';
import { PRESETS, type PresetName } from './presets.js';
import { trainingSchema, type TrainingConfig } from './schema.js';
import { TrainingError } from './training-error.js';

/** What a person says beside a preset or a file; it wins over both. */
export interface ConfigOverrides {
  readonly bw?: readonly string[] | undefined;
  readonly color?: readonly string[] | undefined;
  readonly validation?: string | undefined;
  readonly clip?: string | undefined;
  readonly run?: string | undefined;
  readonly features?: string | undefined;
}

/** A file of settings, or a preset. */
export type ConfigSource = { readonly file: string } | { readonly preset: PresetName };

export interface ConfigDraft {
  /** Where it is from, for messages. */
  readonly what: string;
  readonly config: TrainingConfig;
  /** What must be added or changed before it can be trained with. */
  readonly missing: readonly string[];
}

/**
 * The whole configuration of a run: a preset or a file, with what was said beside it.
 * @throws TrainingError `BAD_CONFIG` that lists everything wrong
 */
export async function readConfig(from: ConfigSource, overrides: ConfigOverrides = {}): Promise<TrainingConfig> {
  const { what, config, missing } = await draftConfig(from, overrides);
  return whole(what, config, missing);
}

/**
 * A configuration to look at: what is still missing or contradicts itself is told and not thrown.
 * @throws TrainingError `BAD_CONFIG` for fields that are wrong by themselves
 */
export async function draftConfig(from: ConfigSource, overrides: ConfigOverrides = {}): Promise<ConfigDraft> {
  const [what, base] = 'file' in from ? [from.file, await readJson(from.file)] : [`preset ${from.preset}`, PRESETS[from.preset]]; // prettier-ignore
  const run = 'preset' in from ? { run: `runs/${from.preset}` } : {};
  const config = parsedConfig(what, { ...run, ...withOverrides(base, overrides) });
  return { what, config, missing: contradictions(config) };
}

/** @throws TrainingError `BAD_CONFIG` that lists everything wrong */
export function checkConfig(what: string, value: unknown): TrainingConfig {
  const config = parsedConfig(what, value);
  return whole(what, config, contradictions(config));
}

function parsedConfig(what: string, value: unknown): TrainingConfig {
  const parsed = trainingSchema.safeParse(value);
  if (!parsed.success) throw new TrainingError('BAD_CONFIG', `${what}:\n${z.prettifyError(parsed.error)}`);
  return Object.freeze(parsed.data);
}

function whole(what: string, config: TrainingConfig, wrong: readonly string[]): TrainingConfig {
  if (wrong.length > 0) throw new TrainingError('BAD_CONFIG', `${what}: ${wrong.join(' ')}`);
  return config;
}

async function readJson(file: string): Promise<object> {
  try {
    // Some editors begin a file with a mark that JSON does not know.
    const value: unknown = JSON.parse((await readFile(file, 'utf8')).replace(/^\uFEFF/, ''));
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TrainingError('BAD_CONFIG', `The config ${file} cannot be read: ${reason}`, { cause: error });
  }
  throw new TrainingError('BAD_CONFIG', `The config ${file} holds no JSON object.`);
}

function withOverrides(base: object, { bw, color, validation, clip, run, features }: ConfigOverrides): object {
  const { data = {}, validation: checked = {}, features: looking = {}, networks = {} } = base as Record<string, object>;
  // One classifier serves both: what recognises begins with it, what judges looks through it.
  const recognises =
    features !== undefined && (networks as Partial<TrainingConfig['networks']>).semantics === 'darknet-tiny';
  const folders = (list: readonly string[]): object[] => list.map((folder) => ({ folder }));
  return {
    ...base,
    ...(run === undefined ? {} : { run }),
    data: {
      ...data,
      ...(bw === undefined ? {} : { bw: folders(bw) }),
      ...(color === undefined ? {} : { color: folders(color) }),
    },
    ...(features === undefined ? {} : { features: { ...looking, path: features } }),
    ...(recognises ? { networks: { ...networks, recogniser: features } } : {}),
    validation: {
      ...checked,
      ...(validation === undefined ? {} : { color: validation }),
      ...(clip === undefined ? {} : { clip }),
    },
  };
}

/** What one field alone cannot say. */
function contradictions({ networks, losses, features, data, optimiser, validation, stages }: TrainingConfig): string[] {
  const wrong: string[] = [];
  if (networks.kind === 'cycle' && data.bw.length === 0) {
    wrong.push('A CycleGAN needs black-and-white pictures too: data.bw (--bw DIR).');
  }
  if (features.kind !== 'none' && features.path === undefined) {
    wrong.push(
      `Features of kind ${features.kind} need the path of their weights: features.path (--features PATH; "kinemacolor models features" tells where they come from), or set features.kind to none and losses.perceptual to 0.`,
    );
  }
  if (losses.perceptual > 0 && features.kind === 'none') {
    wrong.push('losses.perceptual needs features: features.kind darknet-tiny or vgg16, or a weight of 0.');
  }
  if (optimiser.kind !== 'lamb' && optimiser.weightDecay !== 0) wrong.push('Only lamb has a weight decay.');
  if (networks.kind === 'chroma' && losses.chroma === 0 && losses.perceptual === 0) {
    wrong.push('A chroma generator needs losses.chroma or losses.perceptual.');
  }
  const { semantics } = networks;
  if (semantics !== undefined && networks.kind === 'cycle') {
    wrong.push('networks.semantics is for networks of kind chroma.');
  }
  const step = sideStep({ semantics });
  for (const [i, { size }] of stages.entries()) {
    if (size % step !== 0) wrong.push(`Stage ${i + 1}: a size of ${size} is no multiple of ${step}, which semantics ${semantics} needs.`); // prettier-ignore
  }
  if (recogniserOf(semantics) === undefined && networks.recogniser !== undefined) {
    wrong.push(
      "networks.recogniser is what a semantic branch begins with: set networks.semantics to 'darknet-tiny' or 'efficientnet-lite0', too.",
    );
  }
  for (const [i, { batch, picturesPerEpoch = batch }] of stages.entries()) {
    if (picturesPerEpoch < batch) wrong.push(`Stage ${i + 1}: picturesPerEpoch (${picturesPerEpoch}) is less than one batch (${batch}).`); // prettier-ignore
  }
  if (validation.at < 32) wrong.push('validation.at must be 32 or more.');
  return wrong;
}
