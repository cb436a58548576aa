import type { ResultRow } from '../result.js';
import { byte, FrameNoise } from './chroma-noise.js';
import { syntheticShots, type Shot } from './synthetic-shots.js';
import { Trial, type TrialResult } from './trial.js';
import { trialRow } from './trial-row.js';

const SEED = 7;
/** Frames of each shot: two and a half seconds of film. */
const FRAMES = 60;

/** A row for each made-up shot. */
export function syntheticRows(strength: number, frames = FRAMES): ResultRow[] {
  return syntheticShots(frames).map((shot) => trialRow(shot.name, shot.judged, runShot(shot, strength)));
}

/** The shot with grain and chroma noise through the stabiliser. */
export function runShot(shot: Shot, strength: number): TrialResult {
  const { width, height } = shot;
  const noise = new FrameNoise(SEED);
  const trial = new Trial(strength, width, height);
  let first = true;
  for (const planes of shot.frames()) {
    const painted = { u: noise.patches(planes.u, width, height), v: noise.patches(planes.v, width, height) };
    const truth = { u: Uint8Array.from(planes.u, byte), v: Uint8Array.from(planes.v, byte) };
    trial.add({ luma: noise.grain(planes), painted, truth, cut: first });
    first = false;
  }
  return trial.result();
}
