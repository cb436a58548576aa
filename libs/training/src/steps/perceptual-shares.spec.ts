import { readdirSync } from 'node:fs';
import path from 'node:path';
import { DARKNET_TINY_PERCEPTUAL, perceptualTerms } from '@kinemacolor/losses';
import { buildGenerator, openFeatures } from '@kinemacolor/models';
import { loadBackend } from '@kinemacolor/tensor';
import { sharedFile } from '@kinemacolor/testing';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';

const [SIDE, COUNT] = [64, 8];
const darknet = sharedFile('weights/darknet-tiny');
const pictures = sharedFile('data/train/color');

beforeAll(async () => {
  await loadBackend('cpu');
});

/** Colour pictures in −1..1, spread over the folder. */
async function read(folder: string): Promise<tf.Tensor4D> {
  const names = readdirSync(folder).filter((name) => /\.(jpe?g|png)$/i.test(name)).sort(); // prettier-ignore
  const chosen = Array.from({ length: COUNT }, (_, i) => names[Math.floor((i * names.length) / COUNT)]!);
  const bytes = await Promise.all(
    chosen.map((name) => sharp(path.join(folder, name)).resize(SIDE, SIDE, { fit: 'fill' }).toColourspace('srgb').removeAlpha().raw().toBuffer()), // prettier-ignore
  );
  const values = Float32Array.from(Buffer.concat(bytes), (byte) => byte / 127.5 - 1);
  return tf.tensor4d(values, [COUNT, SIDE, SIDE, 3]);
}

describe.skipIf(darknet === undefined || pictures === undefined)(
  'the perceptual weights for Darknet (skipped without shared/weights/darknet-tiny and shared/data/train/color)',
  () => {
    it('let every term count alike at the start, with untrained generators, and the pixels as a fifth', async () => {
      const features = await openFeatures({ kind: 'darknet-tiny', path: darknet! });
      const real = await read(pictures!);
      const config = { width: 16, residualBlocks: 6, inputChannels: 3, outputChannels: 3 };
      const [there, back] = [buildGenerator(config, 1), buildGenerator(config, 1000)];
      tf.tidy(() => {
        const cycled = back.predict(there.predict(real)) as tf.Tensor4D;
        const terms = perceptualTerms(real, cycled, features.extract);
        const weights = DARKNET_TINY_PERCEPTUAL;
        const valueOf = (term: tf.Scalar): number => term.dataSync()[0]!;
        const pixels = weights.pixels * valueOf(terms.pixels);
        const others = [
          ...terms.features.map((term, i) => weights.features[i]! * valueOf(term)),
          ...terms.grams.map((term, i) => weights.grams[i]! * valueOf(term)),
        ];
        const whole = others.reduce((sum, term) => sum + term, pixels);
        expect(others).toHaveLength(8);
        expect(pixels / whole).toBeGreaterThan(0.15);
        expect(pixels / whole).toBeLessThan(0.25);
        for (const [i, term] of others.entries()) {
          expect(term / whole, `term ${i}`).toBeGreaterThan(0.06);
          expect(term / whole, `term ${i}`).toBeLessThan(0.15);
        }
      });
      features.dispose();
      real.dispose();
      there.dispose();
      back.dispose();
    });
  },
);
