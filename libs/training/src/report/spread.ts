/** At most `most` of the list, evenly spaced, the first and the last among them; just the last when one is wanted. */
export function spread<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  if (most <= 1) return list.slice(list.length - Math.max(0, most));
  const step = (list.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, i) => list[Math.round(i * step)]!);
}
