import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { openLuma, probe } from '@kinemacolor/media';
import { renderSizeFor } from '@kinemacolor/models/render-size';
import { colorizeStage, SceneCuts, stabilizeStage, Stabilizer, startColorizer } from '@kinemacolor/pipeline';
import { mostUnderWay } from '../paint-all.js';

/*
 * Writes the chroma that a model paints on a film, steadied as the command does it: for each frame the U plane, then V.
 *
 *     node chroma-process.js FILM MODEL OUT
 */
const [film, model, out] = process.argv.slice(2) as [string, string, string];
const STRENGTH = 0.7;

try {
  const info = await probe({ kind: 'file', path: film });
  const colorizer = await startColorizer({ model, device: 'cpu' });
  const size = renderSizeFor(info.video, colorizer.info.renderSize);
  const stabilizer = new Stabilizer(STRENGTH, size.width, size.height);
  await colorizer.prepare({ frames: info.video.expectedFrames, ...size });
  const inFlight = mostUnderWay(colorizer);
  const coloured = colorizeStage(await openLuma(info, size), colorizer, { ...size, batch: 1, inFlight });
  const file = createWriteStream(out);
  for await (const { u, v } of stabilizeStage(coloured, { ...size, cuts: new SceneCuts(), stabilizer })) {
    file.write(u);
    if (!file.write(v)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
  await colorizer.close();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
