import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { mainOf, startServices } from '@kinemacolor/serve';
import { framePts, makeVfrClip, planeMd5s, scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { hasPython, pythonClient } from './run-client.mjs';

const STAND_IN = join(dirname(mainOf('colorizer')), 'testing', 'stand-in-main.js');
const TOKEN = 'token-of-the-tests';
const FRAMES = 90;
const folder = scratchDir();
const at = (name) => join(folder, name);
const openssl = (...words) => execFileSync('openssl', words, { stdio: 'pipe', cwd: folder });
const hasOpenssl = (() => {
  try {
    openssl('version');
    return true;
  } catch {
    return false;
  }
})();

let colorize;
let clip;

/** All services, with a generator that computes nothing. */
const start = (name, env) =>
  startServices({
    folder: at(name),
    listen: '127.0.0.1:0',
    colorizer: { program: STAND_IN, args: ['--stand-in-ms', '1'] },
    env: {
      KINEMACOLOR_LOG_LEVEL: 'error',
      KINEMACOLOR_SEGMENT_FRAMES: '24',
      // Small limits, so that a server on a small machine takes them.
      KINEMACOLOR_FILE_BYTES: String(2 ** 29),
      KINEMACOLOR_MEMORY_BYTES: String(2 ** 27),
      ...env,
    },
  });

/** Both ways; the film keeps its frames, their times and its luma, and has colours of another kind. */
async function colours(name, where) {
  for (const way of ['stream', 'job']) {
    const out = at(`${name}-${way}.mkv`);
    const { job } = await colorize(way, clip, out, { ...where, more: [...(where.more ?? []), '--codec', 'ffv1'] });
    expect(job).toMatchObject({ state: 'JOB_STATE_SUCCEEDED', label: 'clip.mkv' });
    expect(job.progress.frames_encoded).toBe(String(FRAMES));
    expect(await framePts(out)).toEqual(await framePts(clip));
    expect(await planeMd5s(out, 'y')).toEqual(await planeMd5s(clip, 'y'));
    for (const plane of ['u', 'v']) {
      const [painted, grey] = [await planeMd5s(out, plane), await planeMd5s(clip, plane)];
      expect(painted).toHaveLength(FRAMES);
      expect(painted.filter((md5, i) => md5 === grey[i])).toEqual([]);
    }
  }
}

const failureOf = (work) => work.then(() => expect.fail('It went well.'), (error) => error); // prettier-ignore

describe.skipIf(!hasPython)(
  'a client in Python, at the services (skipped without the set-up’s gRPC for Python)',
  () => {
    beforeAll(async () => {
      colorize = await pythonClient(at('generated'));
      clip = await makeVfrClip({ folder, name: 'clip.mkv', width: 160, height: 120, frames: FRAMES, audio: 'flac', filters: 'hue=s=0' }); // prettier-ignore
      expect(await framePts(clip)).toHaveLength(FRAMES);
    });

    it('has a clip coloured by Colorize and as a job', async () => {
      const services = await start('open', {});
      try {
        await colours('open', { server: services.address });
      } finally {
        await services.stop();
      }
    }, 120_000);

    it('gets what there is of a stream that was cut off, and is told', async () => {
      const services = await start('cut', {});
      const out = at('cut-colour.mkv');
      try {
        const whole = await readFile(clip);
        await writeFile(at('cut.mkv'), whole.subarray(0, whole.length * 0.6));
        const failure = await failureOf(colorize('stream', at('cut.mkv'), out, { server: services.address }));
        expect(failure.code).toBe(1);
        const came = (await framePts(out)).length;
        expect(came).toBeGreaterThan(10);
        expect(failure.stderr).toMatch(new RegExp(`^DATA_LOSS: cut\\.mkv: is cut off: ${came} of `, 'm'));
      } finally {
        await services.stop();
      }
    }, 120_000);

    describe.skipIf(!hasOpenssl)('with TLS and a token (needs openssl)', () => {
      let services;
      beforeAll(async () => {
        openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=test authority'); // prettier-ignore
        openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=server'); // prettier-ignore
        await writeFile(at('ext'), 'subjectAltName=IP:127.0.0.1');
        openssl('x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'ext', '-out', 'server.pem'); // prettier-ignore
        await writeFile(at('tokens'), `python ${createHash('sha256').update(TOKEN).digest('hex')}\n`);
        services = await start('secured', {
          KINEMACOLOR_TOKENS: at('tokens'),
          KINEMACOLOR_TLS_CERTIFICATE: at('server.pem'),
          KINEMACOLOR_TLS_KEY: at('server.key'),
        });
      }, 120_000);
      afterAll(() => services?.stop(), 60_000);

      it('has it coloured', async () => {
        await colours('secured', { server: services.address, token: TOKEN, more: ['--ca', at('ca.pem')] });
      }, 120_000);

      it('is refused without them', async () => {
        const [server, out] = [services.address, at('refused.mkv')];
        for (const token of ['', 'another']) {
          const failure = await failureOf(
            colorize('stream', clip, out, { server, token, more: ['--ca', at('ca.pem')] }),
          );
          expect(failure).toMatchObject({ code: 1, stderr: expect.stringMatching(/^UNAUTHENTICATED: .*\n$/) });
        }
        const inTheClear = await failureOf(colorize('stream', clip, out, { server, token: TOKEN }));
        expect(inTheClear).toMatchObject({ code: 1, stderr: expect.stringMatching(/^UNAVAILABLE: /) });
      });
    });
  },
);
