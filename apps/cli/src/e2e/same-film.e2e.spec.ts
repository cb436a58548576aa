import path from 'node:path';
import { startServices, type Services } from '@kinemacolor/serve';
import { makeVfrClip, scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { fingerprint } from './film-fingerprint.js';
import { runCli, tinyModel } from './run-cli.js';

const folder = scratchDir();
const inFolder = (name: string): string => path.join(folder, name);

let services: Services;
let model: string;
beforeAll(async () => {
  model = await tinyModel(folder);
  services = await startServices({
    folder: inFolder('data'),
    listen: '127.0.0.1:0',
    env: {
      KINEMACOLOR_LOG_LEVEL: 'error',
      KINEMACOLOR_FILE_BYTES: String(2 ** 29),
      KINEMACOLOR_MEMORY_BYTES: String(2 ** 27),
      KINEMACOLOR_MODEL: model,
      // No calibrations: the user's cache is not for test models.
      KINEMACOLOR_WORKERS: '1',
    },
  });
}, 120_000);
afterAll(() => services.stop(), 60_000);

describe('the services and the command on one machine', () => {
  it.each([['mkv'], ['mp4']])(
    'make the same film, picture by picture (%s)',
    async (extension) => {
      // Two shots and a moving picture, so that cuts and smoothing have something to do; longer than a segment.
      const picture =
        'testsrc2=size=128x96:rate=25:duration=6[a];mandelbrot=size=128x96:rate=25,trim=duration=8[b];[a][b]concat';
      const clip = await makeVfrClip({ folder, name: `same-${extension}.mkv`, frames: 260, picture, audio: 'aac' });
      const [one, other] = [inFolder(`command.${extension}`), inFolder(`services.${extension}`)];
      const codec =
        extension === 'mkv' ? ['--codec', 'ffv1'] : ['--codec', 'h264', '--crf', '0', '--preset', 'ultrafast'];
      const submitted = await runCli(['submit', clip, '-o', other, '--server', services.address, '--quiet', ...codec]);
      expect(submitted.stderr).toBe('');
      expect(submitted.code).toBe(0);
      const run = await runCli(['colorize', clip, '-o', one, '--model', model, '--quiet', ...codec]);
      expect(run.code).toBe(0);
      const [command, service] = [await fingerprint(one), await fingerprint(other)];
      expect(service.pictures.map((line) => line.split(' ')[1])).toEqual(command.pictures.map((line) => line.split(' ')[1])); // prettier-ignore
      expect(service.pictures).toHaveLength(260);
      expect(service.sound).toBe(command.sound);
    },
    120_000,
  );
});
