import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { loadBackend } from '@kinemacolor/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assign } from '../trace/assign.js';
import { buildProgram, openProgram, writeProgram, type BuiltProgram, type CompiledProgram } from './program.js';

const scratch = mkdtempSync(path.join(tmpdir(), 'kinemacolor-test-'));
beforeAll(() => loadBackend('cpu'));
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

const times = (factor: number): Promise<BuiltProgram> =>
  buildProgram({ main: { fn: (x: tf.Tensor) => tf.mul(x, factor), signature: [{ shape: [] }] } });
const run = ({ functions }: CompiledProgram): number =>
  tf.tidy(() => (functions['main']!(tf.scalar(1)) as tf.Tensor).dataSync()[0]!);

describe('programs of one folder', () => {
  it('are what was in it when each was opened', async () => {
    const folder = path.join(scratch, 'rewritten');
    const open: CompiledProgram[] = [];
    for (const factor of [2, 3, 4]) {
      const built = await times(factor);
      await writeProgram(built, folder);
      open.push(await openProgram(factor === 4 ? path.relative('.', folder) : folder, built.functions));
      expect(open.map(run)).toEqual([2, 3, 4].slice(0, open.length));
    }
    // A name that was given back is taken again.
    open[0]!.dispose();
    open[0]!.dispose();
    const built = await times(5);
    await writeProgram(built, folder);
    open[0] = await openProgram(folder, built.functions);
    expect(open.map(run)).toEqual([5, 3, 4]);
    for (const { dispose } of open) dispose();
  });

  it('have variables of their own', async () => {
    const folder = path.join(scratch, 'variables');
    const weight = tf.tidy(() => tf.variable(tf.scalar(1)));
    const fn = (x: tf.Tensor): tf.Tensor => (assign(weight, tf.add(weight, x)), tf.clone(weight));
    const built = await buildProgram({ main: { fn, signature: [{ shape: [] }] } }, { variables: [weight] });
    await writeProgram(built, folder);
    const open = [await openProgram(folder, built.functions, [weight]), await openProgram(folder, built.functions, [weight])]; // prettier-ignore
    for (const { writeVariables } of open) writeVariables();
    expect([run(open[0]!), run(open[0]!), run(open[1]!)]).toEqual([2, 3, 2]);
    for (const { dispose } of open) dispose();
    weight.dispose();
  });

  it('give their values to none that was disposed', async () => {
    const folder = path.join(scratch, 'disposed');
    const weight = tf.tidy(() => tf.variable(tf.scalar(1), true, 'gone'));
    const built = await buildProgram({ main: { fn: () => tf.clone(weight), signature: [] } }, { variables: [weight] });
    await writeProgram(built, folder);
    const { writeVariables, readVariables, dispose } = await openProgram(folder, built.functions, [weight]);
    writeVariables();
    readVariables();
    weight.dispose();
    expect(readVariables).toThrow(expect.objectContaining({ code: 'BAD_ARGUMENT' }));
    expect(readVariables).toThrow('The variable gone was disposed');
    expect(weight.isDisposed).toBe(true);
    dispose();
  });

  it('leave nothing behind when they are not taken', async () => {
    const folder = path.join(scratch, 'broken');
    const built = await times(2);
    await writeProgram({ ...built, bytes: Buffer.from('no graph') }, folder);
    await expect(openProgram(folder, built.functions)).rejects.toMatchObject({ code: 'NOT_LOADED' });
    await writeProgram(built, folder);
    const program = await openProgram(folder, built.functions);
    expect(run(program)).toBe(2);
    program.dispose();
  });
});
