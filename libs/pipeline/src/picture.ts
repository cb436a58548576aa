import path from 'node:path';
import { makeFolders } from '@kinemacolor/config';
import { lumaAt, readPicture, writePicture, writePictureComparison } from '@kinemacolor/media';
import { renderSizeFor } from '@kinemacolor/models/render-size';
import type { Colorizer } from './colorizer.js';
import type { ColourSettings } from './settings.js';

export interface PictureOptions {
  readonly input: string;
  readonly output: string;
  readonly colorizer: Colorizer;
  readonly colour: ColourSettings;
  /** Where a picture with grey on the left and colour on the right goes, too. */
  readonly compare?: string;
}

export interface PictureResult {
  readonly width: number;
  readonly height: number;
  /** What the generator saw, pixels. */
  readonly render: { readonly width: number; readonly height: number };
}

/**
 * Colours one picture; the result is written beside and renamed.
 * @throws MediaError, ModelError
 */
export async function colorizePicture(options: PictureOptions): Promise<PictureResult> {
  const { input, output, colorizer, colour, compare } = options;
  const picture = await readPicture(input);
  const render = renderSizeFor(picture, colour.renderSize ?? colorizer.info.renderSize);
  const luma = lumaAt(picture, render.width, render.height);
  const { u, v } = await colorizer.colorize(luma, { batch: 1, ...render });
  const chroma = { ...render, u, v };
  await makeFolders(path.dirname(path.resolve(output)));
  await writePicture(picture, chroma, output, { saturation: colour.saturation });
  if (compare !== undefined) {
    await makeFolders(path.dirname(path.resolve(compare)));
    await writePictureComparison(picture, chroma, compare, { saturation: colour.saturation });
  }
  return { width: picture.width, height: picture.height, render };
}
