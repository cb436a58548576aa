import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { unzipSync, zipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';

import { ModelError } from '../model-error.js';
import { readCheckpoint } from './read-checkpoint.js';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

interface About {
  readonly types: Readonly<Record<string, { shape: number[]; values: number[] }>>;
}
const about = JSON.parse(readFileSync(fixture('about.json'), 'utf8')) as About;

async function failure(source: string | Uint8Array): Promise<ModelError> {
  const thrown: unknown = await readCheckpoint(source).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof ModelError)) throw new Error('no ModelError was thrown', { cause: thrown });
  return thrown;
}

describe.each(['zip', 'legacy'])('readCheckpoint of the %s form', (form) => {
  it('reads every element type, strides and offsets as PyTorch does', async () => {
    const tensors = await readCheckpoint(fixture(`types.${form}.pth`));
    expect([...tensors.keys()]).toEqual(Object.keys(about.types));
    for (const [name, { shape, values }] of Object.entries(about.types)) {
      expect(tensors.get(name), name).toEqual({ shape, data: Float32Array.from(values) });
    }
  });

  it('reads bytes as it reads a path', async () => {
    const bytes = new Uint8Array(await readFile(fixture(`six.${form}.pth`)));
    expect(await readCheckpoint(bytes)).toEqual(await readCheckpoint(fixture(`six.${form}.pth`)));
  });

  it('reports a file that is cut short, wherever the cut is', async () => {
    const whole = await readFile(fixture(`six.${form}.pth`));
    for (const share of [0.01, 0.1, 0.5, 0.9, 0.999]) {
      const cut = await failure(whole.subarray(0, Math.floor(whole.length * share)));
      expect(cut.code).toBe('CORRUPT');
    }
  });

  it('never throws anything but its own error for damaged bytes', async () => {
    const whole = await readFile(fixture(`types.${form}.pth`));
    for (let at = 0; at < whole.length; at += 1) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 0x5a;
      await readCheckpoint(damaged).catch((error: unknown) => {
        expect(error, `byte ${at}`).toBeInstanceOf(ModelError);
      });
    }
  });
});

describe('readCheckpoint', () => {
  it('finds the same tensors in both forms, and in one written by Python 2 with old statistics', async () => {
    const zip = await readCheckpoint(fixture('six.zip.pth'));
    expect(await readCheckpoint(fixture('six.legacy.pth'))).toEqual(zip);
    const old = await readCheckpoint(fixture('six.statistics.pth'));
    expect(old.size).toBeGreaterThan(zip.size);
    for (const [name, tensor] of zip) expect(old.get(name), name).toEqual(tensor);
  });

  it('looks under state_dict and takes module. off', async () => {
    const nested = await readCheckpoint(fixture('nine.zip.pth'));
    expect(nested.has('model.1.weight')).toBe(true);
    expect(await readCheckpoint(fixture('nine.legacy.pth'))).toEqual(nested);
  });

  it('reads an archive whose entries are deflated', async () => {
    const bytes = await readFile(fixture('six.zip.pth'));
    expect(await readCheckpoint(zipSync(unzipSync(bytes), { level: 9 }))).toEqual(await readCheckpoint(bytes));
  });

  it('reads big-endian storages when the archive says so', async () => {
    const entries = unzipSync(await readFile(fixture('six.zip.pth')));
    const swapped = Object.entries(entries).map(([name, data]): [string, Uint8Array] => {
      if (name.endsWith('/byteorder')) return [name, Buffer.from('big')];
      return [name, /\/data\/\d+$/.test(name) ? Buffer.from(data).swap32() : data];
    });
    const read = await readCheckpoint(zipSync(Object.fromEntries(swapped)));
    expect(read).toEqual(await readCheckpoint(fixture('six.zip.pth')));
  });

  it('refuses a pickle that would run something, in both forms, naming it and the cure', async () => {
    const call = Buffer.from('\x80\x02cos\nsystem\nX\x04\0\0\0true\x85R.', 'latin1');
    const legacy = await readFile(fixture('types.legacy.pth'));
    // Magic number, version and system information end where the pickled object starts.
    const object = legacy.indexOf(Buffer.from('\x80\x02ccollections\nOrderedDict', 'latin1'));
    for (const bytes of [zipSync({ 'net/data.pkl': call }), Buffer.concat([legacy.subarray(0, object), call])]) {
      const refused = await failure(bytes);
      expect(refused.code).toBe('UNSUPPORTED');
      expect(refused.message).toMatch(/os\.system.*nothing was run.*state_dict/);
    }
  });

  it.each([
    ['an empty file', Buffer.alloc(0), 'CORRUPT', 'the file is empty'],
    ['a text', Buffer.from('<html>not found</html>'), 'CORRUPT', 'not a PyTorch checkpoint'],
    ['another archive', zipSync({ 'a/b.txt': Buffer.from('x') }), 'CORRUPT', 'no data.pkl'],
    ['a TorchScript program', script(), 'UNSUPPORTED', 'TorchScript'],
    ['a number', zipSync({ 'net/data.pkl': Buffer.from('K\x01.') }), 'UNSUPPORTED', 'no state dict'],
    ['an empty dictionary', zipSync({ 'net/data.pkl': Buffer.from('}.') }), 'UNSUPPORTED', 'no tensors'],
    ['plain values', zipSync({ 'net/data.pkl': Buffer.from('}U\x05epochK\x01s.') }), 'UNSUPPORTED', 'epoch'],
  ])('turns down %s', async (_, bytes, code, message) => {
    const error = await failure(bytes);
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  it('names a file that is not there, and the file in every other error', async () => {
    const missing = await failure(fixture('missing.pth'));
    expect(missing.code).toBe('NOT_FOUND');
    expect(missing.message).toContain('missing.pth');
    expect((await failure(fixture('about.json'))).message).toContain('about.json');
  });

  it('refuses an archive entry that claims more than it can hold', async () => {
    const bytes = zipSync({ 'net/data.pkl': [Buffer.alloc(5000), { level: 9 }] });
    const central = Buffer.from(bytes).lastIndexOf('PK\x01\x02');
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(central + 24, 0x7fffffff, true);
    expect((await failure(bytes)).message).toContain('claims more bytes');
  });
});

describe('an archive that claims too much', () => {
  it('is turned down for a count of entries that the file cannot hold', async () => {
    const bytes = Buffer.from(zipSync({ 'net/data.pkl': Buffer.from('}.') }));
    const end = bytes.lastIndexOf('PK\x05\x06');
    bytes.writeUInt16LE(0xffff, end + 8);
    // The directory is said to lie past the end, where every entry reads as an empty one.
    bytes.writeUInt32LE(0x7fffffff, end + 16);
    expect((await failure(bytes)).message).toContain('more entries');
  });

  it('is turned down when many names share one storage', async () => {
    const tensor =
      'ctorch._utils\n_rebuild_tensor\n((U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuK\x01tQK\x00K\x01\x85K\x01\x85tR';
    const shared = (names: string): Uint8Array => {
      const items = Array.from(names, (name) => `U\x01${name}${tensor}s`).join('');
      return zipSync({ 'net/data.pkl': Buffer.from(`}${items}.`, 'latin1'), 'net/data/0': new Uint8Array(4) });
    };
    expect((await readCheckpoint(shared('abcdefgh'))).size).toBe(8);
    expect((await failure(shared('abcdefghi'))).message).toMatch(/^i is one of too many tensors/);
  });
});

describe('a tensor that claims more than its storage has', () => {
  const tensor = (offset: number, shape: number, stride: number): Uint8Array => {
    const storage = '(U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuK\x04tQ';
    const args = `(${storage}K${byte(offset)}K${byte(shape)}\x85K${byte(stride)}\x85t`;
    const pickled = Buffer.from(`}U\x01wctorch._utils\n_rebuild_tensor\n${args}Rs.`, 'latin1');
    return zipSync({ 'net/data.pkl': pickled, 'net/data/0': new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer) });
  };

  let whole: Float32Array | undefined;
  beforeAll(async () => {
    whole = (await readCheckpoint(tensor(0, 2, 2))).get('w')?.data;
  });

  it('is readable when it does not', () => {
    expect(whole).toEqual(Float32Array.of(1, 3));
  });

  it.each([
    ['past the end', 3, 2, 1, 'reaches past'],
    ['by its stride', 0, 3, 2, 'reaches past'],
    ['by repeating one element', 0, 200, 0, 'claims more elements'],
  ])('is turned down: %s', async (_, offset, shape, stride, message) => {
    expect((await failure(tensor(offset, shape, stride))).message).toContain(message);
  });
});

describe('a legacy storage that is a window on a larger block', () => {
  const legacy = (first: number, length: number): Uint8Array => {
    const magic = '\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.\x80\x02}.';
    const window = `(U\x01vK${byte(first)}K${byte(length)}t`;
    const storage = `(U\x07storagectorch.cuda\nFloatStorage\nU\x019U\x06cuda:0K\x06${window}tQ`;
    const tensor = `(${storage}K\x00K\x02\x85K\x01\x85t`;
    const object = `\x80\x02}U\x01wctorch._utils\n_rebuild_tensor\n${tensor}Rs.\x80\x02]U\x019a.`;
    const block = Buffer.alloc(8 + 6 * 4);
    block.writeBigInt64LE(6n);
    for (let index = 0; index < 6; index += 1) block.writeFloatLE(10 + index, 8 + 4 * index);
    return Buffer.concat([Buffer.from(magic + object, 'latin1'), block]);
  };

  it('starts at its own first element', async () => {
    expect((await readCheckpoint(legacy(3, 3))).get('w')?.data).toEqual(Float32Array.of(13, 14));
  });

  it('is turned down when it reaches past the block, or the tensor past the window', async () => {
    expect((await failure(legacy(4, 3))).message).toContain('reaches past the block');
    expect((await failure(legacy(3, 1))).message).toContain('reaches past the 1 elements');
  });
});

function byte(value: number): string {
  return String.fromCharCode(value);
}

function script(): Uint8Array {
  return zipSync({ 'net/data.pkl': Buffer.from('}.'), 'net/constants.pkl': Buffer.from(').') });
}
