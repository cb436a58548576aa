import { rename } from 'node:fs/promises';
import { inspectPart, MediaError, trimPart } from '@kinemacolor/media';
import type { Journal } from './journal.js';

/**
 * Where an interrupted run can go on: the last segment border up to which whole frames are on disk and at which the
 * stages' state was kept. The last part is cut there. 0 when nothing usable is left.
 */
export async function resumePoint(journal: Journal, segmentFrames: number): Promise<number> {
  if (journal.complete !== undefined) return journal.complete;
  const last = journal.parts.at(-1);
  if (last === undefined) return 0;
  const onDisk = last.frames ?? (await framesOnDisk(journal.pathOf(last)));
  const end = last.startFrame + onDisk;
  const border = (await journal.states()).filter((frame) => frame <= end && frame % segmentFrames === 0).at(-1) ?? 0;
  if (border <= last.startFrame) {
    await journal.dropFrom(last.startFrame);
    return border === last.startFrame ? border : resumePoint(journal, segmentFrames);
  }
  const frames = border - last.startFrame;
  if (frames < onDisk || last.frames === undefined) {
    const whole = `${journal.pathOf(last)}.trimmed.mov`;
    await trimPart(journal.pathOf(last), frames, whole);
    await rename(whole, journal.pathOf(last));
  }
  await journal.setPart({ ...last, frames });
  return border;
}

/** Whole frames of a part; none when the run was cut off before the part had its first. */
async function framesOnDisk(part: string): Promise<number> {
  try {
    return (await inspectPart(part)).frames;
  } catch (error) {
    if (error instanceof MediaError && (error.code === 'NOT_FOUND' || error.code === 'DAMAGED')) return 0;
    throw error;
  }
}
