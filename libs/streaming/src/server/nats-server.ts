import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isRunning, makeFolders } from '@kinemacolor/config';
import { StreamingError } from '../streaming-error.js';
import { configuration, PID_FILE } from './configuration.js';
import { findNatsServer } from './find-nats-server.js';

export interface NatsServerOptions {
  /** What it keeps lies here, and outlives it. */
  readonly folder: string;
  /** 0: a free one. */
  readonly port?: number;
  /** Default: `findNatsServer()`. */
  readonly binary?: string;
  /** Whom alone it lets in; default: whoever reaches it. */
  readonly login?: NatsLogin;
  /** Whether an acknowledged message is on the disk; in a cluster the copies will do. Default true. */
  readonly sync?: boolean;
  /** More of its configuration, in its own words. */
  readonly more?: string;
}

export interface NatsLogin {
  readonly user: string;
  readonly password: string;
}

/** A NATS server of this process's own, on loopback only. */
export interface NatsServer {
  /** With the login, if there is one: not to be shown. */
  readonly url: string;
  readonly pid: number;
  /** Settles when it has ended, however that came. */
  readonly gone: Promise<void>;
  /** Ends it as SIGTERM does. Idempotent. */
  stop(): Promise<void>;
}

const PATIENCE_MS = 15_000;
const LAST_WORDS = 4_000;

/**
 * Starts a server with JetStream. Every acknowledged message is on the disk (`sync_interval: always`, where the server is
 * new enough to have it).
 * @throws StreamingError `SERVER_MISSING`; `SERVER_FAILED` with its last words; `BUSY` when one runs in that folder
 */
export async function startNatsServer(options: NatsServerOptions): Promise<NatsServer> {
  const { folder, login } = options;
  const program = options.binary ?? (await findNatsServer());
  // Films are nobody else's business.
  await makeFolders(folder, 0o700);
  await refuseSecond(folder);
  const ports = path.join(folder, 'ports');
  await rm(ports, { recursive: true, force: true });
  await mkdir(ports);
  const config = configOf(folder);
  // Made anew, as the mode is that of a new file.
  await rm(config, { force: true });
  await writeFile(config, await configuration(options, ports), { mode: 0o600 });
  // A process group of its own: Ctrl-C in the terminal is for whoever started it, who stops it last.
  const child = spawn(program, ['--config', config], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-LAST_WORDS);
  });
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve();
    });
    child.once('error', (error) => {
      words += error.message;
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await gone;
  };
  const ended = gone.then(() => 'ended' as const);
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until) {
    const url = await announced(ports);
    if (url !== undefined) return { url: withLogin(url, login), pid: child.pid!, gone, stop };
    if ((await Promise.race([ended, pause(20)])) === 'ended') break;
  }
  await stop();
  throw new StreamingError('SERVER_FAILED', `nats-server did not start: ${words.trim().split('\n').at(-1) ?? ''}`);
}

/** Its name tells which folder a server works in. */
const configOf = (folder: string): string => path.join(path.resolve(folder), 'nats.conf');

/**
 * Ends the server that runs in a folder, as it outlived the process that started it. What it keeps stays.
 * @returns its process; undefined when there is none
 */
export async function endLeftServer(folder: string): Promise<number | undefined> {
  const pid = await pidIn(folder);
  const config = configOf(folder);
  if (pid === undefined || !(await isNats(pid, config))) return undefined;
  const until = performance.now() + PATIENCE_MS;
  let signal: NodeJS.Signals | 0 = 'SIGTERM';
  // One that is ending has no command line any more, but may have its files open.
  while (isRunning(pid) && ((await commandOf(pid)) === '' || (await isNats(pid, config))) && kill(pid, signal)) {
    signal = performance.now() > until ? 'SIGKILL' : 0;
    await pause(20);
  }
  return pid;
}

/** @returns false when there is no such process, or it is nobody's who may be told anything by us */
function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

async function pidIn(folder: string): Promise<number | undefined> {
  const pid = Number(await readFile(path.join(folder, PID_FILE), 'utf8').catch(() => ''));
  return pid > 0 ? pid : undefined;
}

/** Two servers in one folder would destroy what it keeps. @throws StreamingError `BUSY` */
async function refuseSecond(folder: string): Promise<void> {
  const pid = await pidIn(folder);
  if (pid === undefined || !(await isNats(pid, 'nats-server'))) return;
  throw new StreamingError(
    'BUSY',
    `A NATS server (process ${pid}) uses ${folder} already: stop it, or give another folder.`,
  );
}

/**
 * Whether a process runs and, where that can be seen, is a NATS server: a number of a dead one may have been given again.
 * @param word of its command line
 */
async function isNats(pid: number, word: string): Promise<boolean> {
  return isRunning(pid) && ((await commandOf(pid)) ?? word).includes(word);
}

/** The command line of a process; undefined where it cannot be seen. */
async function commandOf(pid: number): Promise<string | undefined> {
  return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
}

function withLogin(url: string, login: NatsLogin | undefined): string {
  if (login === undefined) return url;
  return url.replace('://', `://${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@`);
}

/** The URL that the server wrote when it was ready for clients. */
async function announced(folder: string): Promise<string | undefined> {
  const [name] = await readdir(folder);
  if (name === undefined) return undefined;
  const text = await readFile(path.join(folder, name), 'utf8');
  // It may be half written.
  return /"nats":\s*\[\s*"([^"]+)"/.exec(text)?.[1];
}
