import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { busOptions, findNatsServer, openBus, publishInWindow, subjectOf, takeLeases } from '@kinemacolor/streaming';
import { jetstream } from '@nats-io/jetstream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

import { gatewaySettings } from '../apps/gateway/src/config.ts';
import { runCommand } from './testing/linters.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
/** Servers that agree with each other take seconds, and longer on a busy machine. */
const PATIENCE_MS = 60_000;
let folder, children;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinemacolor-nats-'));
  children = [];
});
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await rm(folder, { recursive: true });
});
const makeSecrets = (...args) => runCommand([process.execPath, at('make-secrets.mjs')], ...args);

/** Environment by the lines of a file. */
const variables = (text) =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => /^\w+=/.test(line))
      .map((line) => line.split(/=(.*)/s).slice(0, 2)),
  );

/**
 * Runs a NATS server by a configuration of ours, on one address of this machine alone, and in the test's folder.
 *
 * @param {string} config file, beside what it includes
 * @param {{ name: string, address: string }} where
 */
async function serve(config, { name, address }) {
  const own = join(folder, 'nats', `${name}.conf`);
  const text = await readFile(config, 'utf8');
  await writeFile(
    own,
    text
      .replaceAll('/tmp/', `${folder}/${name}-`)
      .replace('store_dir: /data', `store_dir: ${folder}/${name}`)
      .replace('0.0.0.0:6222', `${address}:6222`),
  );
  const child = spawn(await findNatsServer(), ['--config', own, '--addr', address], {
    env: { ...process.env, POD_NAME: name },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (more) => (words += more));
  children.push(child);
  const isUp = async () => {
    if (child.exitCode !== null) throw new Error(words);
    return (await fetch(`http://${address}:8222/varz`).catch(() => undefined))?.status;
  };
  await expect.poll(isUp, { timeout: PATIENCE_MS }).toBe(200);
  return { child, said: () => words };
}

/** Addresses of this machine that nobody else listens at: the ports are then those of the configuration. */
const addresses = (count) => {
  const random = () => 2 + Math.floor(Math.random() * 250);
  const net = `127.${random()}.${random()}`;
  return Array.from({ length: count }, (_, i) => `${net}.${i + 1}`);
};
const settings = (env) => busOptions(gatewaySettings.parse({ env }), 'test');
const get = async (address, path) => (await fetch(`http://${address}:8222/${path}`)).json();

it('of compose.yaml lets in who has the password, and has room for what the services ask for', async () => {
  const [address] = addresses(1);
  await makeSecrets(join(folder, 'nats'), address);
  await serve(at('compose/nats.conf'), { name: 'nats', address });
  const { services } = parse(await readFile(at('compose/compose.yaml'), 'utf8'), { merge: true });
  const env = {
    ...services.gateway.environment,
    ...variables(await readFile(join(folder, 'nats', 'nats.env'), 'utf8')),
  };
  // Each service opens it, and finds what those before it have made.
  for (let service = 0; service < 2; service++) {
    const { connection } = await openBus(settings(env));
    await connection.close();
  }
  const wrong = env.KINEMACOLOR_NATS.replace('@', 'x@');
  await expect(openBus(settings({ ...env, KINEMACOLOR_NATS: wrong }))).rejects.toThrow('refuses these credentials');
  const more = String(2 ** 35);
  await expect(openBus(settings({ ...env, KINEMACOLOR_FILE_BYTES: more }))).rejects.toThrow(/resources|storage/);
  // What its health check asks.
  expect(await get(address, 'healthz')).toEqual({ status: 'ok' });
});

it('of Kubernetes is three servers of which one may go, and tells KEDA how many frames wait', async () => {
  const hosts = addresses(3);
  await makeSecrets(join(folder, 'nats'), ...hosts);
  const config = at('kubernetes/base/nats.conf');
  const name = (i) => `nats-${i}`;
  const servers = await Promise.all(hosts.map((address, i) => serve(config, { name: name(i), address })));
  // The probes of the manifest.
  for (const address of hosts) {
    for (const probe of ['healthz', 'healthz?js-server-only=true', 'healthz?js-enabled-only=true']) {
      await expect.poll(() => get(address, probe), { timeout: PATIENCE_MS }).toEqual({ status: 'ok' });
    }
  }
  const shared = variables(await readFile(at('kubernetes/base/settings.env'), 'utf8'));
  const env = { ...shared, ...variables(await readFile(join(folder, 'nats', 'nats.env'), 'utf8')) };
  const { connection, ensure } = await openBus(settings(env));

  const [scaled] = parseAllDocuments(await readFile(at('kubernetes/base/colorizer.yaml'), 'utf8'))
    .map((document) => document.toJS())
    .filter(({ kind }) => kind === 'ScaledObject');
  const { account, stream: streamName, consumer } = scaled.spec.triggers[0].metadata;
  const stop = new AbortController();
  const leases = takeLeases(connection, { kind: 'luma', queue: consumer, ahead: 1, ensure, signal: stop.signal });
  const send = (index) =>
    publishInWindow(
      jetstream(connection),
      { subject: subjectOf('luma', 'job'), id: `job:${index}`, data: Uint8Array.of(index) },
      stop.signal,
    );
  for (const index of [0, 1, 2]) await send(index);
  // One is held, two wait: KEDA adds both, as the leader of the consumer tells them.
  await leases.next();
  const lag = async () => {
    for (const [i, address] of hosts.entries()) {
      const { account_details: all = [] } = await get(address, `jsz?acc=${account}&consumers=true&config=true`).catch(
        () => ({}),
      );
      const stream = all.find((one) => one.name === account)?.stream_detail?.find((one) => one.name === streamName);
      const found = stream?.consumer_detail?.find((one) => one.name === consumer);
      if (found?.cluster.leader === name(i)) return found.num_pending + found.num_ack_pending;
    }
    return undefined;
  };
  await expect.poll(lag, { timeout: PATIENCE_MS }).toBe(3);
  // Else KEDA would look for the leader by the addresses of pods instead of their names.
  const { connect_urls: advertised, server_name: self } = await get(hosts[0], 'varz');
  expect([advertised ?? [], self]).toEqual([[], 'nats-0']);

  const gone = once(servers[2].child, 'exit');
  servers[2].child.kill('SIGKILL');
  // Its ports are wanted again below.
  await gone;
  for (const index of [3, 4]) await send(index);
  await expect.poll(lag, { timeout: PATIENCE_MS }).toBe(5);
  stop.abort();
  await leases.return();
  await connection.close();

  // Who does not know the password of the routes is no part of it.
  const routes = join(folder, 'nats', 'nats-cluster.conf');
  await writeFile(routes, (await readFile(routes, 'utf8')).replaceAll('k', 'x'));
  const { said } = await serve(config, { name: 'nats-2', address: hosts[2] });
  await expect.poll(said, { timeout: PATIENCE_MS }).toMatch(/authorization violation|authentication error/i);
  // It tries again and again, and each try counts until it is turned down.
  await expect.poll(async () => (await get(hosts[2], 'routez')).num_routes, { timeout: PATIENCE_MS }).toBe(0);
}, 240_000);
