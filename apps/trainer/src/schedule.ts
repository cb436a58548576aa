/** Linear warm-up, then half a cosine down to `floor` × peak (Loshchilov and Hutter, SGDR 2017). */
export function cosineRate(
  step: number,
  { peak, steps, warmUp, floor }: { peak: number; steps: number; warmUp: number; floor: number },
): number {
  if (step < warmUp) return (peak * (step + 1)) / warmUp;
  const share = Math.min(1, (step - warmUp) / Math.max(1, steps - warmUp));
  return peak * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * share)));
}
