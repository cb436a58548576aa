import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { renderPreview } from './index.js';

const [width, height] = [64, 32];
const plane = (value: number): Uint8Array => new Uint8Array(width * height).fill(value);

describe('renderPreview', () => {
  it('makes a JPEG of the planes’ colours', async () => {
    // Pure red has 76, 85 and 255 in full-range BT.601.
    const picture = await renderPreview({ luma: plane(76), u: plane(85), v: plane(255), width, height });
    expect(await sharp(picture).metadata()).toMatchObject({ format: 'jpeg', width, height });
    const { channels } = await sharp(picture).stats();
    for (const [place, value] of [254, 0, 0].entries()) expect(Math.abs(channels[place]!.mean - value)).toBeLessThan(4);
  });

  it('makes it narrower, and never wider', async () => {
    const grey = { luma: plane(100), u: plane(128), v: plane(128), width, height };
    expect(await sharp(await renderPreview({ ...grey, maxWidth: 16 })).metadata()).toMatchObject({
      width: 16,
      height: 8,
    });
    expect(await sharp(await renderPreview({ ...grey, maxWidth: 640 })).metadata()).toMatchObject({ width, height });
  });

  it('refuses planes of another size', async () => {
    const wrong = { luma: plane(1), u: new Uint8Array(3), v: plane(1), width, height };
    await expect(renderPreview(wrong)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
