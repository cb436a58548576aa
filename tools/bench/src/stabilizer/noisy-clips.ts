import { SceneCuts } from '@kinemacolor/pipeline';
import type { ResultRow } from '../result.js';
import { FrameNoise } from './chroma-noise.js';
import { CLIP_FRAMES, realClips } from './real-clips.js';
import { realFrames } from './real-frames.js';
import { Trial } from './trial.js';
import { trialRow } from './trial-row.js';

const SEED = 11;

/** Real movement with known chroma: a colour clip's own, with noise, must come nearer to the truth and not further off. */
export async function noisyClipRows(strength: number, ffmpeg: string): Promise<ResultRow[]> {
  const rows: ResultRow[] = [];
  for (const clip of (await realClips()).filter(({ coloured }) => coloured)) {
    const { width, height } = clip;
    const noise = new FrameNoise(SEED);
    const cuts = new SceneCuts();
    const trial = new Trial(strength, width, height);
    for await (const truth of realFrames(ffmpeg, clip.path, { width, height, frames: CLIP_FRAMES })) {
      const painted = { u: noise.patches(truth.u, width, height), v: noise.patches(truth.v, width, height) };
      trial.add({ luma: truth.luma, painted, truth, cut: cuts.isCut(truth.luma, width, height) });
    }
    rows.push(trialRow(`${clip.name}, true chroma with noise`, 'error', trial.result()));
  }
  return rows;
}
