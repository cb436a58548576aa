import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ServerCredentials } from '@grpc/grpc-js';
import { scratchDir } from '@kinemacolor/testing';
import { Status } from 'nice-grpc';
import { afterEach, describe, expect, it } from 'vitest';
import { openClient, type Client, type ClientOptions, type Retry } from './index.js';
import { openFlakyLine, startTestService, type TestService, type TestServiceOptions } from './testing/index.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

async function service(options?: TestServiceOptions): Promise<TestService> {
  const started = await startTestService(options);
  open.push(started);
  return started;
}

function clientOf(options: ClientOptions): Client {
  const client = openClient({ retries: { firstDelayMs: 1 }, ...options });
  open.push(client);
  return client;
}

describe('every call', () => {
  it('carries the token, its trace context, and what the client adds', async () => {
    const { address, calls } = await service({ token: 'open sesame' });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const metadata = (method: string): Record<string, string> => ({
      'x-method': method,
      traceparent: 'from-the-client',
    });
    const client = clientOf({ address, token: 'open sesame', metadata });
    const { id } = await client.jobs.create({}, { traceparent, tracestate: 'vendor=1' });
    await client.jobs.get(id);
    expect(Object.fromEntries(calls[0]!.metadata)).toMatchObject({
      authorization: 'Bearer open sesame',
      traceparent,
      tracestate: 'vendor=1',
      'x-method': 'CreateJob',
    });
    expect(calls[1]!.metadata.get('traceparent')).toBe('from-the-client');
    await expect(clientOf({ address }).jobs.create()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('that is safe is made again after UNAVAILABLE, so often and no more, and after nothing else', async () => {
    const running = await service();
    const { address, calls } = running;
    const retries: Retry[] = [];
    const onRetry = (retry: Retry): void => void retries.push(retry);
    const client = clientOf({ address, retries: { attempts: 3, firstDelayMs: 1 }, onRetry });
    running.refuse('GetJob', 3);
    await expect(client.jobs.get('none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(retries.map(({ method, attempt, error }) => [method, attempt, error.code])).toEqual([
      ['GetJob', 1, 'UNAVAILABLE'],
      ['GetJob', 2, 'UNAVAILABLE'],
      ['GetJob', 3, 'UNAVAILABLE'],
    ]);
    running.refuse('GetJob', 4);
    await expect(client.jobs.get('none')).rejects.toMatchObject({ code: 'UNAVAILABLE', retriable: true });
    const before = calls.length;
    for (const code of [Status.RESOURCE_EXHAUSTED, Status.INTERNAL, Status.UNKNOWN]) {
      running.refuse('ListJobs', 1, code);
      await expect(client.jobs.list()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ retriable: false });
    }
    expect(calls.length - before).toBe(3);
  });

  it('ends at its deadline and at its signal', async () => {
    const { address, state } = await service();
    const client = clientOf({ address });
    state.hold();
    const { id } = await client.jobs.submit(new Uint8Array(10));
    const late = { code: 'DEADLINE_EXCEEDED', jobId: id };
    await expect(client.jobs.wait(id, { deadlineMs: 100 })).rejects.toMatchObject(late);
    const signal = AbortSignal.abort(new Error('no'));
    const stopped = { code: 'CANCELLED', message: 'Stopped on request.', cause: { message: 'no' } };
    await expect(client.jobs.get(id, { signal })).rejects.toMatchObject(stopped);
    await expect(client.jobs.create({}, { signal })).rejects.toMatchObject(stopped);
    const waiting = client.jobs.wait(id);
    client.close();
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED', message: 'The client was closed.' });
  });
});

it('a service that is not there is named, in plain words', async () => {
  const { port } = await service();
  const line = await openFlakyLine(port);
  await line.close();
  const client = clientOf({ address: line.address, retries: { attempts: 0 } });
  await expect(client.jobs.get('x')).rejects.toThrow(`Nothing listens at ${line.address}. Is the service running?`);
});

describe('TLS', () => {
  const folder = scratchDir();
  const run = promisify(execFile);
  const read = (name: string): Promise<Buffer> => readFile(path.join(folder, name));
  /** A certificate authority, and what it has signed for the server and for a client. */
  async function certificates(): Promise<void> {
    const openssl = (...args: string[]): Promise<unknown> => run('openssl', args, { cwd: folder });
    const key = ['-newkey', 'rsa:2048', '-nodes'];
    await openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-subj',
      '/CN=test authority',
      '-days',
      '2',
    );
    for (const name of ['server', 'client']) {
      const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
      await openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`, ...names);
      const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-copy_extensions', 'copy', '-days', '2'];
      await openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-out', `${name}.pem`);
    }
  }

  it('is spoken, from both sides where the service asks for it', async () => {
    await certificates();
    const [ca, cert, key] = await Promise.all(['ca.pem', 'client.pem', 'client.key'].map(read));
    const pair = { private_key: await read('server.key'), cert_chain: await read('server.pem') };
    const { port } = await service({ credentials: ServerCredentials.createSsl(ca!, [pair], true) });
    const address = `localhost:${port}`;
    const both = clientOf({ address, tls: { ca: ca!, cert: cert!, key: key! } });
    expect(await both.jobs.create({ label: 'safe' })).toMatchObject({ label: 'safe' });
    const retries = { attempts: 0 };
    for (const tls of [{ ca: ca! }, {}, undefined]) {
      await expect(clientOf({ address, tls, retries }).jobs.create()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    }
  });

  it('refuses what makes no sense', () => {
    const address = 'localhost:1';
    expect(() => openClient({ address, tls: { cert: 'x' } })).toThrow('needs its key');
    expect(() => openClient({ address: 'http://localhost:1', tls: {} })).toThrow('say https://');
    expect(() => openClient({ address, tls: { ca: 'x', cert: 'x', key: 'x' } })).toThrow('cannot be used');
  });
});
