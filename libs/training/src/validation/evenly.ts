/** At most so many of a list, evenly spread over it. */
export function evenly<T>(list: readonly T[], most: number): T[] {
  const count = Math.min(list.length, most);
  return Array.from({ length: count }, (_, i) => list[Math.floor((i * list.length) / count)]!);
}
