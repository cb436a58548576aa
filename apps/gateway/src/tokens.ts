import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { errorFields, type Log } from '@kinemacolor/lifecycle';

/** Who calls. */
export interface Caller {
  /** Name of the token; empty where none is needed. */
  readonly name: string;
  /** Jobs at a time; undefined: the service's own limit. */
  readonly mostJobs: number | undefined;
}

interface Token extends Caller {
  readonly hash: Buffer;
}

/** The tokens of a file as it is now. */
export interface Tokens {
  /** @returns who has this token; undefined when nobody has */
  find(token: string): Caller | undefined;
  close(): void;
}

/** How often the file is looked at, milliseconds. Watching it would miss files that are replaced by links, as in Kubernetes. */
const LOOK_MS = 2_000;

/**
 * Reads the tokens, and again whenever the file has changed and stays so from one look to the next. A change that cannot be read is logged, and the tokens before it
 * stand.
 * @throws Error when the file cannot be read at first, with the line that is wrong
 */
export async function openTokens(path: string, log: Log, lookMs = LOOK_MS): Promise<Tokens> {
  let seen = await stamp(path);
  let tokens = parseTokens(path, await readFile(path, 'utf8'));
  let changing = seen;
  let looking = false;
  const look = async (): Promise<void> => {
    const now = await stamp(path);
    if (now === seen) return;
    // Twice the same: whoever writes it has done so. Half a file would lock out whoever stands in the other half.
    if (now !== changing) {
      changing = now;
      return;
    }
    seen = now;
    tokens = parseTokens(path, await readFile(path, 'utf8'));
    log.info({ tokens: tokens.length }, 'tokens read again');
  };
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    look()
      .catch((error: unknown) => {
        log.error(errorFields(error), 'the tokens stay as they were');
      })
      .finally(() => (looking = false));
  }, lookMs);
  timer.unref();
  return {
    find: (token) => findToken(tokens, token),
    close: () => {
      clearInterval(timer);
    },
  };
}

async function stamp(path: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(path);
  return `${mtimeMs}:${size}:${ino}`;
}

/** Compares with every one, so that the time it takes tells nothing. */
function findToken(tokens: readonly Token[], token: string): Caller | undefined {
  const hash = createHash('sha256').update(token).digest();
  let found: Caller | undefined;
  for (const one of tokens) if (timingSafeEqual(one.hash, hash)) found = one;
  return found;
}

/** @throws Error naming the line, never what it says: it may hold a token by mistake */
export function parseTokens(path: string, text: string): readonly Token[] {
  const names = new Set<string>();
  return text.split('\n').flatMap((line, index) => {
    const words = line.trim();
    if (words === '' || words.startsWith('#')) return [];
    const [, name, hash, most] = /^([\w.-]{1,64})\s+([0-9a-f]{64})(?:\s+([1-9]\d{0,4}))?$/i.exec(words) ?? [];
    if (name === undefined || hash === undefined) {
      throw new Error(
        `${path}:${index + 1}: a line is a name, the SHA-256 of a token (64 hexadecimal digits), and, if wanted, most jobs.`,
      );
    }
    if (names.has(name)) throw new Error(`${path}:${index + 1}: the name ${name} is there already.`);
    names.add(name);
    return [{ name, hash: Buffer.from(hash, 'hex'), mostJobs: most === undefined ? undefined : Number(most) }];
  });
}
