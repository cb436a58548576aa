import { SceneCuts, startColorizer } from '@kinemacolor/pipeline';
import type { ResultRow } from '../result.js';
import { CLIP_FRAMES, realClips } from './real-clips.js';
import { realFrames } from './real-frames.js';
import { Trial } from './trial.js';
import { trialRow } from './trial-row.js';

/** What a model paints on real clips: its flicker, and where the true chroma is known, its error. */
export async function paintedClipRows(strength: number, ffmpeg: string, model: string): Promise<ResultRow[]> {
  const colorizer = await startColorizer({ model, device: 'cpu' });
  const rows: ResultRow[] = [];
  try {
    for (const clip of await realClips()) {
      const { width, height } = clip;
      const cuts = new SceneCuts();
      const trial = new Trial(strength, width, height);
      for await (const frame of realFrames(ffmpeg, clip.path, { width, height, frames: CLIP_FRAMES })) {
        // A copy: the colorizer keeps what it is given.
        const painted = await colorizer.colorize(frame.luma.slice(), { batch: 1, width, height });
        const truth = clip.coloured ? { u: frame.u, v: frame.v } : undefined;
        trial.add({ luma: frame.luma, painted, truth, cut: cuts.isCut(frame.luma, width, height) });
      }
      const result = trial.result();
      rows.push(trialRow(`${clip.name}, painted`, 'flicker', result));
      if (clip.coloured) rows.push(trialRow(`${clip.name}, painted`, 'error', result));
    }
  } finally {
    await colorizer.close();
  }
  return rows;
}
