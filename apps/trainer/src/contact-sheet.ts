import sharp from 'sharp';
import { greyImage, type Image } from '@kinemacolor/quality';

/** Height of a row of the sheet, pixels. */
const ROW = 192;

/** One row: a truth and what came out. */
export interface SheetRow {
  readonly truth: Image;
  readonly output: Image;
}

/** A picture to look at: a row for each pair, in it what went in (grey), what came out, and the truth. */
export async function writeContactSheet(rows: readonly SheetRow[], file: string): Promise<void> {
  const strips = await Promise.all(
    rows.map(async ({ truth, output }) => {
      const tiles = await Promise.all([greyImage(truth), output, truth].map(tile));
      const width = tiles[0]!.info.width;
      const input = tiles.map(({ data }, i) => ({ input: data, left: i * width, top: 0 }));
      return {
        width: 3 * width,
        png: await canvas(3 * width, ROW)
          .composite(input)
          .png()
          .toBuffer(),
      };
    }),
  );
  const width = Math.max(...strips.map((strip) => strip.width));
  const placed = strips.map(({ png }, i) => ({ input: png, left: 0, top: i * ROW }));
  await canvas(width, ROW * strips.length)
    .composite(placed)
    .toFile(file);
}

const canvas = (width: number, height: number): sharp.Sharp =>
  sharp({ create: { width, height, channels: 3, background: '#202020' } });

const tile = ({ width, height, data }: Image): Promise<{ data: Buffer; info: sharp.OutputInfo }> =>
  sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ height: ROW })
    .png()
    .toBuffer({ resolveWithObject: true });
