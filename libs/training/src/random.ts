/** A small generator of random numbers whose whole state can be stored: sfc32 (Chris Doty-Humphrey, PractRand). */
export class Random {
  private readonly state: Uint32Array;

  constructor(seed: number | readonly number[]) {
    if (typeof seed !== 'number') {
      this.state = Uint32Array.from(seed);
      return;
    }
    this.state = Uint32Array.of(0x9e3779b9, 0x243f6a88, seed >>> 0, 1);
    for (let i = 0; i < 12; i++) this.next();
  }

  /** Four 32-bit numbers; `new Random(snapshot)` goes on exactly from here. */
  snapshot(): number[] {
    return [...this.state];
  }

  /** Uniform in [0, 1). */
  next(): number {
    const s = this.state;
    const t = (s[0]! + s[1]! + s[3]!) >>> 0;
    s[3] = s[3]! + 1;
    s[0] = s[1]! ^ (s[1]! >>> 9);
    s[1] = s[2]! + (s[2]! << 3);
    s[2] = ((s[2]! << 21) | (s[2]! >>> 11)) + t;
    return t / 0x1_0000_0000;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** A whole number in [0, n). */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** Standard normal (Box and Muller 1958). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }
}
