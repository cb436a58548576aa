import { execFileSync } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import * as jwt from '@nats-io/jwt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openBus, type BusOptions } from './bus.js';
import { busOptions, type NatsAddress } from './nats-settings.js';
import { startNatsServer, type NatsServer } from './server/nats-server.js';
import { countMessages } from './streams.js';
import { StreamingError } from './streaming-error.js';

/** As services have them, but so patient that whatever is tried again for its patience outlasts the test. */
const settings = (where: NatsAddress): BusOptions => {
  // Small limits, so that a server on a small machine takes them.
  const values = { replicas: 1, window: 4, fileBytes: 2 ** 28, memoryBytes: 2 ** 26, ...where };
  return { ...busOptions(values, 'test'), patienceMs: 10 * 60_000 };
};

/** Through openBus, as a service does, and asks for something of JetStream. */
async function useBus(where: NatsAddress): Promise<void> {
  const { connection } = await openBus(settings(where));
  expect(await countMessages(connection, 'luma', 'none')).toBe(0);
  await connection.close();
}

async function refused(where: NatsAddress, message: RegExp): Promise<void> {
  const error: unknown = await useBus(where).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StreamingError);
  expect(error).toMatchObject({ code: 'NOT_CONNECTED', message: expect.stringMatching(message) as string });
}

const folder = scratchDir();
const at = (name: string): string => path.join(folder, name);
const serve = (name: string, more: string): Promise<NatsServer> => startNatsServer({ folder: at(name), more });

describe('a NATS server with a user and a password', () => {
  // What a URL has to escape, and a number where the NATS library looks for the port.
  const login = { user: 'films', password: ':1/2@3%' };
  let server: NatsServer;
  let open: string;
  beforeAll(async () => {
    server = await startNatsServer({ folder: at('password'), login });
    open = `nats://${server.url.split('@')[1]!}`;
  });
  afterAll(() => server.stop());

  it('lets in who has them in the URL, escaped or not', async () => {
    await useBus({ nats: server.url });
    await useBus({ nats: open.replace('://', `://${login.user}:${login.password}@`) });
    await useBus({ nats: `${server.url}, ${open}` });
  });

  it('refuses at once who has none, or others, in words that show no password', async () => {
    await refused({ nats: open }, /^No connection to NATS at nats:\/\/127\.0\.0\.1:\d+: It wants credentials\. Put .*NATS_CREDENTIALS\.$/); // prettier-ignore
    const other = open.replace('://', '://films:another@');
    await refused(
      { nats: other },
      /^No .* nats:\/\/127\.0\.0\.1:\d+: It refuses these credentials\. Correct .* names\.$/,
    );
    await refused({ nats: open.replace('://', '://token@') }, /refuses these/);
    await refused({ nats: `${other},${server.url}` }, /^Give nats:\/\/127[\d.:]+, nats:\/\/127[\d.:]+ the same user and password/); // prettier-ignore
  });

  it('keeps them where others cannot read them', async () => {
    expect((await stat(at('password/nats.conf'))).mode & 0o777).toBe(0o600);
    expect((await stat(at('password'))).mode & 0o077).toBe(0);
  });

  it('that was started with others for a while costs no connection for good', async () => {
    const { connection } = await openBus(settings({ nats: server.url }));
    const port = Number(open.split(':').at(-1));
    const refusals = (async () => {
      let left = 3;
      for await (const event of connection.status()) {
        if (event.type === 'error' && event.error.name === 'AuthorizationError' && --left === 0) return;
      }
      throw new Error('The connection was closed.');
    })();
    await server.stop();
    server = await startNatsServer({ folder: at('password'), port, login: { ...login, password: 'mistaken' } });
    await refusals;
    await server.stop();
    server = await startNatsServer({ folder: at('password'), port, login });
    await expect.poll(() => connection.rtt().catch(() => undefined), { timeout: 20_000 }).toBeTypeOf('number');
    await connection.close();
  });
});

describe('a NATS server with accounts of an operator', () => {
  let server: NatsServer;
  beforeAll(async () => {
    const [operator, account, system, user] = [jwt.createOperator(), jwt.createAccount(), jwt.createAccount(), jwt.createUser()]; // prettier-ignore
    const all = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1, conn: -1, subs: -1, data: -1, payload: -1, imports: -1, exports: -1, leaf: -1, wildcards: true }; // prettier-ignore
    const signed = { signer: operator };
    const accounts = [
      [account, await jwt.encodeAccount('films', account, { limits: all }, signed)],
      [system, await jwt.encodeAccount('system', system, {}, signed)],
    ] as const;
    const preload = accounts.map(([key, token]) => `${key.getPublicKey()}: ${token}`).join('\n');
    server = await serve(
      'operator',
      `operator: ${await jwt.encodeOperator('operator', operator)}
      system_account: ${system.getPublicKey()}
      resolver: MEMORY
      resolver_preload: { ${preload} }`,
    );
    const token = await jwt.encodeUser('service', user, account);
    await writeFile(at('service.creds'), jwt.fmtCreds(token, user));
    // Another's key, and an account that nobody has preloaded.
    await writeFile(at('thief.creds'), jwt.fmtCreds(token, jwt.createUser()));
    const stranger = await jwt.encodeUser('stranger', user, jwt.createAccount());
    await writeFile(at('stranger.creds'), jwt.fmtCreds(stranger, user));
    await writeFile(at('not.creds'), 'no credentials');
  });
  afterAll(() => server.stop());
  const as = (name: string): NatsAddress => ({ nats: server.url, natsCredentials: at(name) });

  it('lets in who has the file of credentials', () => useBus(as('service.creds')));

  it('refuses at once who has none, or others', async () => {
    await refused({ nats: server.url }, /It wants credentials/);
    for (const name of ['thief.creds', 'stranger.creds']) await refused(as(name), /It refuses these credentials/);
  });

  it('is not asked by who has a file that is none', async () => {
    await refused(as('not.creds'), /not\.creds has no NATS credentials: .*KINEMACOLOR_NATS_CREDENTIALS\.$/);
    await refused(as('none.creds'), /none\.creds has no NATS credentials: ENOENT/);
  });
});

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!hasOpenssl)('a NATS server with TLS (needs openssl)', () => {
  const openssl = (...words: string[]): unknown => execFileSync('openssl', words, { stdio: 'pipe', cwd: folder });
  const authority = (name: string): unknown =>
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.pem`, '-days', '2', '-subj', `/CN=${name}`); // prettier-ignore
  const sign = async (name: string, by: string): Promise<void> => {
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`); // prettier-ignore
    await writeFile(
      at('ext'),
      `subjectAltName=${name === 'elsewhere' ? 'DNS:elsewhere' : 'DNS:localhost,IP:127.0.0.1'}`,
    );
    openssl('x509', '-req', '-in', `${name}.csr`, '-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial', '-days', '2', '-extfile', 'ext', '-out', `${name}.pem`); // prettier-ignore
  };
  const tls = (name: string, more = ''): string =>
    `tls: { cert_file: ${JSON.stringify(at(`${name}.pem`))}, key_file: ${JSON.stringify(at(`${name}.key`))}, ${more} }`;
  const servers: NatsServer[] = [];
  const start = async (name: string, more: string): Promise<string> => {
    const server = await serve(name, more);
    servers.push(server);
    return server.url;
  };
  beforeAll(async () => {
    authority('ca');
    authority('other-ca');
    await sign('server', 'ca');
    await sign('elsewhere', 'ca');
    await sign('client', 'ca');
    await sign('intruder', 'other-ca');
  });
  afterAll(() => Promise.all(servers.map((server) => server.stop())));

  it('is spoken to by who trusts its authority, and by nobody else', async () => {
    const nats = await start('tls', tls('server'));
    await useBus({ nats, natsCa: at('ca.pem') });
    await refused({ nats }, /Its certificate is not trusted \(.*NATS_CA\.$/);
    await refused({ nats, natsCa: at('other-ca.pem') }, /Its certificate is not trusted/);
    await refused({ nats, natsCa: at('none.pem') }, /none\.pem doesn't exist\. Correct the file that KINEMACOLOR_NATS_CA/); // prettier-ignore
    const elsewhere = await start('elsewhere', tls('elsewhere'));
    await refused({ nats: elsewhere, natsCa: at('ca.pem') }, /Its certificate is for another name/);
  });

  it('that is not there in truth is not spoken to in the clear', async () => {
    const nats = await start('clear', '');
    await refused({ nats, natsCa: at('ca.pem') }, /It does not speak TLS/);
    await refused({ nats, natsCertificate: at('client.pem'), natsKey: at('client.key') }, /It does not speak TLS/);
  });

  it('may want a certificate of the service as well', async () => {
    const nats = await start('mutual', tls('server', `ca_file: ${JSON.stringify(at('ca.pem'))}, verify: true`));
    const natsCa = at('ca.pem');
    await useBus({ nats, natsCa, natsCertificate: at('client.pem'), natsKey: at('client.key') });
    await refused({ nats, natsCa }, /It wants a certificate of ours\. Name one in KINEMACOLOR_NATS_CERTIFICATE/);
    const intruder = { natsCertificate: at('intruder.pem'), natsKey: at('intruder.key') };
    await refused({ nats, natsCa, ...intruder }, /It refuses our certificate/);
    const unfit = { natsCertificate: at('client.pem'), natsKey: at('intruder.key') };
    await refused({ nats, natsCa, ...unfit }, /Correct the file/);
  });
});

it('the configuration of a server without more has no users', async () => {
  const server = await startNatsServer({ folder: at('open') });
  await useBus({ nats: server.url });
  expect(await readFile(at('open/nats.conf'), 'utf8')).not.toContain('authorization');
  await server.stop();
});
