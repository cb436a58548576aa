import { execFile, execFileSync } from 'node:child_process';
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
