import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { SetupError } from '../failure.mjs';
import { run } from '../run.mjs';
import { grpcurl, locateGrpcurl } from '../steps/grpcurl.mjs';
import { locateNatsServer } from '../steps/nats-server.mjs';
import { nodeVersion } from '../steps/node-version.mjs';
import { npmPackages } from '../steps/npm-packages.mjs';

export async function inspectNode() {
  const { ok, detail } = await nodeVersion.check();
  const item = { name: 'Node.js', detail, facts: { version: detail, path: process.execPath } };
  return ok ? { ...item, status: 'ok' } : { ...item, status: 'missing', cure: nodeVersion.cure };
}

export async function inspectPackages({ root }) {
  const { ok, detail } = await npmPackages.look({ root });
  const item = { name: 'npm packages', detail };
  return ok ? { ...item, status: 'ok' } : { ...item, status: 'missing', cure: 'Run `npm run setup`.' };
}

/** The trained models that come with the product, a folder each. */
export async function inspectWeights({ root }) {
  const folder = join(root, 'libs', 'models', 'weights');
  const models = [];
  for (const entry of await entriesOf(folder)) {
    if (entry.isDirectory() && (await entriesOf(join(folder, entry.name))).length > 0) models.push(entry.name);
  }
  const name = 'model weights';
  if (models.length > 0) return { name, status: 'ok', detail: models.join(', '), facts: { folder, models } };
  return {
    name,
    status: 'missing',
    detail: `none in ${folder}`,
    cure: 'Check the clone (`git status`), or train some: `npm run train`.',
    facts: { folder, models },
  };
}

export async function inspectNatsServer({ cache, env }) {
  const name = 'nats-server';
  const absent = (detail, cure = 'npm run setup') => ({ name, status: 'optional', detail, cure });
  try {
    const path = await locateNatsServer(cache, env);
    if (path === undefined) return absent('not there; needed by the services only');
    const version = (await run(path, ['--version'], { env })).trim();
    return { name, status: 'ok', detail: `${version} (${path})`, facts: { path, version } };
  } catch (error) {
    if (error instanceof SetupError) return absent(error.message, error.cure);
    throw error;
  }
}

export async function inspectGrpcurl({ cache, env }) {
  const path = await locateGrpcurl(cache, env);
  if (path !== undefined) return { name: 'grpcurl', status: 'ok', detail: path, facts: { path } };
  const detail = 'not there; needed by a test only (npm run setup -- --for-tests)';
  return { name: 'grpcurl', status: 'optional', detail, cure: grpcurl.cure };
}

export async function inspectCache({ cache }) {
  const bytes = await sizeOf(cache);
  const detail = `${cache}, ${(bytes / 1e6).toFixed(0)} MB; may be deleted, the set-up fetches it again`;
  return { name: 'cache', status: 'ok', detail, facts: { folder: cache, bytes } };
}

async function sizeOf(folder) {
  let bytes = 0;
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += await sizeOf(path);
    else if (entry.isFile()) bytes += await fileSize(path);
  }
  return bytes;
}

/** A set-up that runs meanwhile may take files away. */
async function fileSize(path) {
  try {
    return (await lstat(path)).size;
  } catch (error) {
    if (error.code === 'ENOENT') return 0;
    throw error;
  }
}

async function entriesOf(folder) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'EACCES') return [];
    throw error;
  }
}
