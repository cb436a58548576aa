import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '@kinemacolor/config';
import { scratchDir } from '@kinemacolor/testing';
import { expect, it } from 'vitest';
import { openTestGateway, openTestStore } from './testing/test-gateway.js';

/** The one that the set-up keeps for tests, else one on PATH. */
const found = [path.join(cacheFolder(), 'bin', 'grpcurl'), 'grpcurl'].find((program) => {
  try {
    execFileSync(program, ['-version'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

it.skipIf(found === undefined)('grpcurl finds the calls by reflection, and makes them (needs grpcurl)', async () => {
  const store = await openTestStore(path.join(scratchDir(), 'nats'));
  const { address, service } = await openTestGateway(store);
  const grpcurl = async (...words: string[]): Promise<string> =>
    (await promisify(execFile)(found!, ['-plaintext', ...words])).stdout;
  try {
    expect(await grpcurl(address, 'list')).toContain('kinemacolor.v1.ColorizationService');
    const made = await grpcurl('-d', '{"label":"by hand"}', address, 'kinemacolor.v1.ColorizationService/CreateJob');
    expect(JSON.parse(made)).toMatchObject({ job: { label: 'by hand', state: 'JOB_STATE_UPLOADING' } });
    expect(JSON.parse(await grpcurl(address, 'grpc.health.v1.Health/Check'))).toEqual({ status: 'SERVING' });
    const unknown = grpcurl('-d', '{"service":"x"}', address, 'grpc.health.v1.Health/Check');
    await expect(unknown).rejects.toThrow(/NotFound/);
    expect(await grpcurl(address, 'describe', 'kinemacolor.v1.Job')).toContain('source_bytes');
  } finally {
    await service.drain();
    await store.close();
  }
});

it.skipIf(found === undefined || !hasOpenssl)('the lines of the README work (needs grpcurl and openssl)', async () => {
  const folder = scratchDir();
  const name = ['-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', 'server.key', '-out', 'server.pem'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files, ...name], { cwd: folder, stdio: 'pipe' }); // prettier-ignore
  const file = (name: string): string => path.join(folder, name);
  // It has signed itself.
  await copyFile(file('server.pem'), file('ca.pem'));
  await writeFile(file('tokens'), `alice ${createHash('sha256').update('a-token').digest('hex')}\n`);
  const store = await openTestStore(file('nats'));
  const settings = { tlsCertificate: file('server.pem'), tlsKey: file('server.key'), tokens: file('tokens') };
  const { address, service } = await openTestGateway(store, settings);
  try {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const lines = readme.split('\n').filter((line) => line.startsWith('grpcurl '));
    const env = { ...process.env, TOKEN: 'a-token', PATH: `${path.dirname(found!)}:${process.env['PATH']}` };
    const said: string[] = [];
    for (const line of lines) {
      const command = line.replace('127.0.0.1:50051', address);
      said.push((await promisify(execFile)('sh', ['-c', command], { cwd: folder, env })).stdout);
    }
    expect(said).toEqual([
      expect.stringContaining('kinemacolor.v1.ColorizationService'),
      expect.stringMatching(/"status": "SERVING"/),
    ]);
  } finally {
    await service.drain();
    await store.close();
  }
});
