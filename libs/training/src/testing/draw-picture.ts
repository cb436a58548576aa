import sharp from 'sharp';

/** Red, green and blue, 0..255. */
export type Colour = readonly [number, number, number];

/** Writes a picture that is drawn pixel by pixel: PNG, JPEG or WebP by the name of the file. Gives its path. */
export async function drawPicture(
  file: string,
  width: number,
  height: number,
  colourAt: (x: number, y: number) => Colour,
): Promise<string> {
  const data = new Uint8ClampedArray(width * height * 3);
  for (let i = 0; i < width * height; i++) data.set(colourAt(i % width, Math.floor(i / width)), 3 * i);
  await sharp(data, { raw: { width, height, channels: 3 } }).toFile(file);
  return file;
}

/** A picture of many colours that is another one for each number. */
export const scenery =
  (number: number) =>
  (x: number, y: number): Colour => {
    const wave = (period: number, shift: number): number =>
      127.5 + 110 * Math.sin((x + shift) / period) * Math.cos((y - shift) / period);
    return [wave(17, 31 * number), wave(11, 47 * number), wave(23, 5 * number)];
  };
