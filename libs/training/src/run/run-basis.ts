import type { TrainingConfig } from '../config/schema.js';
import type { Json } from '../checkpoint/checkpoint-store.js';
import type { TrainingData } from '../data/index.js';

/**
 * What the numbers of a run depend on so far, under the names that the config has: later stages may be changed before
 * they begin, and how often one looks, where pictures and feature weights lie and how many threads decode may change at
 * any time. Pictures count by their contents and order, so that data may be moved, but no picture changed.
 * @param begun how many stages have begun
 * @param drawn the pictures without those that are held out
 */
export function runBasis(config: TrainingConfig, begun: number, drawn: TrainingData['drawn']): Json {
  const { losses, features, optimiser, pool, average, data, seed, precision, stages } = config;
  const { framing, largestRender, filmShare } = data;
  // What a run began with is in its weights.
  const networks: Partial<TrainingConfig['networks']> = { ...config.networks, from: undefined, recogniser: undefined };
  const basis = {
    networks,
    losses,
    features: { kind: features.kind },
    optimiser,
    pool,
    average,
    seed,
    precision,
    data: { framing, largestRender, filmShare, ...drawn },
    stages: stages.slice(0, begun),
  };
  // As it comes back from a checkpoint: without what is undefined.
  return JSON.parse(JSON.stringify(basis)) as Json;
}

/** What differs, in words: `losses.chroma is 2, was 1`. */
export function differences(then: Json | undefined, now: Json | undefined, at = ''): string[] {
  if (isRecord(then) && isRecord(now)) {
    const names = [...new Set([...Object.keys(then), ...Object.keys(now)])];
    return names
      .filter((name) => name !== 'sha256' || then['pictures'] === now['pictures'])
      .flatMap((name) =>
        differences(then[name], now[name], name === 'sha256' ? at : at === '' ? name : `${at}.${name}`),
      );
  }
  // Was recorded once.
  if (then === now || at === 'networks.from') return [];
  const isPictures = typeof then === 'string' && typeof now === 'string' && /^[0-9a-f]{64}$/.test(now);
  return [isPictures ? `${at} has other pictures, or in another order` : `${at} is ${told(now)}, was ${told(then)}`];
}

const told = (value: Json | undefined): string => (value === undefined ? 'nothing' : JSON.stringify(value));

/** Arrays too: by their indexes. */
const isRecord = (value: Json | undefined): value is Record<string, Json> =>
  typeof value === 'object' && value !== null;
