import * as tf from '@tensorflow/tfjs';
import { CompileError } from '../compile-error.js';
import { ALL_PASSES } from '../passes/index.js';
import { PRECISIONS } from '../passes/precision.js';

/** For callers without types. @throws CompileError `BAD_OPTION` */
export function checkOptions(precision: string, passes: object): void {
  if (!PRECISIONS.some((known) => known === precision)) {
    fail(`There is no precision ${precision}: use ${PRECISIONS.join(' or ')}.`);
  }
  const unknown = Object.keys(passes).find((name) => !Object.hasOwn(ALL_PASSES, name));
  if (unknown !== undefined) fail(`There is no pass ${unknown}: they are ${Object.keys(ALL_PASSES).join(', ')}.`);
}

/** A layers model lists its own kind of variables, and a plain tensor would never change. @throws CompileError `BAD_OPTION` */
export function checkVariables(variables: unknown): void {
  if (!Array.isArray(variables)) fail('The option variables must be a list of tf.Variables.');
  for (const [i, variable] of (variables as unknown[]).entries()) {
    if (!(variable instanceof tf.Variable)) {
      fail(
        `variables[${i}] is not a tf.Variable: make it one with tf.variable, and of a layers model give model.trainableWeights.map((weight) => weight.read()).`,
      );
    }
    const { name, dtype, isDisposed } = variable;
    if (isDisposed) fail(`variables[${i}], ${name}, was disposed.`);
    if (!['float32', 'int32', 'bool'].includes(dtype)) {
      fail(`variables[${i}], ${name}, is ${dtype}: use float32, int32 or bool.`);
    }
  }
}

function fail(text: string): never {
  throw new CompileError('BAD_OPTION', text);
}
