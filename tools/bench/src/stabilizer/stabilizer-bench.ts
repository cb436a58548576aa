import { findFfmpeg } from '@kinemacolor/media';
import { thisMachine } from '../machine.js';
import { chosenModel } from '../model-choice.js';
import type { BenchOptions } from '../options.js';
import type { BenchResult, ResultRow } from '../result.js';
import { commonVersions } from '../versions.js';
import { paintedClipRows } from './painted-clips.js';
import { noisyClipRows } from './noisy-clips.js';
import { syntheticRows } from './synthetic-rows.js';

/** The command's default. */
const STRENGTH = 0.7;

/**
 * What the stabiliser gains and what it spoils: shots with known chroma, made up and real, and the flicker of what the
 * model really paints. Nothing here is a time.
 */
export async function stabilizerBench(options: BenchOptions, say: (line: string) => void): Promise<BenchResult> {
  const machine = thisMachine();
  const tools = await findFfmpeg();
  const rows: ResultRow[] = [];
  say('stabilizer: made-up shots');
  rows.push(...syntheticRows(STRENGTH));
  say('stabilizer: real clips with noise on their own chroma');
  rows.push(...(await noisyClipRows(STRENGTH, tools.ffmpeg)));
  const model = chosenModel(options.model);
  if (model === undefined) say('stabilizer: no shipped model, so what a model paints is not measured');
  else {
    say(`stabilizer: real clips as ${model.name} paints them`);
    rows.push(...(await paintedClipRows(STRENGTH, tools.ffmpeg, model.folder)));
  }
  return {
    bench: 'stabilizer',
    about:
      'Levels (0–255) without and with the stabiliser; ratio = with ÷ without, under 1 is a gain. Smear is what it does to chroma that was right.',
    date: new Date().toISOString(),
    machine,
    versions: { ...(await commonVersions()), ffmpeg: tools.version },
    settings: { strength: STRENGTH, model: model?.name ?? 'none' },
    rows,
  };
}
