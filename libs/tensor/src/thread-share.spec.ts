import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

import type { ThreadShare } from './thread-share.js';

const INDEX = new URL('../dist/index.js', import.meta.url).href;
const SCRIPT = `
const { readdirSync } = await import('node:fs');
const { loadBackend } = await import(${JSON.stringify(INDEX)});
await loadBackend('cpu', JSON.parse(process.argv[1]));
console.log(readdirSync('/proc/self/task').length);`;

/** Threads of a process that has loaded the engine and run a graph. */
async function threadsWith(share: ThreadShare, env: NodeJS.ProcessEnv = {}): Promise<number> {
  const words = ['--input-type=module', '-e', SCRIPT, JSON.stringify(share)];
  const unset = { TF_NUM_INTRAOP_THREADS: undefined, TF_NUM_INTEROP_THREADS: undefined };
  const { stdout } = await promisify(execFile)(process.execPath, words, { env: { ...process.env, ...unset, ...env } });
  return Number(stdout);
}

describe.skipIf(process.platform !== 'linux')('the share of threads (Linux only: counts them)', () => {
  it('is the one asked for', async () => {
    const few = await threadsWith({ intraOp: 1, interOp: 2 });
    expect(await threadsWith({ intraOp: 3, interOp: 2 })).toBe(few + 2);
    expect(await threadsWith({ intraOp: 1, interOp: 5 })).toBeGreaterThanOrEqual(few + 3);
  });

  it('is what the user says in the environment, if they do', async () => {
    const env = { TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '2' };
    expect(await threadsWith({ intraOp: 3, interOp: 5 }, env)).toBe(await threadsWith({ intraOp: 1, interOp: 2 }));
  });
});
