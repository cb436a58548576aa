import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import { ChannelCredentials, createChannel, createClient, Status } from 'nice-grpc';
import { HealthDefinition } from 'nice-grpc-server-health';
import { ServerReflectionService } from 'nice-grpc-server-reflection';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isLoopback } from './credentials.js';
import {
  failing,
  openModelsClient,
  openTestClient,
  openTestGateway,
  openTestStore,
  type TestGateway,
  type TestStore,
} from './testing/test-gateway.js';

const folder = scratchDir();
let store: TestStore;
beforeAll(async () => {
  store = await openTestStore(path.join(folder, 'nats'));
});
afterAll(() => store.close());

const hash = (token: string): string => createHash('sha256').update(token).digest('hex');
const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
})();

describe('tokens', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    const tokens = path.join(folder, 'tokens');
    writeFileSync(tokens, `alice ${hash('alice-token')}\nbob ${hash('bob-token')} 1\n`);
    gateway = await openTestGateway(store, { tokens });
  });
  afterAll(() => gateway.service.drain());

  const as = (token?: string): ReturnType<typeof openTestClient> =>
    openTestClient(gateway.address, token === undefined ? {} : { token });

  it('are needed for every call but health', async () => {
    for (const token of [undefined, '', 'wrong', hash('alice-token')]) {
      const refused = failing(Status.UNAUTHENTICATED, /^A valid token is needed/);
      await expect(as(token).createJob({})).rejects.toEqual(refused);
      await expect(as(token).watchJob({ jobId: '' })[Symbol.asyncIterator]().next()).rejects.toEqual(refused);
      const models = openModelsClient(gateway.address, token === undefined ? {} : { token });
      await expect(models.listModels({})).rejects.toEqual(refused);
    }
    const channel = createChannel(gateway.address);
    expect(await createClient(HealthDefinition, channel).check({ service: '' })).toMatchObject({ status: 1 });
    await expect(reflect(gateway.address)).rejects.toEqual(failing(Status.UNAUTHENTICATED, /token/));
    channel.close();
  });

  it('do not see each other: another one’s job is not there', async () => {
    const { job } = await as('alice-token').createJob({ idempotencyKey: 'k' });
    const bob = as('bob-token');
    const jobId = job!.id;
    const calls = [
      () => bob.getJob({ jobId }),
      () => bob.cancelJob({ jobId }),
      () => bob.watchJob({ jobId })[Symbol.asyncIterator]().next(),
      () => bob.downloadResult({ jobId })[Symbol.asyncIterator]().next(),
      () => bob.uploadSource(once({ part: { $case: 'target' as const, value: { jobId, offset: 0 } } })),
    ];
    for (const call of calls)
      await expect(call()).rejects.toEqual(failing(Status.NOT_FOUND, /^There is no such job\.$/));
    expect((await bob.listJobs({})).jobs).toEqual([]);
    const { job: his } = await bob.createJob({ idempotencyKey: 'k' });
    expect(his!.id).not.toBe(jobId);
    expect((await as('alice-token').listJobs({})).jobs.map(({ id }) => id)).toEqual([jobId]);
  });

  it('have a limit of jobs of their own', async () => {
    await expect(as('bob-token').createJob({})).rejects.toEqual(failing(Status.RESOURCE_EXHAUSTED, /1 jobs/));
    expect((await as('alice-token').createJob({})).job).toBeDefined();
  });
});

describe('an open gateway', () => {
  it('listens on this machine alone, unless that is wanted', async () => {
    await expect(openTestGateway(store, { listen: '0.0.0.0:0' })).rejects.toThrow(
      /KINEMACOLOR_TOKENS.*KINEMACOLOR_INSECURE=true/,
    );
    const gateway = await openTestGateway(store, { listen: '0.0.0.0:0', insecure: true });
    await gateway.service.drain();
  });

  it.each(['127.0.0.1:1', '127.8.9.10:1', 'localhost:1', '[::1]:1', 'unix:/x'])('%s is this machine', (listen) => {
    expect(isLoopback(listen)).toBe(true);
  });
  it.each(['0.0.0.0:1', '[::]:1', 'example.org:1', '127.0.0.1.example.org:1', '10.0.0.1:1'])('%s is not', (listen) => {
    expect(isLoopback(listen)).toBe(false);
  });

  it('tells by reflection what calls there are, or does not', async () => {
    const open = await openTestGateway(store);
    expect(await reflect(open.address)).toEqual(['kinemacolor.v1.ColorizationService', 'kinemacolor.v1.ModelsService', 'grpc.health.v1.Health']); // prettier-ignore
    await open.service.drain();
    const closed = await openTestGateway(store, { reflection: false });
    await expect(reflect(closed.address)).rejects.toEqual(failing(Status.UNIMPLEMENTED, /./));
    await closed.service.drain();
  });
});

describe.skipIf(!hasOpenssl)('TLS (needs openssl)', () => {
  const file = (name: string): string => path.join(folder, name);
  const read = (name: string): Buffer => readFileSync(file(name));
  const openssl = (...words: string[]): unknown => execFileSync('openssl', words, { stdio: 'pipe', cwd: folder });
  const sign = (name: string): void => {
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`); // prettier-ignore
    writeFileSync(file('ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1');
    openssl('x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'ext', '-out', `${name}.pem`); // prettier-ignore
  };
  beforeAll(() => {
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=test authority'); // prettier-ignore
    for (const name of ['server', 'client']) sign(name);
  });

  it('is spoken to who trusts the certificate, and nothing else is', async () => {
    const gateway = await openTestGateway(store, { tlsCertificate: file('server.pem'), tlsKey: file('server.key') });
    try {
      const trusting = openTestClient(gateway.address, { credentials: ChannelCredentials.createSsl(read('ca.pem')) });
      expect((await trusting.listJobs({})).nextPageToken).toBe('');
      await expect(openTestClient(gateway.address).listJobs({})).rejects.toEqual(failing(Status.UNAVAILABLE, /./));
      const stranger = openTestClient(gateway.address, { credentials: ChannelCredentials.createSsl() });
      await expect(stranger.listJobs({})).rejects.toEqual(failing(Status.UNAVAILABLE, /./));
    } finally {
      await gateway.service.drain();
    }
  });

  it('wants a certificate of the client where an authority for it is named', async () => {
    const tls = { tlsCertificate: file('server.pem'), tlsKey: file('server.key'), tlsClientCa: file('ca.pem') };
    const gateway = await openTestGateway(store, tls);
    try {
      const [ca, key, certificate] = [read('ca.pem'), read('client.key'), read('client.pem')];
      const known = openTestClient(gateway.address, {
        credentials: ChannelCredentials.createSsl(ca, key, certificate),
      });
      expect((await known.listJobs({})).nextPageToken).toBe('');
      const unknown = openTestClient(gateway.address, { credentials: ChannelCredentials.createSsl(ca) });
      await expect(unknown.listJobs({})).rejects.toEqual(failing(Status.UNAVAILABLE, /./));
    } finally {
      await gateway.service.drain();
    }
  });

  it('with half of what it needs does not start', async () => {
    await expect(openTestGateway(store, { tlsCertificate: file('server.pem') })).rejects.toThrow(/belong together/);
    await expect(openTestGateway(store, { tlsClientCa: file('ca.pem') })).rejects.toThrow(
      /KINEMACOLOR_TLS_CERTIFICATE and KINEMACOLOR_TLS_KEY are needed/,
    );
    await expect(openTestGateway(store, { tlsCertificate: file('none'), tlsKey: file('none') })).rejects.toThrow(
      /KINEMACOLOR_TLS_CERTIFICATE=\S*none: there is no such file/,
    );
    const files = { tlsCertificate: file('server.key'), tlsKey: file('server.key') };
    await expect(openTestGateway(store, files)).rejects.toThrow(/no certificate in PEM with its key/);
  });
});

async function* once<T>(value: T): AsyncGenerator<T> {
  await Promise.resolve();
  yield value;
}

/** The services that reflection lists. */
async function reflect(address: string): Promise<string[]> {
  const channel = createChannel(address);
  const client = createClient(ServerReflectionService, channel);
  const { ServerReflectionRequest } =
    await import('nice-grpc-server-reflection/lib/proto/grpc/reflection/v1/reflection_pb.js');
  try {
    const names: string[] = [];
    for await (const answer of client.serverReflectionInfo(once(new ServerReflectionRequest().setListServices('')))) {
      names.push(
        ...answer
          .getListServicesResponse()!
          .getServiceList()
          .map((one) => one.getName()),
      );
    }
    return names;
  } finally {
    channel.close();
  }
}
