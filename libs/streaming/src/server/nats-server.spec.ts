import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import { expect, it, onTestFinished } from 'vitest';

import { endLeftServer } from './nats-server.js';

it('a left server is ended, though its parent takes no notice of its end', async () => {
  const folder = path.join(scratchDir(), 'left');
  await mkdir(folder, { recursive: true });
  // By its command line it is a server of that folder; its parent is one that does not wait for it.
  const parent = spawn(
    'sh',
    ['-c', '"$0" -e "console.log(process.pid); setInterval(() => 0, 1000)" "$1" & exec sleep 300', process.execPath, path.join(folder, 'nats.conf')], // prettier-ignore
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [said] = (await once(parent.stdout.setEncoding('utf8'), 'data')) as [string];
  const pid = Number(said);
  await writeFile(path.join(folder, 'nats.pid'), String(pid));
  expect(await endLeftServer(folder)).toBe(pid);
  await expect.poll(() => readFile(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ');
  // There is none any more.
  expect(await endLeftServer(folder)).toBeUndefined();
});
