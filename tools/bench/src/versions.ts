import { execFile } from 'node:child_process';
import { release } from 'node:os';
import { promisify } from 'node:util';
import { ROOT } from './paths.js';

const run = promisify(execFile);

/** What every result names: Node, the kernel, and the commit that was measured (with `+` when it was changed since). */
export async function commonVersions(): Promise<Record<string, string>> {
  return { commit: await commit(), node: process.versions.node, kernel: release() };
}

/** `unknown` outside a git checkout, such as in an unpacked archive. */
async function commit(): Promise<string> {
  try {
    const { stdout } = await run('git', ['describe', '--always', '--dirty=+', '--exclude=*'], { cwd: ROOT });
    return stdout.trim();
  } catch {
    return 'unknown';
  }
}
