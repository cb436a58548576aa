import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli, tinyModel, type CliRun } from '../run-cli.js';

const folder = scratchDir();
const at = (name: string): string => path.join(folder, name);

let model: string;
beforeAll(async () => {
  model = await tinyModel(folder);
  await writeFile(at('file'), 'a file');
  // Small limits, so that a server on a small machine takes them.
  vi.stubEnv('KINEMACOLOR_FILE_BYTES', String(2 ** 29));
  vi.stubEnv('KINEMACOLOR_MEMORY_BYTES', String(2 ** 27));
}, 60_000);
afterAll(() => {
  vi.unstubAllEnvs();
});

/** `serve` with what is wrong about it. */
async function serve(flags: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliRun> {
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    return await runCli(['serve', '--data', at('data'), '--listen', '127.0.0.1:0', '--model', model, ...flags]);
  } finally {
    for (const name of Object.keys(env)) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[name];
    }
  }
}

/** In plain words, on standard error, and nothing else. */
function expectPlain({ code, stderr, stdout }: CliRun, exitCode: number, words: RegExp): void {
  expect(stderr).toMatch(words);
  expect(stderr).not.toMatch(/[{}]|\bat \S+ \(|\.js\b/);
  expect(stderr.replace('kinemacolor: starting …\n', '')).toMatch(/^kinemacolor: /);
  expect([code, stdout.toString()]).toEqual([exitCode, '']);
}

describe('serve that cannot start says why, and ends with', () => {
  it.each<[string, number, readonly string[], Record<string, string>, RegExp]>([
    ['an address that is none', 2, ['--listen', 'here'], {}, /--listen here .*HOST:PORT/],
    ['an address for others without a token', 2, ['--listen', '0.0.0.0:0'], {}, /others can reach it.*KINEMACOLOR_INSECURE=true/], // prettier-ignore
    ['tokens that are not there', 2, [], { KINEMACOLOR_TOKENS: at('none') }, /KINEMACOLOR_TOKENS=\S*none: there is no such file/], // prettier-ignore
    ['tokens that are none', 2, [], { KINEMACOLOR_TOKENS: at('file') }, /file:1: a line is a name/],
    [
      'wrong settings of several services, each once',
      2,
      [],
      {
        KINEMACOLOR_WINDOW: 'wide',
        KINEMACOLOR_DECODER_JOBS: '0',
        KINEMACOLOR_ENCODER_JOBS: 'x',
        KINEMACOLOR_MOST_JOBS: 'abc',
      },
      /4 settings are wrong:(\n {2}\S[^\n]+){4}\n$/,
    ],
    ['data in a file', 6, ['--data', at('file')], {}, /--data \S*file cannot be written: .* is a file/],
    ['data below a file', 6, ['--data', at('file/data')], {}, /--data \S*data cannot be written: .* is a file/],
    ['data where nothing can be made', 6, ['--data', '/proc/x'], {}, /--data \/proc\/x cannot be written: /],
    ['a model that is not there', 8, ['--model', 'nope'], {}, /There is no model nope/],
    ['a model folder that is not there', 8, ['--model', './nope'], {}, /No model "\.\/nope"/],
    ['a NATS that is not there', 10, ['--nats', 'nats://127.0.0.1:1'], {}, /No connection to NATS at nats:\/\/127\.0\.0\.1:1: connection refused\./], // prettier-ignore
    ['a NATS that is no address', 10, ['--nats', ':::'], {}, /No connection to NATS at :::/],
    ['no NATS server', 9, [], { KINEMACOLOR_NATS_SERVER: at('none') }, /KINEMACOLOR_NATS_SERVER names \S*none/],
  ])(
    'for %s: %i',
    async (_, exitCode, flags, env, words) => {
      expectPlain(await serve(flags, env), exitCode, words);
    },
    60_000,
  );

  it('for a port that is taken: 2', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    expectPlain(await serve(['--listen', address]), 2, new RegExp(`${address} .*something else listens there already`));
    other.close();
  }, 60_000);
});
