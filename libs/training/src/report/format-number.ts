/** A number for people: four digits, thousands apart, very small and very large ones as powers of ten. */
export function formatNumber(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return String(value);
  if (size < 1e-3 || size >= 1e7) return Number(value.toPrecision(4)).toExponential().replace('e+', 'e');
  return Number(value.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 6 });
}

/** Counts, whole: 12,345. */
export const formatCount = (value: number): string => Math.round(value).toLocaleString('en-US');

/** 75 → `1 min`, 3700 → `1 h 2 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** ISO 8601 → `2025-01-31 13:05 UTC`; what is no time stays as it is. */
export function formatTime(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
