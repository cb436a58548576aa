import { availableParallelism } from 'node:os';
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

/** How many threads work: `auto`, which is the default, or a number up to the cores of this machine. */
export function readWorkers(cores = availableParallelism()) {
  return z
    .string()
    .default('auto')
    .transform((text, context) => {
      const count = Number(text);
      if (text === 'auto') return 'auto' as const;
      if (Number.isInteger(count) && count >= 1 && count <= cores) return count;
      context.addIssue(`Must be auto, or 1 to ${cores}, the cores of this machine`);
      return z.NEVER;
    });
}

/** Where a server listens: `HOST:PORT`, an IPv6 host in brackets, port 0 for a free one; or `unix:PATH`. */
export function readListen() {
  return z.string().refine((text) => {
    if (/^unix:./.test(text)) return true;
    const [, port] = /^(?:\[[0-9a-f:.%]+\]|[^\s:/[\]]+):(\d{1,5})$/i.exec(text) ?? [];
    return port !== undefined && Number(port) <= 65_535;
  }, 'Must be HOST:PORT, as in 127.0.0.1:50051, with a port of at most 65535');
}
