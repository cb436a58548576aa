import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ServerCredentials } from '@grpc/grpc-js';
import { scratchDir } from '@kinemacolor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClient, type Client, type ClientOptions, type Retry } from './index.js';
import { openFlakyLine, startTestService, type TestService } from './testing/index.js';

const folder = scratchDir();
const run = promisify(execFile);
const openssl = (...args: string[]): Promise<unknown> => run('openssl', args, { cwd: folder });
const files = new Map<string, Buffer>();
const pem = (name: string): Buffer => files.get(name)!;

const KEY = ['-newkey', 'rsa:2048', '-nodes'];
async function authority(name: string): Promise<void> {
  await openssl('req', '-x509', ...KEY, '-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`, '-days', '2'); // prettier-ignore
}
async function sign(name: string, names: string, days = '2'): Promise<void> {
  const more = ['-addext', `subjectAltName=${names}`];
  await openssl('req', ...KEY, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`, ...more);
  const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-copy_extensions', 'copy', '-days', days];
  await openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-out', `${name}.pem`);
}

let secure: TestService;
let mutual: TestService;
let elsewhere: TestService;
let expired: TestService;
let clear: TestService;
const warnings: string[] = [];
const onWarning = ({ name, message }: Error): void => void warnings.push(`${name}: ${message}`);

beforeAll(async () => {
  process.on('warning', onWarning);
  await Promise.all([authority('ca'), authority('other')]);
  await sign('server', 'DNS:localhost,IP:127.0.0.1');
  await sign('client', 'DNS:client');
  await sign('elsewhere', 'DNS:elsewhere.example');
  await sign('expired', 'DNS:localhost,IP:127.0.0.1', '0');
  for (const name of ['ca', 'other', 'server', 'client', 'elsewhere', 'expired']) {
    for (const file of [`${name}.pem`, `${name}.key`]) files.set(file, await readFile(path.join(folder, file)));
  }
  const start = (name: string, both = false): Promise<TestService> => {
    const pair = { private_key: pem(`${name}.key`), cert_chain: pem(`${name}.pem`) };
    return startTestService({ credentials: ServerCredentials.createSsl(both ? pem('ca.pem') : null, [pair], both) });
  };
  [secure, mutual, elsewhere, expired, clear] = await Promise.all([
    start('server'),
    start('server', true),
    start('elsewhere'),
    start('expired'),
    startTestService(),
  ]);
}, 30_000);

const clients: Client[] = [];
afterAll(() => {
  for (const client of clients) client.close();
  for (const service of [secure, mutual, elsewhere, expired, clear]) service.close();
  process.off('warning', onWarning);
});

const retried: Retry[] = [];
/** So patient that whatever is tried again outlasts the test. */
function clientOf(options: ClientOptions): Client {
  const retries = { attempts: 1000, firstDelayMs: 1000 };
  const client = openClient({ retries, onRetry: (retry) => retried.push(retry), ...options });
  clients.push(client);
  return client;
}

/** In the same words for a call, a stream of answers, and a film. */
async function refused(options: ClientOptions, words: RegExp): Promise<void> {
  const error = { name: 'ClientError', code: 'UNAVAILABLE', retriable: false, message: expect.stringMatching(words) as string }; // prettier-ignore
  retried.length = 0;
  await expect(clientOf(options).jobs.create()).rejects.toMatchObject(error);
  await expect(clientOf(options).jobs.wait('none')).rejects.toMatchObject(error);
  await expect(clientOf(options).colorize(new Uint8Array(9)).result().toArray()).rejects.toMatchObject(error);
  expect(retried).toEqual([]);
}

describe('TLS', () => {
  it('is spoken, by a name or an address of numbers, without a warning', async () => {
    for (const host of ['localhost', '127.0.0.1']) {
      const { jobs } = clientOf({ address: `${host}:${secure.port}`, tls: { ca: pem('ca.pem') } });
      expect(await jobs.create({ label: host })).toMatchObject({ label: host });
    }
    expect(warnings).toEqual([]);
  });

  it('shows a certificate where the service asks for one', async () => {
    const address = `localhost:${mutual.port}`;
    const tls = { ca: pem('ca.pem'), cert: pem('client.pem'), key: pem('client.key') };
    expect(await clientOf({ address, tls }).jobs.create({ label: 'safe' })).toMatchObject({ label: 'safe' });
    await refused(
      { address, tls: { ca: pem('ca.pem') } },
      /wants a certificate of ours\. Give it as tls\.cert .*--cert/,
    );
    const other = { cert: pem('other.pem'), key: pem('other.key') };
    await refused(
      { address, tls: { ca: pem('ca.pem'), ...other } },
      /hangs up when it has seen our certificate\. Give one that it trusts/,
    );
  });

  it('whose certificate is not trusted says so at once, and what to do', async () => {
    const { address } = secure;
    const words = /^The certificate of (https:\/\/)?[\w.]+:\d+ is not trusted \(.+\)\. Give the PEM file .*--ca FILE/;
    await refused({ address, tls: {} }, words);
    await refused({ address: `https://${address}` }, words);
    await refused({ address, tls: { ca: pem('other.pem') } }, words);
    await refused({ address: elsewhere.address, tls: { ca: pem('ca.pem') } }, /is for another name/);
    await refused({ address: expired.address, tls: { ca: pem('ca.pem') } }, /has expired\. Whoever runs the service/);
  });

  it('to a service without it says so at once', async () => {
    await refused({ address: clear.address, tls: { ca: pem('ca.pem') } }, /does not speak TLS\. .*leave out https/);
  });

  it('in the clear, to a service that speaks it, says so at once', async () => {
    for (const { address } of [secure, mutual]) {
      await refused({ address }, /^The service at 127\S+ speaks TLS\. Give its address as https:\/\/HOST:PORT/);
    }
  });

  it('of a service that is away for a moment is tried again', async () => {
    const line = await openFlakyLine(secure.port);
    await line.cut();
    const client = clientOf({
      address: line.address,
      tls: { ca: pem('ca.pem') },
      retries: { firstDelayMs: 50 },
      onRetry: ({ attempt }) => {
        if (attempt === 2) void line.mend();
      },
    });
    expect(await client.jobs.create({ label: 'late' })).toMatchObject({ label: 'late' });
    await line.close();
  });

  it('refuses what makes no sense', () => {
    const address = 'localhost:1';
    expect(() => openClient({ address, tls: { cert: 'x' } })).toThrow('needs its key');
    expect(() => openClient({ address: 'http://localhost:1', tls: {} })).toThrow('say https://');
    expect(() => openClient({ address, tls: { ca: 'x' } })).toThrow('cannot be used');
    const unfit = { cert: pem('client.pem'), key: pem('server.key') };
    expect(() => openClient({ address, tls: unfit })).toThrow('cannot be used');
  });
});
