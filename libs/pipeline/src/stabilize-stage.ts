import type { ColouredFrame } from './colorize-stage.js';
import type { SceneCuts } from './scene-cuts.js';
import type { Stabilizer } from './stabilizer.js';

/** A frame that is ready for the encoder. */
export interface SteadyFrame extends ColouredFrame {
  /** True at the first frame of a shot. */
  readonly cut: boolean;
}

export interface StabilizeStageOptions {
  readonly cuts: SceneCuts;
  readonly stabilizer: Stabilizer;
  readonly width: number;
  readonly height: number;
  /** Called before each frame is looked at, while the two still hold the state of the frame before. */
  readonly before?: (index: number) => Promise<void>;
}

/** Finds the cuts and smooths the chroma within each shot. The two keep their state between frames, not this function. */
export async function* stabilizeStage(
  frames: AsyncIterable<ColouredFrame>,
  { cuts, stabilizer, width, height, before }: StabilizeStageOptions,
): AsyncGenerator<SteadyFrame, void, undefined> {
  for await (const frame of frames) {
    await before?.(frame.index);
    const cut = cuts.isCut(frame.luma, width, height);
    yield { ...frame, ...stabilizer.next(frame, cut), cut };
  }
}
