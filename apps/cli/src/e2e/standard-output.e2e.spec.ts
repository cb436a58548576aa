import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { openSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openClient } from '@kinemacolor/client';
import { startTestService, type TestService } from '@kinemacolor/client/testing';
import { makeClip, scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BIN, tinyModel } from './run-cli.js';

const folder = scratchDir();
const at = (name: string): string => path.join(folder, name);
/** More than a pipe holds. */
const NOISE = 'nullsrc=size=160x120:rate=25,geq=random(1)*255:128:128';
let service: TestService;
let commands: Readonly<Record<'submit' | 'download' | 'colorize' | 'jobs', readonly string[]>>;
beforeAll(async () => {
  service = await startTestService();
  await writeFile(at('film.mkv'), randomBytes(2 ** 21));
  const clip = await makeClip({ folder, name: 'clip.mp4', frames: 50, picture: NOISE });
  const client = openClient({ address: service.address });
  const { id } = await client.jobs.submit(at('film.mkv'));
  await client.jobs.wait(id);
  client.close();
  commands = {
    submit: ['submit', at('film.mkv'), '-o', '-'],
    download: ['download', id, '-o', '-'],
    colorize: ['colorize', clip, '-o', '-', '--codec', 'ffv1', '--model', await tinyModel(folder)],
    jobs: ['jobs', '--all'],
  };
}, 60_000);
afterAll(() => {
  service.close();
});

/** Runs a command with a standard output that fails. @returns its exit code and what it told */
async function run(command: keyof typeof commands, output: 'full' | 'closed'): Promise<[number | null, string]> {
  const to = output === 'full' ? openSync('/dev/full', 'w') : 'pipe';
  const child = spawn(process.execPath, [BIN, ...commands[command]], {
    stdio: ['ignore', to, 'pipe'],
    env: { ...process.env, KINEMACOLOR_SERVER: service.address, KINEMACOLOR_WORKERS: '1' },
  });
  const told: Buffer[] = [];
  child.stderr!.on('data', (chunk: Buffer) => told.push(chunk));
  // As `head -c 100` does.
  child.stdout?.once('data', () => child.stdout?.destroy());
  const [code] = (await once(child, 'close')) as [number | null];
  return [code, Buffer.concat(told).toString()];
}

describe('standard output', () => {
  it.each(['submit', 'download', 'colorize', 'jobs'] as const)('on a full disk: %s says so', async (command) => {
    const [code, told] = await run(command, 'full');
    expect(told).toMatch(/^kinemacolor: (standard output|the output stream): no space left on the disk/m);
    expect(told.match(/kinemacolor: /g)).toHaveLength(1);
    expect(told).not.toMatch(/\n\s+at /);
    expect(code).toBe(7);
  });

  it.each(['submit', 'download', 'colorize'] as const)('that is closed is no place for a film: %s', async (command) => {
    const [code, told] = await run(command, 'closed');
    expect(told).toMatch(/^kinemacolor: .*: cannot be written: the program that reads/m);
    expect(code).toBe(6);
  });

  it('that is closed has told enough: jobs', async () => {
    expect(await run('jobs', 'closed')).toEqual([0, '']);
  });
});
