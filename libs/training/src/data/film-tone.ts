import type { Random } from '../random.js';

/** Film does not see as a camera of today: another gamma and contrast, and grain. Luma in and out in −1..1. */
export function filmTone(random: Random): (grey: number) => number {
  const gamma = Math.exp(random.between(-0.35, 0.35));
  const contrast = random.between(0.75, 1.15);
  const lift = random.between(-0.1, 0.1);
  const grain = random.next() < 0.5 ? random.between(0, 0.06) : 0;
  return (grey) => {
    const curved = 2 * ((Math.max(-1, grey) + 1) / 2) ** gamma - 1;
    const noisy = curved * contrast + lift + (grain === 0 ? 0 : grain * random.normal());
    return Math.min(1, Math.max(-1, noisy));
  };
}
