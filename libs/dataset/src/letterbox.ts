import type { PictureBox } from '@kinemacolor/media';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Frames that may show light in a bar: a flash, a subtitle, a scratch. */
const OUTLIERS = 0.02;
/** The line where bar and picture meet is a mixture of both, and compression smears it. */
const MARGIN = 2;
/** A border thinner than this is the edge of a scan, not worth another shape for the whole film. */
const THINNEST = 4;
/** Bars leave at least this share of each side; more than that is darkness. */
const LEAST_LEFT = 0.4;

/** Finds the dark bars around a film: a border counts only when nearly all frames of the film agree on it. */
export class Letterbox {
  private readonly left: Uint32Array;
  private readonly top: Uint32Array;
  private readonly right: Uint32Array;
  private readonly bottom: Uint32Array;
  private frames = 0;

  constructor(private readonly film: Size) {
    const { width, height } = film;
    [this.left, this.right] = [new Uint32Array(width), new Uint32Array(width)];
    [this.top, this.bottom] = [new Uint32Array(height), new Uint32Array(height)];
  }

  /** @param lit what the dark borders of a frame leave; a frame that is dark all over says nothing */
  add(lit: PictureBox | undefined): void {
    if (lit === undefined) return;
    const { width, height } = this.film;
    this.frames += 1;
    count(this.left, lit.left);
    count(this.top, lit.top);
    count(this.right, width - lit.left - lit.width);
    count(this.bottom, height - lit.top - lit.height);
  }

  /** The picture inside the bars, on even lines (colour has half the lines); `undefined` when there are no bars. */
  crop(): PictureBox | undefined {
    const { width, height } = this.film;
    const [left, top] = [this.inner(this.left), this.inner(this.top)];
    const box = { left, top, width: even(width - left - this.inner(this.right)), height: even(height - top - this.inner(this.bottom)) }; // prettier-ignore
    const tooMuch = box.width < LEAST_LEFT * width || box.height < LEAST_LEFT * height;
    const nothing = left === 0 && top === 0 && box.width === even(width) && box.height === even(height);
    return tooMuch || nothing ? undefined : box;
  }

  private inner(widths: Uint32Array): number {
    const border = agreed(widths, Math.floor(OUTLIERS * this.frames));
    return border < THINNEST ? 0 : border + MARGIN + (border % 2);
  }
}

function count(widths: Uint32Array, border: number): void {
  const at = Math.min(widths.length - 1, Math.max(0, border));
  widths[at] = widths[at]! + 1;
}

/** The thinnest border when so many frames with the thinnest are left out. */
function agreed(widths: Uint32Array, without: number): number {
  let seen = 0;
  const found = widths.findIndex((frames) => (seen += frames) > without);
  return Math.max(0, found);
}

const even = (length: number): number => length - (length % 2);
