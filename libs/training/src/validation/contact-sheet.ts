import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import type { Image } from '@kinemacolor/quality';
import { writeFailure } from '../config/write-failure.js';

/** Height of a row of the sheet, pixels. */
const ROW = 192;

/** A picture to look at: a row for each list of pictures of one size, JPEG or PNG by the name of the file. @throws TrainingError `WRITE_FAILED` */
export async function writeContactSheet(rows: readonly (readonly Image[])[], file: string): Promise<void> {
  const strips = await Promise.all(
    rows.map(async (row) => {
      const tiles = await Promise.all(row.map(tile));
      const widths = tiles.map(({ info }) => info.width);
      const width = widths.reduce((sum, one) => sum + one, 0);
      const placed = tiles.map(({ data }, i) => ({
        input: data,
        left: widths.slice(0, i).reduce((sum, one) => sum + one, 0),
        top: 0,
      }));
      return { width, png: await canvas(width, ROW).composite(placed).png().toBuffer() };
    }),
  );
  const width = Math.max(...strips.map((strip) => strip.width));
  const placed = strips.map(({ png }, i) => ({ input: png, left: 0, top: i * ROW }));
  const format = path.extname(file).toLowerCase() === '.png' ? 'png' : 'jpeg';
  const sheet = canvas(width, ROW * strips.length).composite(placed);
  // Written by Node: the error of sharp does not tell a full disk from a folder that is not there.
  await writeFile(file, await sheet.toFormat(format).toBuffer()).catch((error: unknown) => {
    throw writeFailure(file, error);
  });
}

const canvas = (width: number, height: number): sharp.Sharp =>
  sharp({ create: { width, height, channels: 3, background: '#202020' } });

const tile = ({ width, height, data }: Image): Promise<{ data: Buffer; info: sharp.OutputInfo }> =>
  sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ height: ROW })
    .png()
    .toBuffer({ resolveWithObject: true });
