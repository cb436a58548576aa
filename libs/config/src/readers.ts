import { z } from 'zod';

/**
 * A number that may arrive as text, checked by `inner`. Unlike `z.coerce.number()`, which makes 0 of an empty text and
 * 1 of `true`, only what reads as a decimal number is one.
 */
export function readNumber<Inner extends z.ZodType<number | undefined>>(inner: Inner): z.ZodPreprocess<Inner>;
export function readNumber(): z.ZodPreprocess<z.ZodNumber>;
export function readNumber(inner: z.ZodType<number | undefined> = z.number()): z.ZodPreprocess {
  return z.preprocess((raw) => (typeof raw === 'string' && DECIMAL.test(raw.trim()) ? Number(raw) : raw), inner);
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * True or false, or one of the words true/false, yes/no, on/off, 1/0 in any case. Unlike `z.coerce.boolean()`, which
 * makes true of the text `false`.
 */
export function readBoolean(): z.ZodPreprocess<z.ZodBoolean> {
  return z.preprocess(
    (raw) => (typeof raw === 'string' ? (WORDS.get(raw.trim().toLowerCase()) ?? raw) : raw),
    z.boolean(),
  );
}

const WORDS: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'on', '1'].map((word) => [word, true] as const),
  ...['false', 'no', 'off', '0'].map((word) => [word, false] as const),
]);
