import path from 'node:path';
import { startServices, type Services } from '@kinemacolor/serve';
import { makeClip, makeVfrClip, runFfmpeg, runFfprobe, scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { fingerprint } from './film-fingerprint.js';
import { runCli, tinyModel } from '../run-cli.js';

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
  const lossless = {
    mkv: ['--codec', 'ffv1'],
    mp4: ['--codec', 'h264', '--crf', '0', '--preset', 'ultrafast'],
  } as const;

  /** What both make of a film, picture by picture; it must be the same. */
  async function sameFilm(clip: string, extension: 'mkv' | 'mp4', frames: number): Promise<string> {
    const name = path.basename(clip);
    const [one, other] = [inFolder(`command-${name}.${extension}`), inFolder(`services-${name}.${extension}`)];
    const codec = lossless[extension];
    const submitted = await runCli(['submit', clip, '-o', other, '--server', services.address, '--quiet', ...codec]);
    expect(submitted.stderr).toBe('');
    expect(submitted.code).toBe(0);
    const run = await runCli(['colorize', clip, '-o', one, '--model', model, '--quiet', ...codec]);
    expect(run.code).toBe(0);
    const [command, service] = [await fingerprint(one), await fingerprint(other)];
    expect(service.pictures.map((line) => line.split(' ')[1])).toEqual(command.pictures.map((line) => line.split(' ')[1])); // prettier-ignore
    expect(service.pictures).toHaveLength(frames);
    expect(service.sound).toBe(command.sound);
    return other;
  }

  /** Width, height and pixel format. */
  const format = async (film: string): Promise<string> =>
    String(await runFfprobe('-select_streams', 'v:0', '-show_entries', 'stream=width,height,pix_fmt', '-of', 'csv=p=0', film)); // prettier-ignore

  it.each(['mkv', 'mp4'] as const)(
    'make the same film, picture by picture (%s)',
    async (extension) => {
      // Two shots and a moving picture, so that cuts and smoothing have something to do; longer than a segment.
      const picture =
        'testsrc2=size=128x96:rate=25:duration=6[a];mandelbrot=size=128x96:rate=25,trim=duration=8[b];[a][b]concat';
      const clip = await makeVfrClip({ folder, name: `same-${extension}.mkv`, frames: 260, picture, audio: 'aac' });
      await sameFilm(clip, extension, 260);
    },
    120_000,
  );

  // Its sound begins at 0: ffmpeg decodes what AAC has before that in fragments, and not in whole files.
  it('make the same film of one that is shot upright, standing up', async () => {
    const lying = await makeClip({ folder, name: 'lying.mp4', width: 128, height: 96, frames: 40, audio: 'alac' });
    const upright = inFolder('upright.mp4');
    await runFfmpeg('-display_rotation', '90', '-i', lying, '-c', 'copy', upright).catch(() =>
      // As ffmpeg took it before version 6.
      runFfmpeg('-i', lying, '-c', 'copy', '-metadata:s:v', 'rotate=270', upright),
    );
    const film = await sameFilm(upright, 'mp4', 40);
    expect(await format(film)).toMatch(/^96,128,/);
  }, 120_000);

  it('make the same film of one with 10 bits and uneven times', async () => {
    const clip = await makeVfrClip({
      folder,
      name: 'ten.mkv',
      frames: 40,
      pixelFormat: 'yuv420p10le',
      encoder: 'ffv1',
      audio: 'aac',
    });
    const film = await sameFilm(clip, 'mkv', 40);
    expect(await format(film)).toMatch(/10le$/);
  }, 120_000);
});
