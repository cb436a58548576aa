import { spawn } from 'node:child_process';

import { SetupError } from './failure.mjs';

const KEPT_LINES = 30;

/**
 * Runs a command to its end.
 *
 * The child gets a process group of its own, so that an abort ends its children as well.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, signal?: AbortSignal | undefined, cure?: string,
 *           input?: string, onLine?: (line: string) => void }} [options]
 * @returns {Promise<string>} what it wrote to stdout
 * @throws {SetupError} when it cannot be started, exits with another code than 0, or is killed; the message ends with
 *   its last lines
 */
export async function run(command, args, options = {}) {
  const { cwd, env, signal, input, onLine } = options;
  const cure = options.cure ?? 'See the lines above.';
  if (signal?.aborted) throw interrupted();
  const child = spawn(command, args, {
    cwd,
    env: env ?? process.env,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const killGroup = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  };
  signal?.addEventListener('abort', killGroup, { once: true });

  let stdout = '';
  const tail = [];
  const keep = (line) => {
    if (line.trim() === '') return;
    tail.push(line);
    if (tail.length > KEPT_LINES) tail.shift();
    onLine?.(line);
  };
  const outLines = lines(keep);
  const errLines = lines(keep);
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    outLines.push(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text) => errLines.push(text));
  if (input !== undefined) child.stdin?.end(input);

  try {
    const { code, killedBy } = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, by) => resolve({ code: exitCode, killedBy: by }));
    });
    outLines.end();
    errLines.end();
    if (signal?.aborted) throw interrupted();
    if (code === 0) return stdout;
    const how = code === null ? `was killed by ${killedBy}` : `failed with exit code ${code}`;
    throw new SetupError(`\`${[command, ...args].join(' ')}\` ${how}.\n${indent(tail)}`, cure);
  } catch (error) {
    if (error.code === 'ENOENT') throw new SetupError(`There is no command \`${command}\`.`, cure, { cause: error });
    throw error;
  } finally {
    signal?.removeEventListener('abort', killGroup);
  }
}

/** @returns {SetupError} */
export function interrupted() {
  return new SetupError('Interrupted.', 'What was finished is kept; run it again to go on.', { code: 'interrupted' });
}

function indent(list) {
  return list.map((line) => `    ${line}`).join('\n');
}

/** Splits text that arrives in pieces into lines; a carriage return ends a line too (progress bars). */
function lines(take) {
  let rest = '';
  return {
    push(text) {
      const parts = (rest + text).split(/\r\n|\n|\r/);
      rest = parts.pop() ?? '';
      for (const part of parts) take(part);
    },
    end() {
      if (rest !== '') take(rest);
      rest = '';
    },
  };
}
