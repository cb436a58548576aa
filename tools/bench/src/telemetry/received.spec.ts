import { expect, test } from 'vitest';
import { droppedSpans } from './received.js';

const of = (instance: string) => ({ 'service.name': 'encoder', 'service.instance.id': instance });
const spans = (instance: string, count: number) =>
  Array.from({ length: count }, (_, at) => ({ resource: of(instance), spanId: `${instance}${at}` }));
const point = (instance: string, name: 'started' | 'live', value: number, origin?: 'none' | 'remote') => ({
  name: `otel.sdk.span.${name}`,
  resource: of(instance),
  attributes: {
    'otel.span.sampling_result': 'RECORD_AND_SAMPLE',
    ...(origin === undefined ? {} : { 'otel.span.parent.origin': origin }),
  },
  value,
});

test('spans that were made and did not come are told, by the last count of each process', () => {
  const told = [point('a', 'started', 3, 'none'), point('a', 'started', 5, 'none'), point('a', 'started', 2, 'remote')];
  expect(droppedSpans(spans('a', 7), told)).toBe(0);
  expect(droppedSpans(spans('a', 4), told)).toBe(3);
  expect(droppedSpans([...spans('a', 6), ...spans('b', 2)], [...told, point('b', 'started', 4, 'none')])).toBe(3);
  // Of one that sent none at all, too.
  expect(droppedSpans([], [point('a', 'started', 4, 'none')])).toBe(4);
});

test('one process does not make up for another, and what came twice came once', () => {
  const told = [point('a', 'started', 5, 'none'), point('b', 'started', 5, 'none')];
  expect(droppedSpans([...spans('a', 8), ...spans('b', 2)], told)).toBe(3);
  expect(droppedSpans([...spans('a', 5), ...spans('b', 4), ...spans('b', 4)], told)).toBe(1);
});

test('a span that is not over, or not sampled, was not dropped', () => {
  const told = [point('a', 'started', 5, 'none'), point('a', 'live', 2)];
  expect(droppedSpans(spans('a', 3), told)).toBe(0);
  const unsampled = { ...point('a', 'started', 9, 'none'), attributes: { 'otel.span.sampling_result': 'DROP' } };
  expect(droppedSpans(spans('a', 3), [...told, unsampled])).toBe(0);
});

test('no word is not none', () => {
  expect(() => droppedSpans([], [])).toThrow('not told by any service');
  expect(() => droppedSpans(spans('b', 1), [point('a', 'started', 1, 'none')])).toThrow('not told by encoder b');
});
