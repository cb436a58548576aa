/** A wave with so many turns over the picture, in −1..1, at one pixel. */
type Wave = (turns: number) => number;

/** A square picture of waves, `size × size × channels`: there is something to learn in it, and no file to fetch. */
export function drawWaves(size: number, channelsOf: (wave: Wave) => readonly number[]): Float32Array {
  const values = Array.from({ length: size * size }, (_, i) => {
    const [x, y] = [i % size, Math.floor(i / size)];
    const angle = (turns: number, at: number): number => (2 * Math.PI * turns * at) / size;
    return channelsOf((turns) => Math.sin(angle(turns, x)) * Math.cos(angle(turns, y)));
  });
  return Float32Array.from(values.flat());
}
