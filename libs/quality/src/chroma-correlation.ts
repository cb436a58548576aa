import { type ChromaPlanes, type Plane, checkChroma, checkSameSize } from './image.js';
import { QualityError } from './quality-error.js';

// Below this mean square (levels²) a plane is flat, and what is left is rounding.
const FLAT = 1e-8;

const mean = (plane: Plane): number => {
  let sum = 0;
  for (const value of plane) sum += value;
  return sum / plane.length;
};

/**
 * Pearson correlation of output and true chroma, pooled over a set: from each picture, and from U and V apart, the
 * picture's own mean is taken away; then `Σ o·t / √(Σ o² · Σ t²)` over all pixels of both planes of all pictures.
 * -1..1, higher is better. A uniform wash, grey included, is 0 by definition, however well it matches the average
 * colour: only placing colour on the right things scores.
 */
export class ChromaCorrelation {
  private products = 0;
  private outSquares = 0;
  private truthSquares = 0;
  private values = 0;

  /**
   * Adds one picture. The planes may be bytes or floats.
   * @throws QualityError `BAD_PICTURE`, `SIZE_MISMATCH`
   */
  add(out: ChromaPlanes, truth: ChromaPlanes): void {
    checkChroma(out);
    checkChroma(truth);
    checkSameSize(out, truth);
    this.addPlane(out.u, truth.u);
    this.addPlane(out.v, truth.v);
  }

  /** @throws QualityError `NOTHING_ADDED` */
  value(): number {
    if (this.values === 0) {
      throw new QualityError('NOTHING_ADDED', 'The chroma correlation has no pictures yet: add at least one pair.');
    }
    const flat = FLAT * this.values;
    if (this.outSquares <= flat || this.truthSquares <= flat) return 0;
    return this.products / Math.sqrt(this.outSquares * this.truthSquares);
  }

  private addPlane(out: Plane, truth: Plane): void {
    const outMean = mean(out);
    const truthMean = mean(truth);
    for (let i = 0; i < out.length; i++) {
      const o = out[i]! - outMean;
      const t = truth[i]! - truthMean;
      this.products += o * t;
      this.outSquares += o * o;
      this.truthSquares += t * t;
    }
    this.values += out.length;
  }
}
