import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { loadBackend } from '@kinemacolor/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { RULES } from './index.js';

const folder = import.meta.dirname;
const notRules = ['index.ts', 'rule.ts'];
const files = readdirSync(folder).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !notRules.includes(file),
);

/** The tables of rules that a file exports. */
async function tables(file: string): Promise<[string, object][]> {
  const module = (await import(path.join(folder, file))) as Record<string, unknown>;
  return Object.entries(module).filter((entry): entry is [string, object] => entry[0].endsWith('Rules'));
}

beforeAll(async () => {
  await loadBackend('cpu');
});

describe('the rules', () => {
  it.each(files)('of %s are in use, and every one is tested by its spec', async (file) => {
    const found = await tables(file);
    expect(found).toHaveLength(1);
    const [name, rules] = found[0]!;
    expect(Object.keys(RULES)).toEqual(expect.arrayContaining(Object.keys(rules)));
    const spec = path.join(folder, file.replace(/\.ts$/, '.spec.ts'));
    expect(existsSync(spec)).toBe(true);
    expect(readFileSync(spec, 'utf8')).toContain(`describeRules(${name}, `);
  });

  it('are in one file each', async () => {
    const names = (await Promise.all(files.map(tables))).flat().flatMap(([, rules]) => Object.keys(rules));
    expect(names.toSorted()).toEqual(Object.keys(RULES).toSorted());
  });

  it('are of kernels that tfjs has', () => {
    const known = tf.getKernelsForBackend('tensorflow').map(({ kernelName }) => kernelName);
    expect(known).toEqual(expect.arrayContaining(Object.keys(RULES)));
  });
});
