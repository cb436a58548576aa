import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelRecord, ModelVersion } from '@kinemacolor/contracts';
import { connectNats, startNatsServer, type NatsServer, type Records } from '@kinemacolor/streaming';
import { scratchDir } from '@kinemacolor/testing';
import { Objm } from '@nats-io/obj';
import type { NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchModel } from './fetch-model.js';
import { acceptVersion, refuseVersion } from './judge-version.js';
import { candidateOf, listModels, openModelRecords, versionOf } from './model-records.js';
import { publishModel } from './publish-model.js';

const folder = scratchDir();
let server: NatsServer;
let connection: NatsConnection;
let records: Records<ModelRecord>;
beforeAll(async () => {
  server = await startNatsServer({ folder: path.join(folder, 'nats') });
  connection = await connectNats({ servers: [server.url], name: 'test' });
  records = await openModelRecords(connection);
});
afterAll(async () => {
  await connection.close();
  await server.stop();
});

/** A folder that looks like a model from outside, which is how far the store looks. */
async function modelFolder(weights: string, card: object = {}): Promise<string> {
  const made = path.join(folder, `model-${createHash('sha256').update(weights).digest('hex').slice(0, 8)}`);
  await mkdir(made, { recursive: true });
  const weightsSha256 = createHash('sha256').update(weights).digest('hex');
  await writeFile(path.join(made, 'weights.bin'), weights);
  await writeFile(path.join(made, 'model.json'), '{}');
  await writeFile(path.join(made, 'kinemacolor.json'), JSON.stringify({ version: '2026-01-01', renderSize: 256, weightsSha256, ...card })); // prettier-ignore
  return made;
}

const publish = async (name: string, weights: string, version?: string): Promise<ModelVersion> =>
  publishModel(connection, await modelFolder(weights), { name, ...(version === undefined ? {} : { version }) });
const nameOf = (version: ModelVersion | undefined): string | undefined => version?.model?.version;

describe('a published model', () => {
  it('is a candidate, named by its card and its bytes', async () => {
    const version = await publish('first', 'weights');
    expect(version).toMatchObject({ refused: '', checked: false, model: { name: 'first', renderSize: 256 } });
    expect(nameOf(version)).toMatch(/^2026-01-01-[0-9a-f]{8}$/);
    const record = await records.get('first');
    expect(record!.serving).toBe('');
    expect(nameOf(candidateOf(record!))).toBe(nameOf(version));
  });

  it('is one version however often it is published, at the same time too', async () => {
    // Made once: a file that is written again is empty for a moment.
    const from = await modelFolder('same');
    const both = await Promise.all([1, 2].map(() => publishModel(connection, from, { name: 'same' })));
    const again = await publish('same', 'same', 'another-name');
    expect([...both, again].map(nameOf)).toEqual(Array(3).fill(nameOf(again)));
    expect((await records.get('same'))!.versions).toHaveLength(1);
  });

  it('cannot take the name of another version, or a name that is none', async () => {
    await publish('names', 'one', 'v1');
    await expect(publish('names', 'two', 'v1')).rejects.toMatchObject({ code: 'TAKEN' });
    await expect(publish('names', 'two', '../v1')).rejects.toMatchObject({ code: 'BAD_NAME' });
    await expect(publish('a.b', 'two')).rejects.toMatchObject({ code: 'BAD_NAME' });
  });

  it('has the files of a model, and weights that are whole', async () => {
    const empty = path.join(folder, 'empty');
    await mkdir(empty);
    const publishing = (from: string) => publishModel(connection, from, { name: 'none' });
    await expect(publishing(empty)).rejects.toMatchObject({ code: 'NOT_A_MODEL', message: expect.stringContaining('kinemacolor.json') as string }); // prettier-ignore
    const damaged = await modelFolder('damaged', { weightsSha256: 'f'.repeat(64) });
    await expect(publishing(damaged)).rejects.toMatchObject({ code: 'NOT_A_MODEL' });
    const sizeless = await modelFolder('sizeless', { renderSize: 'large' });
    await expect(publishing(sizeless)).rejects.toThrow(/renderSize/);
    expect(await records.get('none')).toBeUndefined();
  });
});

describe('a version', () => {
  it('is served once it was accepted, and refused ones leave it so', async () => {
    const [one, two, three] = [await publish('judged', 'j1'), await publish('judged', 'j2'), await publish('judged', 'j3')]; // prettier-ignore
    await acceptVersion(records, 'judged', nameOf(one)!);
    expect((await records.get('judged'))!.serving).toBe(nameOf(one));
    await refuseVersion(records, 'judged', nameOf(three)!, 'paints nothing');
    const record = (await records.get('judged'))!;
    expect([record.serving, versionOf(record, nameOf(three)!)!.refused]).toEqual([nameOf(one), 'paints nothing']);
    expect(nameOf(candidateOf(record))).toBe(nameOf(two));
    // The first judgement stands.
    await acceptVersion(records, 'judged', nameOf(three)!);
    await refuseVersion(records, 'judged', nameOf(one)!, 'too late');
    expect(await records.get('judged')).toEqual(record);
  });

  it('that is older does not replace a newer one that was quicker', async () => {
    const [old, young] = [await publish('order', 'o1'), await publish('order', 'o2')];
    await acceptVersion(records, 'order', nameOf(young)!);
    const record = await acceptVersion(records, 'order', nameOf(old)!);
    expect([record!.serving, candidateOf(record!)]).toEqual([nameOf(young), undefined]);
  });

  it('that is published again is a candidate again: the way back', async () => {
    const [old, young] = [await publish('back', 'b1'), await publish('back', 'b2')];
    for (const version of [old, young]) await acceptVersion(records, 'back', nameOf(version)!);
    await publish('back', 'b1');
    expect(nameOf(candidateOf((await records.get('back'))!))).toBe(nameOf(old));
    expect((await acceptVersion(records, 'back', nameOf(old)!))!.serving).toBe(nameOf(old));
  });

  it('is listed with what became of it', async () => {
    const version = await publish('listed', 'l1');
    await refuseVersion(records, 'listed', nameOf(version)!, 'no colours');
    const listed = (await listModels(records)).filter(({ model }) => model.name === 'back' || model.name === 'listed');
    expect(listed.map(({ model, refused }) => [model.name, model.serving, refused])).toEqual([
      ['back', true, ''],
      ['back', false, ''],
      ['listed', false, 'no colours'],
    ]);
  });

  it('that is very old goes when there are too many, the served one stays', async () => {
    const first = await publish('many', 'm0');
    await acceptVersion(records, 'many', nameOf(first)!);
    const second = await publish('many', 'm1');
    for (let i = 2; i <= 50; i++) await publish('many', `m${i}`);
    const record = (await records.get('many'))!;
    expect(record.versions).toHaveLength(50);
    expect([versionOf(record, nameOf(first)!), versionOf(record, nameOf(second)!)]).toEqual([record.versions[0], undefined]); // prettier-ignore
    await expect(fetchModel(connection, second, path.join(folder, 'late'))).rejects.toMatchObject({ code: 'MISSING' });
  });
});

describe('a fetched model', () => {
  const cache = path.join(folder, 'cache');

  it('is what was published, and lies there the next time', async () => {
    const version = await publish('fetched', 'the weights');
    const fetched = await Promise.all([fetchModel(connection, version, cache), fetchModel(connection, version, cache)]);
    expect(fetched[0]).toBe(fetched[1]);
    expect(await readFile(path.join(fetched[0], 'weights.bin'), 'utf8')).toBe('the weights');
    expect((await readdir(fetched[0])).toSorted()).toEqual(['kinemacolor.json', 'model.json', 'weights.bin']);
    expect(await readdir(cache)).toHaveLength(1);
  });

  it('is fetched anew where it was damaged', async () => {
    const version = await publish('healed', 'whole');
    const file = path.join(await fetchModel(connection, version, cache), 'weights.bin');
    await writeFile(file, 'half');
    await fetchModel(connection, version, cache);
    expect(await readFile(file, 'utf8')).toBe('whole');
  });

  it('is refused where the store holds something else', async () => {
    const version = await publish('swapped', 'as published');
    const store = await new Objm(connection).open('kinemacolor-model-files');
    await store.putBlob({ name: `${version.object}/weights.bin` }, new TextEncoder().encode('as  replaced'));
    await expect(fetchModel(connection, version, cache)).rejects.toMatchObject({ code: 'CORRUPT' });
  });

  it('cannot write outside of its folder', async () => {
    const store = await new Objm(connection).open('kinemacolor-model-files');
    const evil = new TextEncoder().encode('evil');
    const sum = createHash('sha256').update(evil).digest('hex');
    const list = new TextEncoder().encode(JSON.stringify({ files: [{ name: '../../evil', size: evil.byteLength, sha256: sum }, { name: 'weights.bin', size: 4, sha256: sum }] })); // prettier-ignore
    const object = `evil/${createHash('sha256').update(list).digest('hex')}`;
    for (const name of ['../../evil', 'weights.bin']) await store.putBlob({ name: `${object}/${name}` }, evil);
    await store.putBlob({ name: `${object}/files.json` }, list);
    const version = { ...(await publish('evil', 'harmless')), object };
    const deep = path.join(folder, 'deep', 'er');
    const fetching = fetchModel(connection, { ...version, model: { ...version.model!, sha256: sum } }, deep);
    await expect(fetching).rejects.toMatchObject({ code: 'CORRUPT', message: expect.stringContaining('../../evil') as string }); // prettier-ignore
    expect(await readdir(folder)).not.toContain('evil');
  });
});
