import path from 'node:path';
import { checkIntegrity, openColour, probe, requireWhole, type MediaInfo } from '@kinemacolor/media';
import sharp from 'sharp';
import { DatasetError } from './dataset-error.js';
import { DatasetFolder } from './dataset-folder.js';
import type { DatasetIndex, IndexedPicture } from './dataset-index.js';
import { extractSettings, type ExtractOptions } from './extract-options.js';
import { PictureChoice } from './picture-choice.js';
import { pictureName } from './picture-name.js';
import { pictureSize } from './picture-size.js';
import { survey } from './survey.js';

/**
 * Takes training pictures out of a film: every n-th frame, without bars, spread over the shots, without black frames,
 * title cards and pictures that look like one that was taken. Writes JPEGs and `index.json` beside `folder` and renames,
 * so that it is whole or not there. The film is decoded twice: once to find cuts and bars, once to take pictures. The
 * same film and settings give the same files.
 * @returns what `index.json` says
 * @throws DatasetError; MediaError as `probe`, `requireWhole`, `surveyFilm`; `OUTPUT_UNWRITABLE`, `DISK_FULL`, `ABORTED`
 */
export async function extractFrames(film: string, folder: string, options: ExtractOptions): Promise<DatasetIndex> {
  const settings = extractSettings(options);
  const { signal, salvage = false, force = false } = options;
  const info = await probe(film, signal === undefined ? {} : { signal });
  if (!salvage) requireWhole(info, await checkIntegrity(info, signal));
  const target = await DatasetFolder.open(folder, force);
  try {
    const index = await extractInto(target, info, { ...options, ...settings });
    await target.commit(index);
    return index;
  } finally {
    await target.discard();
  }
}

type Checked = ExtractOptions & ReturnType<typeof extractSettings>;

async function extractInto(target: DatasetFolder, info: MediaInfo, options: Checked): Promise<DatasetIndex> {
  const { every, size, perShot, quality, signal, onProgress } = options;
  const known = await survey(info, options);
  const { width, height } = pictureSize(info.video, known.crop, size);
  const choice = new PictureChoice(known, { every, perShot });
  const film = path.basename(info.name);
  const pictures: IndexedPicture[] = [];
  let candidates = 0;
  for await (const { index, seconds, rgb } of openColour(info, { every, crop: known.crop, width, height, signal })) {
    candidates += 1;
    const shot = choice.take(index, rgb, width, height);
    if (shot !== undefined) {
      const file = pictureName(film, shot + 1, index);
      await target.add(file, await jpeg(rgb, width, height, quality));
      pictures.push({ file, shot: shot + 1, frame: index, seconds });
    }
    onProgress?.({ phase: 'extract', frames: Math.min(index + every, known.frames), total: known.frames });
  }
  const { skipped } = choice;
  if (pictures.length === 0) throw nothingLeft(info.name, candidates, skipped);
  const { frames, shotStarts, crop = null, decodeErrors } = known;
  const settings = { every, size, perShot, quality };
  const counts = { frames, shots: shotStarts.length, candidates, skipped, decodeErrors };
  return { kind: 'kinemacolor-pictures', film, settings, width, height, crop, ...counts, pictures };
}

/** Full colour resolution: what the network learns is the colour. */
function jpeg(rgb: Uint8Array, width: number, height: number, quality: number): Promise<Buffer> {
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

function nothingLeft(name: string, candidates: number, { blank, title }: DatasetIndex['skipped']): DatasetError {
  const why = `of ${candidates} frames ${blank} are black or blank and ${title} are title cards`;
  return new DatasetError('NO_PICTURES', `${name}: no picture to keep: ${why}. Try a smaller --every.`);
}
