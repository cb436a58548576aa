import type { ChromaBytes } from '@kinemacolor/models';

/** What a model is tried on: a picture, and what it painted for it. */
export interface Tried {
  readonly name: string;
  readonly pixels: number;
  readonly chroma: ChromaBytes;
}

/** Pictures of a side × side pixels to try a model on: a gradient, and noise that is the same every time. */
export function testPictures(side: number): { readonly name: string; readonly luma: Uint8Array }[] {
  let state = 1;
  const noise = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24;
  const gradient = Uint8Array.from({ length: side * side }, (_, i) => Math.round((255 * (i % side)) / (side - 1)));
  return [
    { name: 'a gradient', luma: gradient },
    { name: 'noise', luma: Uint8Array.from({ length: side * side }, noise) },
  ];
}

/** Most pixels of a plane that may be at the end of the range: weights that are no numbers paint nothing else. */
const MOST_EXTREME = 0.9;

/** @returns what is wrong with what a model painted; undefined when nothing is */
export function whatIsWrong(tried: readonly Tried[]): string | undefined {
  for (const { name, pixels, chroma } of tried) {
    for (const [plane, values] of Object.entries({ U: chroma.u, V: chroma.v })) {
      if (values.length !== pixels) return `for ${name} of ${pixels} pixels it painted ${values.length} of ${plane}`;
      const extreme = values.reduce((sum, value) => sum + (value === 0 || value === 255 ? 1 : 0), 0);
      if (extreme > MOST_EXTREME * pixels) return `for ${name} its ${plane} is nearly all 0 or 255`;
    }
  }
  const isFlat = (values: Uint8Array): boolean => values.every((value) => value === values[0]);
  const flat = tried.filter(({ chroma }) => isFlat(chroma.u) && isFlat(chroma.v)).map(({ name }) => name);
  return flat.length === tried.length ? `it paints one colour for all of ${flat.join(' and ')}` : undefined;
}
