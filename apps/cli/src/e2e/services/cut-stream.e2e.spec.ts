import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { framePts, makeClip, planeMd5s, scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli, tinyModel, type CliRun } from '../run-cli.js';
import { openServiceWorld, type ServiceWorld } from './service-world.js';

const folder = scratchDir();
const at = (name: string): string => path.join(folder, name);
/** What the gateway gives in one answer at most. */
const ANSWER_BYTES = 128 * 1024;
const FRAMES = 100;
const NOISE = 'nullsrc=size=160x120:rate=25,geq=random(1)*255:128:128';

let world: ServiceWorld;
let model: string;
beforeAll(async () => {
  model = await tinyModel(folder);
  const env = { KINEMACOLOR_SEGMENT_FRAMES: '24' };
  world = await openServiceWorld({ folder: at('data'), frameMs: 1, env });
  vi.stubEnv('KINEMACOLOR_SERVER', world.services.address);
}, 120_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await world.close();
}, 60_000);

/** The first part of a film. */
async function cutFilm(name: string, picture: string): Promise<Buffer> {
  const options = ['-g', '10', '-crf', '20'];
  const whole = await readFile(await makeClip({ folder, name, width: 160, height: 120, frames: FRAMES, picture, options })); // prettier-ignore
  return whole.subarray(0, whole.length * 0.6);
}

/** Time and luma of each picture that came: the colours are another model's. */
async function pictures(run: CliRun, name: string): Promise<string[]> {
  await writeFile(at(name), run.stdout);
  const luma = await planeMd5s(at(name), 'y');
  return (await framePts(at(name))).map((pts, i) => `${pts} ${luma[i] ?? 'none'}`);
}

describe('a stream that was cut off', () => {
  it.each([
    { film: 'small', bytes: [1, ANSWER_BYTES], picture: 'color=gray:size=160x120:rate=25' },
    { film: 'large', bytes: [4 * ANSWER_BYTES, Infinity], picture: NOISE },
  ])(
    'gives all frames that `colorize` gives, and then the same exit code ($film)',
    async ({ film, bytes, picture }) => {
      const cut = await cutFilm(`${film}.mkv`, picture);
      const alone = await runCli(['colorize', '-', '-o', '-', '--codec', 'ffv1', '--model', model], cut);
      const served = await runCli(['submit', '-', '-o', '-', '--codec', 'ffv1', '--model', 'stand-in'], cut);
      expect(served.stdout.length).toBeGreaterThanOrEqual(bytes[0]!);
      expect(served.stdout.length).toBeLessThan(bytes[1]!);
      const came = await pictures(served, `${film}-served.mkv`);
      expect(came).toEqual(await pictures(alone, `${film}-alone.mkv`));
      expect(came.length).toBeGreaterThan(20);
      expect(came.length).toBeLessThan(95);
      const words = `is cut off: ${came.length} of ${FRAMES} frames`;
      expect(served.stderr).toContain(words);
      expect(alone.stderr).toContain(words);
      // A flag that `submit` does not have.
      expect(served.stderr).not.toContain('--salvage');
      expect(alone.stderr).toContain('--salvage');
      expect([served.code, alone.code]).toEqual([5, 5]);
    },
    120_000,
  );

  it('is gone on with by another encoder and decoder', async () => {
    const cut = await cutFilm('killed.mkv', 'testsrc2=size=160x120:rate=25');
    let frames = 0;
    let failure: unknown;
    const parts: Uint8Array[] = [];
    try {
      for await (const part of world.client.colorize(cut, { codec: 'ffv1', model: 'stand-in' })) {
        if (part.kind === 'progress' && frames === 0 && part.progress.framesColoured > 0) {
          frames = part.progress.framesColoured;
          world.kill('decoder-1');
          world.kill('encoder-1');
        }
        if (part.kind === 'result') parts.push(part.bytes);
      }
    } catch (error) {
      failure = error;
    }
    expect(frames).toBeGreaterThan(0);
    expect(failure).toMatchObject({ code: 'DATA_LOSS' });
    await writeFile(at('killed-served.mkv'), Buffer.concat(parts));
    expect((failure as Error).message).toContain(`${(await framePts(at('killed-served.mkv'))).length} of ${FRAMES}`);
  }, 120_000);

  it('is refused when it is uploaded', async () => {
    const cut = await cutFilm('uploaded.mkv', 'testsrc2=size=160x120:rate=25');
    const { id } = await world.client.jobs.submit(cut, { model: 'stand-in' });
    await expect(world.client.jobs.wait(id)).rejects.toMatchObject({ code: 'DATA_LOSS' });
    expect((await world.client.jobs.get(id)).resultBytes).toBe(0);
  }, 120_000);
});
