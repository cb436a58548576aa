import { startColorizer } from '@kinemacolor/pipeline';
import type { SmokeAnswer, SmokeWork } from './smoke-check.js';
import { testPictures, whatIsWrong, type Tried } from './painted-well.js';

/*
 * A process of its own that tries a model out: one that brings the engine down takes nothing else with it. Says what is wrong
 * with the model, and ends.
 *
 *     node smoke-check-main.js WORK (as JSON)
 */
const { folder, device, precision, side } = JSON.parse(process.argv[2]!) as SmokeWork;

async function tryOut(): Promise<string | undefined> {
  const colorizer = await startColorizer({ model: folder, device, precision, workers: 1 });
  const tried: Tried[] = [];
  for (const { name, luma } of testPictures(side)) {
    const chroma = await colorizer.colorize(luma, { batch: 1, width: side, height: side });
    tried.push({ name, pixels: side * side, chroma });
  }
  await colorizer.close();
  return whatIsWrong(tried);
}

const answer: SmokeAnswer = await tryOut().then(
  (wrong) => ({ wrong: wrong ?? '' }),
  (error: unknown) => ({ wrong: error instanceof Error ? error.message : String(error) }),
);
process.send!(answer, () => process.exit());
