import { describe, expect, it } from 'vitest';

import { ModelError } from '../model-error.js';
import { plainValuesOnly } from './pickle-value.js';
import { tensorHost } from './tensor-host.js';
import { unpickle } from './unpickle.js';

const pickle = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))));
const value = (...parts: (string | number[])[]): unknown => unpickle(pickle(...parts), 0, plainValuesOnly).value;

describe('unpickle', () => {
  it('reads numbers of every width', () => {
    // pickle.dumps([1, 300, -5, 2**40, 1.5, True, None], 2)
    const written = [
      [0x80, 2],
      ']q\0(K\x01M\x2c\x01J\xfb\xff\xff\xff',
      [0x8a, 6, 0, 0, 0, 0, 0, 1],
      'G\x3f\xf8\0\0\0\0\0\0',
      [0x88],
      'Ne.',
    ];
    expect(value(...written)).toEqual([1, 300, -5, 2n ** 40n, 1.5, true, null]);
  });

  it('reads negative longs and an empty one', () => {
    expect(value([0x80, 2, 0x8a, 2, 0xff, 0x7f, 0x8a, 2, 0x00, 0xff, 0x8a, 0, 0x87], '.')).toEqual([32767n, -256n, 0n]);
  });

  it('reads the texts of Python 2 and Python 3', () => {
    expect(value('U\x03abcT\x02\0\0\0deX\x02\0\0\0\xc3\xa9', [0x87], '.')).toEqual(['abc', 'de', 'é']);
  });

  it('reads dictionaries, tuples and what it saw before', () => {
    // {'a': (1, 2), 'b': the same tuple}
    const map = value('}(U\x01aK\x01K\x02', [0x86], 'q\x05U\x01bh\x05u.');
    expect(map).toEqual(
      new Map([
        ['a', [1, 2]],
        ['b', [1, 2]],
      ]),
    );
  });

  it('says where the next pickle starts', () => {
    const two = pickle('K\x07.', 'K\x08.');
    const first = unpickle(two, 0, plainValuesOnly);
    expect(first).toEqual({ value: 7, end: 3 });
    expect(unpickle(two, first.end, plainValuesOnly).value).toBe(8);
  });

  it.each([
    ['os.system', 'cos\nsystem\nU\x04true\x85R.', 'os.system'],
    ['posix.system', 'cposix\nsystem\nU\x04true\x85R.', 'posix.system'],
    ['eval', 'c__builtin__\neval\nU\x011\x85R.', '__builtin__.eval'],
    ['a name with dots in it', 'ctorch._utils\n_rebuild_tensor.__globals__\n.', '_rebuild_tensor.__globals__'],
    ['a relative of an allowed name', 'ctorch.storage\n_load_from_bytes\n.', 'torch.storage._load_from_bytes'],
    ['a whole network', 'cnetworks\nResnetGenerator\n.', 'networks.ResnetGenerator'],
  ])('refuses %s by its name', (_, written, name) => {
    const attempt = (): unknown => unpickle(pickle(written), 0, tensorHost);
    expect(attempt).toThrow(ModelError);
    expect(attempt).toThrow(name);
  });

  it('does not call a value that is not a name', () => {
    expect(() => value('U\x06system)R.')).toThrow('a call has no name');
  });

  it('refuses storages of other number types', () => {
    expect(() => unpickle(pickle('ctorch\nQInt8Storage\n.'), 0, tensorHost)).toThrow('torch.QInt8Storage');
  });

  it.each([
    ['an unknown opcode', 'K\x01\x81.', 'opcode 0x81'],
    ['a later protocol', '\x80\x04.', 'pickle protocol 4'],
    ['a missing end', 'K\x01', 'ends early'],
    ['a text longer than the file', 'X\xff\xff\xff\x7fabc.', 'ends early'],
    ['a text of negative length', 'T\xff\xff\xff\xffabc.', 'ends early'],
    ['a name without an end', 'ccollections\nOrderedDict', 'ends early'],
    ['an empty stack', '.', 'not there'],
    ['taking values from before a mark', 'K\x01(\x85.', 'not there'],
    ['a value never seen', 'h\x09.', 'value 9'],
    ['items of a list', ']K\x01K\x02s.', 'not a dictionary'],
    ['values left over', 'K\x01K\x02.', 'left over'],
  ])('turns down %s', (_, written, message) => {
    expect(() => value(written)).toThrow(message);
  });
});
