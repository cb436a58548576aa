import { readFileSync } from 'node:fs';

import {
  create,
  createFileRegistry,
  type DescField,
  type DescMessage,
  fromBinary,
  type Message,
  ScalarType,
  toBinary,
} from '@bufbuild/protobuf';
import { reflect, type ReflectMessage } from '@bufbuild/protobuf/reflect';
import { WireType } from '@bufbuild/protobuf/wire';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from 'vitest';

import * as contracts from './index.js';

/**
 * The other side of each round trip is protobuf-es, which reads the descriptors and knows nothing of the generated code.
 * The descriptors say which messages there are, so that none can be forgotten.
 */
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(contracts.PROTOSET)));
const ours = [...registry].filter(({ typeName }) => typeName.startsWith('kinemacolor.'));
const messages = ours.filter((desc) => desc.kind === 'message');
const door: Readonly<Record<string, unknown>> = contracts;

function codec({ name }: DescMessage) {
  expect(door[name], `${name} is not exported by index.ts`).toMatchObject({ encode: expect.any(Function) as unknown });
  const message = door[name] as contracts.MessageFns<object>;
  return {
    decode: (bytes: Uint8Array) => message.decode(bytes),
    encode: (decoded: object) => message.encode(decoded).finish(),
    /** As nice-grpc does with every message it sends. */
    copy: (decoded: object) => message.fromPartial(decoded),
  };
}

/** Every field set, to values that are hard to keep; of a oneof the `variant`th field. */
type Fill = { readonly variant: number; readonly zero: boolean; readonly unknown: boolean };

const NEWER_ENUM_VALUE = 4711;

function scalar(field: DescField): unknown {
  switch (field.scalar) {
    case ScalarType.STRING:
      return 'grün 色';
    case ScalarType.BYTES:
      return new Uint8Array([0, 255, 7]);
    case ScalarType.BOOL:
      return true;
    case ScalarType.DOUBLE:
      return 0.1;
    case ScalarType.INT32:
      return -(2 ** 31);
    case ScalarType.UINT32:
      return 2 ** 32 - 1;
    case ScalarType.INT64:
      return 'longAsString' in field && field.longAsString ? -(2n ** 63n) : BigInt(Number.MIN_SAFE_INTEGER);
    case ScalarType.UINT64:
      return BigInt(Number.MAX_SAFE_INTEGER);
    default:
      throw new Error(`This test has no value for ${String(field)} yet.`);
  }
}

function value(field: DescField, fill: Fill, from: ReflectMessage): unknown {
  if (field.message !== undefined) return filled(field.message, fill);
  if (fill.zero) return from.get(field);
  if (field.enum !== undefined) return fill.variant === 0 ? NEWER_ENUM_VALUE : field.enum.values.at(-1)!.number;
  return scalar(field);
}

function filled(desc: DescMessage, fill: Fill): ReflectMessage {
  const message = reflect(desc, create(desc));
  if (desc.typeName === 'google.protobuf.Timestamp') {
    // A Date in TypeScript: milliseconds.
    const [seconds, nanos] = fill.zero ? [0n, 0] : [1_790_000_000n, 123_000_000];
    return reflect(desc, create(desc, { seconds, nanos }));
  }
  for (const member of desc.members) {
    const field = member.kind === 'oneof' ? member.fields[fill.variant % member.fields.length]! : member;
    if (field.fieldKind !== 'list') message.set(field, value(field, fill, message));
    else if (!fill.zero) {
      const list = message.get(field);
      list.add(value(field, fill, message));
      list.add(value(field, { ...fill, variant: fill.variant + 1 }, message));
    }
  }
  if (fill.unknown) {
    message.setUnknown([
      { no: 15_001, wireType: WireType.Varint, data: new Uint8Array([0xac, 0x02]) },
      { no: 15_002, wireType: WireType.LengthDelimited, data: new Uint8Array([2, 8, 1]) },
      { no: 15_002, wireType: WireType.LengthDelimited, data: new Uint8Array([1, 9]) },
    ]);
  }
  return message;
}

const VARIANTS = Math.max(...messages.flatMap(({ oneofs }) => oneofs.map(({ fields }) => fields.length)));

function samples(desc: DescMessage, unknown: boolean): Message[] {
  return Array.from({ length: 2 * VARIANTS }, (_, index) => {
    const fill = { variant: index >> 1, zero: index % 2 === 1, unknown };
    return filled(desc, fill).message;
  });
}

function unknownFields(decoded: unknown): unknown[] {
  if (typeof decoded !== 'object' || decoded === null || ArrayBuffer.isView(decoded)) return [];
  return Object.entries(decoded).flatMap(([key, part]) =>
    key === '_unknownFields' ? Object.entries(part as object) : unknownFields(part),
  );
}

test('the descriptors hold the services and messages', () => {
  expect(ours.filter(({ kind }) => kind === 'service').length).toBeGreaterThan(1);
  expect(messages.length).toBeGreaterThan(30);
});

describe.each(messages.map((desc) => [desc.name, desc] as const))('%s', (_, desc) => {
  test('is empty when nothing is set', () => {
    const { encode, decode, copy } = codec(desc);
    expect(encode(decode(new Uint8Array()))).toHaveLength(0);
    expect(encode(copy({}))).toHaveLength(0);
  });

  test('comes back the same, every field of it known', () => {
    const { encode, decode, copy } = codec(desc);
    for (const sample of samples(desc, false)) {
      const bytes = toBinary(desc, sample);
      const decoded = decode(bytes);
      expect(unknownFields(decoded)).toEqual([]);
      expect(fromBinary(desc, encode(decoded))).toEqual(sample);
      expect(fromBinary(desc, encode(copy(decoded)))).toEqual(sample);
    }
  });

  test('keeps what a newer version has added, at every depth', () => {
    const { encode, decode, copy } = codec(desc);
    for (const sample of samples(desc, true)) {
      const decoded = decode(toBinary(desc, sample));
      expect(fromBinary(desc, encode(decoded))).toEqual(sample);
      expect(fromBinary(desc, encode(copy(decoded)))).toEqual(sample);
    }
  });

  test('that is cut short is refused', () => {
    const { decode } = codec(desc);
    const bytes = toBinary(desc, samples(desc, true)[0]!);
    expect(() => decode(bytes.subarray(0, -1))).toThrow();
  });
});

test.each(ours.filter((desc) => desc.kind === 'enum').map((desc) => [desc.name, desc] as const))(
  'enum %s has every value',
  (name, { values }) => {
    expect(Object.values(door[name] as object)).toEqual(expect.arrayContaining(values.map(({ number }) => number)));
  },
);

test.each(ours.filter((desc) => desc.kind === 'service').map((desc) => [desc.name, desc] as const))(
  'service %s has every method, with its streams',
  (name, { typeName, methods }) => {
    const definition = door[`${name}Definition`] as typeof contracts.ColorizationServiceDefinition;
    expect(definition.fullName).toBe(typeName);
    const told = Object.values(definition.methods).map((method) => [
      method.name,
      method.requestStream,
      method.responseStream,
    ]);
    expect(told).toEqual(
      methods.map(({ name: method, methodKind }) => [
        method,
        methodKind === 'client_streaming' || methodKind === 'bidi_streaming',
        methodKind === 'server_streaming' || methodKind === 'bidi_streaming',
      ]),
    );
  },
);

test('a number past 2^53 is refused instead of rounded', () => {
  const desc = registry.getMessage('kinemacolor.v1.Chunk')!;
  const bytes = toBinary(desc, create(desc, { offset: 2n ** 53n }));
  expect(() => contracts.Chunk.decode(bytes)).toThrow('MAX_SAFE_INTEGER');
});
