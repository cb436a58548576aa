import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { type Image, evaluateSet, fitTone, formatTable, greyImage, toneImage } from './index.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

it('the snippet of the README runs', () => {
  const truths: readonly Image[] = [{ width: 2, height: 1, data: Uint8Array.of(200, 120, 40, 30, 60, 90) }];
  const training = truths;
  const model = (truth: Image): Image => truth;
  // snippet
  const tone = fitTone(training);
  const table = formatTable([
    { name: 'model', metrics: evaluateSet(truths.map((truth) => [model(truth), truth])) },
    { name: 'grey', metrics: evaluateSet(truths.map((truth) => [greyImage(truth), truth])) },
    { name: 'tone', metrics: evaluateSet(truths.map((truth) => [toneImage(tone, truth), truth])) },
  ]);
  // end of snippet
  const names = table.split('\n').map((line) => line.split('|')[1]?.trim());
  expect(names).toEqual(['', '-----', 'model', 'grey', 'tone', undefined]);
});

it('the README shows that snippet', () => {
  const [, snippet] = read('./readme.spec.ts').split(/^ *\/\/ (?:end of )?snippet\n/m);
  const [, shown] = read('../README.md').split(/^```(?:ts)?\n/m);
  expect(shown).toBe(snippet?.replaceAll(/^ {2}/gm, ''));
});
