import * as tf from '@tensorflow/tfjs';
import { loadBackend } from '@kinemacolor/tensor';
import { afterAll, beforeAll, describe, expect, it, vi, type MockInstance } from 'vitest';
import type { Precision } from '../passes/precision.js';
import { RULES } from '../rules/index.js';
import type { Rule, Rules } from '../rules/rule.js';
import { compile } from '../runtime/compile.js';
import type { ArgumentSpec } from '../trace/function-shape.js';
import { relativeDifference } from './difference.js';
import { makeSample, type Sample } from './samples.js';

/** A method's type lets the parameters be narrower: `(x: tf.Tensor4D) => …`. */
type Call = { of(...inputs: tf.Tensor[]): tf.Tensor | tf.Tensor[] }['of'];

/** One way of calling an op. */
export interface RuleCase {
  readonly name: string;
  readonly inputs: readonly Sample[];
  readonly call: Call;
  /** The same in other ops, where tfjs-node cannot run `call` itself. */
  readonly reference?: Call;
  /** `false` where tfjs defines no gradient. */
  readonly gradient?: false;
  /** Largest error in bfloat16 as a share of the largest output; `false` where that says nothing. */
  readonly bf16?: number | false;
}

const FP32_BOUND = 1e-5;
/** Two or three roundings to 8 bits, and some more for a gradient. */
const BF16_BOUND = 2 ** -7;
const BF16_GRADIENT_BOUND = 2 ** -6;
/** Apart from the seeds of inputs: along its own direction a norm has no gradient to compare. */
const SEED_OF_GRADIENTS = 100_000;

type Named = Record<string, tf.Tensor>;

/**
 * Tests that every case, compiled, gives the numbers of eager tfjs, and so do its gradients, and that every rule is used
 * by a case. All cases are one compiled function, which is much quicker than one each.
 */
export function describeRules(rules: Rules, cases: readonly RuleCase[]): void {
  const failures = new Map<RuleCase, unknown>();
  const spies = new Map<string, MockInstance>();
  const results = new Map<Precision, { actual: Named; expected: Named }>();

  beforeAll(async () => {
    await loadBackend('cpu');
    for (const name of Object.keys(rules)) spies.set(name, vi.spyOn(RULES as Record<string, Rule>, name));
    for (const precision of ['fp32', 'bf16'] as const)
      results.set(precision, await runTable(cases, precision, failures));
  });

  afterAll(() => {
    for (const { actual, expected } of results.values()) tf.dispose([actual, expected]);
  });

  const check = (at: number, precision: Precision, bound: number, gradientBound = bound): void => {
    if (failures.has(cases[at]!)) throw failures.get(cases[at]!);
    const { actual, expected } = results.get(precision)!;
    const names = Object.keys(expected).filter((name) => name.startsWith(`${at}/`));
    expect(names).not.toEqual([]);
    for (const name of names) {
      expect(actual[name]!.shape).toEqual(expected[name]!.shape);
      expect(actual[name]!.dtype).toBe(expected[name]!.dtype);
      const most = name.includes('gradient') ? gradientBound : bound;
      expect(relativeDifference(actual[name]!, expected[name]!), name).toBeLessThanOrEqual(most);
    }
  };

  describe('equals eager tfjs in fp32', () => {
    it.each(cases.map(({ name }, at) => ({ name, at })))('$name', ({ at }) => {
      check(at, 'fp32', FP32_BOUND);
    });
  });

  describe('is near eager tfjs in bf16', () => {
    const floats = cases.map(({ name }, at) => ({ name, at })).filter(({ at }) => inBfloat16(cases[at]!));
    it.each(floats)('$name', ({ at }) => {
      const { bf16 } = cases[at]!;
      if (typeof bf16 === 'number') check(at, 'bf16', bf16);
      else check(at, 'bf16', BF16_BOUND, BF16_GRADIENT_BOUND);
    });
  });

  it.each(Object.keys(rules))('has a case for %s', (name) => {
    expect(spies.get(name)).toHaveBeenCalled();
  });
}

const inBfloat16 = ({ bf16, inputs }: RuleCase): boolean =>
  bf16 !== false && inputs.some(({ dtype = 'float32' }) => dtype === 'float32');

async function runTable(
  cases: readonly RuleCase[],
  precision: Precision,
  failures: Map<RuleCase, unknown>,
): Promise<{ actual: Named; expected: Named }> {
  const chosen = cases.map((one, at) => ({ one, at })).filter(({ one }) => precision === 'fp32' || inBfloat16(one));
  const seeds: Named = {};
  // What the gradients start with has the shape of the outputs, which the eager run tells.
  const samples = tf.tidy(() =>
    chosen.map(({ one, at }) => {
      const inputs = one.inputs.map((input, i) => makeSample(input, at * 16 + i));
      if (one.gradient !== false) {
        const { shape } = joined((one.reference ?? one.call)(...inputs));
        seeds[at] = tf.keep(makeSample({ shape }, SEED_OF_GRADIENTS + at));
      }
      return inputs.map((input) => tf.keep(input));
    }),
  );
  const given: Named = { one: tf.ones([1, 1]) };
  for (const [i, { at }] of chosen.entries()) {
    for (const [k, sample] of samples[i]!.entries()) given[`${at}_${k}`] = sample;
    if (seeds[at] !== undefined) given[`${at}_dy`] = seeds[at];
  }
  const table = (named: Named, eager: boolean): Named => {
    const all: Named = {};
    for (const { one, at } of chosen) {
      if (failures.has(one)) continue;
      const through = (x: tf.Tensor): tf.Tensor => (precision === 'bf16' ? product(x, named['one'] as tf.Tensor2D) : x);
      try {
        const inputs = one.inputs.map((_, k) => named[`${at}_${k}`]!);
        Object.assign(all, outcomes(one, at, eager, inputs, named[`${at}_dy`], through));
      } catch (error) {
        failures.set(one, error);
      }
    }
    return all;
  };
  const names = Object.keys(given);
  const signature = names.map((name): ArgumentSpec => ({
    name,
    shape: given[name]!.shape,
    dtype: given[name]!.dtype as 'float32',
  }));
  const byName = (values: readonly tf.Tensor[]): Named =>
    Object.fromEntries(names.map((name, i) => [name, values[i]!]));
  // Some gradients are the given tensor itself; cloned, everything here has one owner.
  const expected = tf.tidy(() => Object.fromEntries(Object.entries(table(given, true)).map(([name, x]) => [name, tf.clone(x)]))); // prettier-ignore
  const compiled = await compile((...values: tf.Tensor[]) => table(byName(values), false), signature, { precision });
  const actual = compiled(...names.map((name) => given[name]!));
  compiled.dispose();
  tf.dispose(given);
  return { actual, expected };
}

/** Outputs and gradients of one case by name. */
function outcomes(
  one: RuleCase,
  at: number,
  eager: boolean,
  inputs: readonly tf.Tensor[],
  dy: tf.Tensor | undefined,
  through: (x: tf.Tensor) => tf.Tensor,
): Named {
  const call = (eager ? one.reference : undefined) ?? one.call;
  const wide = inputs.map((input) => (input.dtype === 'float32' ? through(input) : input));
  const named: Named = {};
  for (const [i, output] of [call(...wide)].flat().entries()) named[`${at}/output ${i}`] = output;
  if (dy === undefined) return named;
  const places = inputs.flatMap(({ dtype }, i) => (dtype === 'float32' ? [i] : []));
  const gradients = tf.grads((...floats: tf.Tensor[]) => {
    const all = inputs.map((input, i) => (places.includes(i) ? floats[places.indexOf(i)]! : input));
    return joined(call(...all));
  });
  for (const [i, gradient] of gradients(places.map((place) => wide[place]!), through(dy)).entries()) named[`${at}/gradient ${i}`] = gradient; // prettier-ignore
  return named;
}

/** One tensor of all, since tfjs differentiates a single one. */
function joined(outputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
  const list = [outputs].flat();
  return list.length === 1 ? list[0]! : tf.concat(list.map((output) => tf.reshape(output, [-1])));
}

/** The same numbers from a matrix product, which is where bfloat16 begins. */
function product(x: tf.Tensor, one: tf.Tensor2D): tf.Tensor {
  return tf.reshape(tf.matMul(tf.reshape(x, [-1, 1]), one), x.shape);
}
