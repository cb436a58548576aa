import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ATTRIBUTES, METRICS, SPANS, STAGES } from './names.js';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const rows = README.split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')).slice(1, -1)); // prettier-ignore
const named = (name: string): string[] | undefined => rows.find(([first]) => first === name);

it('has each metric in its README as the code has it', () => {
  for (const { name, kind, unit, description, attributes } of Object.values(METRICS)) {
    const keys = attributes.map((attribute) => ATTRIBUTES[attribute]).join(', ');
    expect(named(name)).toEqual([name, kind, unit, description, keys]);
  }
});

it('has each span, stage and attribute in its README, and no others', () => {
  const spans = [SPANS.job, SPANS.frame, SPANS.batch, SPANS.call, ...STAGES.map((stage) => SPANS.stage(stage))];
  const known = [...spans, ...Object.values(ATTRIBUTES), ...Object.values(METRICS).map(({ name }) => name)];
  const told = rows.map(([name]) => name!).filter((name) => /^(kinemacolor|rpc)\./.test(name));
  expect([...new Set(told)].toSorted()).toEqual([...new Set(known)].toSorted());
});
