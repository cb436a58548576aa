import { setTimeout as pause } from 'node:timers/promises';
import { ConfigError } from '@kinemacolor/config';
import { failureOf, tellParent, type FailedMessage } from './failure.js';
import { openHealth, type Health } from './health.js';
import { errorFields, type Log } from './log.js';

/** Something that runs until it is told to stop. */
export interface Service {
  /** What whoever started it needs to know of it, such as its address. */
  readonly facts?: Readonly<Record<string, string | number>>;
  /** Settles when it has ended by itself; fails when it cannot go on. */
  readonly ended: Promise<void>;
  /** Whether it can work now: what it needs answers. */
  healthy(): Promise<boolean>;
  /** Takes nothing new, finishes or hands back what it has, and closes. Idempotent. */
  drain(): Promise<void>;
}

export interface RunOptions {
  readonly name: string;
  readonly log: Log;
  /** How long draining may take, milliseconds; then the process ends anyway, with exit code 1. */
  readonly graceMs: number;
  /** `HOST:PORT` where its health is told; default: nowhere. */
  readonly health?: string | undefined;
  readonly start: () => Promise<Service>;
  /** Done at the very end, however that came. Must be quick, and not fail. */
  readonly last?: () => Promise<void>;
}

/** How long a process that has closed everything may take to end, milliseconds. */
const ENDS_BY_ITSELF_MS = 2_000;

/** What a service says to the process that started it, if there is one. */
export interface ReadyMessage {
  readonly kind: 'ready';
  readonly name: string;
  /** How long it may take to end when it is told to, milliseconds. */
  readonly graceMs: number;
  readonly facts: Readonly<Record<string, string | number>>;
}

/**
 * Runs a service as this process: starts it, drains it at SIGTERM, SIGINT or when the process that started it is gone, and
 * sets the exit code: 0 when it was drained in time, 1 when it failed. Why it could not start is told by `cannotStart`; an
 * error later on is one line of the log.
 */
export async function runService({ name, log, graceMs, health: at, start, last }: RunOptions): Promise<void> {
  const stop = stopRequested();
  let health: Health;
  let service: Service;
  try {
    health = await openHealth(at);
    service = await start();
  } catch (error) {
    // What it has opened by then, such as a connection, would keep the process.
    const code = await cannotStart(name, error, log);
    await last?.();
    process.exit(code);
  }
  try {
    health.started(() => service.healthy());
    const facts = service.facts ?? {};
    log.info(facts, 'ready');
    const ready: ReadyMessage = { kind: 'ready', name, graceMs, facts };
    process.send?.(ready);
    const why = await Promise.race([stop, service.ended.then(() => 'it ended')]);
    log.info({ why }, 'draining');
    health.draining();
    if (!(await within(graceMs, service.drain()))) {
      log.error({ graceMs }, 'not drained in time');
      await last?.();
      process.exit(1);
    }
    log.info('drained');
  } catch (error) {
    log.error(errorFields(error), 'failed');
    await last?.();
    // What it has open, such as a connection to a server that is away, would keep the process for ever.
    process.exit(1);
  } finally {
    await last?.();
    await health.close();
    endSoon(log);
    // Else the channel to the parent keeps the process alive.
    if (process.connected) process.disconnect();
  }
}

/** What is done has no say in when the process ends: a timer or a connection that a library has left open would keep it for ever. */
function endSoon(log: Log): void {
  const late = setTimeout(() => {
    log.warn({ open: process.getActiveResourcesInfo() }, 'something is left open; the process ends all the same');
    process.exit();
  }, ENDS_BY_ITSELF_MS);
  // It is not what keeps it, either.
  late.unref();
}

/**
 * Tells why a service could not start: the process that started it, if it listens; else the log, or, of wrong settings, the
 * user.
 * @returns the exit code: 2 for wrong settings, 1 otherwise
 */
export async function cannotStart(name: string, error: unknown, log?: Log): Promise<number> {
  const wrong = error instanceof ConfigError;
  const message: FailedMessage = { kind: 'failed', name, failure: failureOf(error) };
  if (!(await tellParent(message))) {
    if (wrong || log === undefined) console.error(message.failure.message);
    else log.error(errorFields(error), 'cannot start');
  }
  return wrong ? 2 : 1;
}

function stopRequested(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        resolve(signal);
      });
    }
    process.once('disconnect', () => {
      resolve('its parent is gone');
    });
  });
}

/** Whether the work was done in this time. */
async function within(ms: number, work: Promise<void>): Promise<boolean> {
  const done = new AbortController();
  const late = pause(ms, false, { signal: done.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    done.abort();
  }
}
