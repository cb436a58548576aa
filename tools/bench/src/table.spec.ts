import { expect, test } from 'vitest';
import { formatResult, formatRows } from './table.js';

test('rows become an aligned table with ratio, target and verdict', () => {
  const table = formatRows([
    { name: 'fast', numbers: { 'ours ms': 20.123456, 'theirs ms': 30 }, ratio: 1.4908, target: { least: 1 } },
    { name: 'a long name', numbers: { 'ours ms': 5 }, ratio: 1.2, target: { most: 1.1 } },
  ]);
  expect(table).toBe(
    [
      '|             | ours ms | theirs ms | ratio | target | reached |',
      '| ----------- | ------: | --------: | ----: | -----: | ------: |',
      '| fast        |   20.12 |        30 | 1.491 | ≥ 1.00 |     yes |',
      '| a long name |       5 |           | 1.200 | ≤ 1.10 |      no |',
      '',
    ].join('\n'),
  );
});

test('columns for ratio and target are left out where no row has one', () => {
  expect(formatRows([{ name: 'a|b', numbers: { n: 1 } }])).toBe('|      |   n |\n| ---- | --: |\n| a\\|b |   1 |\n');
});

test('a ratio that equals its target reaches it', () => {
  expect(formatRows([{ name: 'x', numbers: {}, ratio: 0.8, target: { least: 0.8 } }])).toContain('yes');
  expect(formatRows([{ name: 'x', numbers: {}, ratio: 1.1, target: { most: 1.1 } }])).toContain('yes');
});

test('a target of three decimals is shown with all of them, and what just misses it does not look like it', () => {
  const table = formatRows([{ name: 'x', numbers: {}, ratio: 0.9948, target: { least: 0.995 } }]);
  expect(table).toContain('| 0.9948 | ≥ 0.995 |      no |');
});

test('a result names machine, date, settings and versions beside its table', () => {
  const text = formatResult({
    bench: 'film',
    about: 'What it is.',
    date: '2026-01-02T03:04:05.000Z',
    machine: { cores: 2, cpu: 'Some CPU', memoryGib: 24, loadBefore: 0.25 },
    versions: { node: '20.19.0' },
    settings: { frames: 600 },
    rows: [{ name: 'x', numbers: { n: 1 } }],
  });
  for (const part of [
    '## film',
    'What it is.',
    '2026-01-02',
    '2 cores, Some CPU',
    'load before 0.3',
    'frames 600',
    'node 20.19.0',
  ]) {
    expect(text).toContain(part);
  }
});
