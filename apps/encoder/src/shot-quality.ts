import { colourfulness, Flicker, yuvToRgb, type Yuv } from '@kinemacolor/quality';
import type { SteadyFrame } from '@kinemacolor/pipeline';
import { measure, METRICS } from '@kinemacolor/telemetry';

/** Two frames, one after the other, are looked at of every so many. */
const EVERY = 12;
/** And of these every so many-th pixel of every so many-th row: it is a mean over a shot. */
const STEP = 4;

/** How a shot came out. */
export interface Quality {
  /** After Hasler and Süsstrunk: 0 is grey. */
  readonly colourfulness: number;
  /** Of pixels that stood still, 8-bit levels a frame; undefined: none did. */
  readonly flicker: number | undefined;
}

/** What painted the frames. */
export interface Painter {
  readonly model: string;
  readonly modelVersion: string;
}

/**
 * Tells of each shot how colourful it came out and how much its colours flicker, as signs of a model that has gone wrong. Films
 * differ: it is the change over many shots that says something.
 */
export class ShotQuality {
  #flicker = new Flicker();
  #colourfulness = 0;
  #looks = 0;
  #frames = 0;
  #painter: Painter | undefined;

  constructor(
    private readonly width: number,
    private readonly height: number,
    private readonly onShot: (quality: Quality, painter: Painter) => void = tellQuality,
  ) {}

  /** @param painter of this frame; a shot is told under that of its first */
  add(frame: SteadyFrame, painter: Painter): void {
    if (frame.cut) this.end();
    this.#painter ??= painter;
    const place = this.#frames % EVERY;
    this.#frames += 1;
    if (place > 1) return;
    const small = this.#small(frame);
    if (place === 0) {
      this.#flicker.cut();
      this.#colourfulness += colourfulness(yuvToRgb(small));
      this.#looks += 1;
    }
    this.#flicker.add(small);
  }

  /** The shot, or the film, has ended. */
  end(): void {
    if (this.#painter !== undefined) {
      const flicker = this.#flicker.stillPixels > 0 ? this.#flicker.value() : undefined;
      this.onShot({ colourfulness: this.#colourfulness / this.#looks, flicker }, this.#painter);
    }
    this.#flicker = new Flicker();
    this.#colourfulness = 0;
    this.#looks = 0;
    this.#frames = 0;
    this.#painter = undefined;
  }

  #small({ luma, u, v }: SteadyFrame): Yuv {
    const width = Math.ceil(this.width / STEP);
    const height = Math.ceil(this.height / STEP);
    const pick = (plane: Uint8Array): Uint8Array => {
      const picked = new Uint8Array(width * height);
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) picked[y * width + x] = plane[y * STEP * this.width + x * STEP]!;
      }
      return picked;
    };
    return { width, height, y: pick(luma), u: pick(u), v: pick(v) };
  }
}

function tellQuality({ colourfulness: value, flicker }: Quality, { model, modelVersion }: Painter): void {
  measure(METRICS.shotColourfulness, value, { model, modelVersion });
  if (flicker !== undefined) measure(METRICS.shotFlicker, flicker, { model, modelVersion });
}
