import * as tf from '@tensorflow/tfjs';
import { CompileError } from '../compile-error.js';

/** What a compiled function takes: one of its arguments. */
export interface ArgumentSpec {
  readonly shape: readonly number[];
  /** Default: `float32`. */
  readonly dtype?: 'float32' | 'int32' | 'bool';
  /** Its name in the SavedModel; default: `argument_0`, `argument_1` … */
  readonly name?: string;
  /**
   * The argument arrives as bytes, four to an int32 (`packBytes`), and the function sees them as float32 in 0..255 of
   * this shape: a quarter of the copying. The number of elements must be a multiple of 4.
   */
  readonly packed?: boolean;
}

/** What a function may return: a tensor, a list of them, or a record of them. */
export type Returned = tf.Tensor | readonly tf.Tensor[] | Readonly<Record<string, tf.Tensor>>;

/** How the results of a function were put together. */
export type ReturnForm =
  | { readonly kind: 'tensor' }
  | { readonly kind: 'list'; readonly length: number }
  | { readonly kind: 'record'; readonly names: readonly string[] };

/** The tensors of a returned value with their names in the SavedModel. @throws CompileError `BAD_OUTPUT` */
export function flatten(
  returned: Returned,
  functionName: string,
): { form: ReturnForm; tensors: Record<string, tf.Tensor> } {
  const fail = (): never => {
    throw new CompileError(
      'BAD_OUTPUT',
      `The function ${functionName} must return a tensor, a list of tensors or a record of tensors, and at least one.`,
    );
  };
  const check = (tensors: Record<string, tf.Tensor>): Record<string, tf.Tensor> => {
    const named = Object.entries(tensors);
    if (named.length === 0 || !named.every(([, tensor]) => tensor instanceof tf.Tensor)) return fail();
    const gone = named.find(([, { isDisposed }]) => isDisposed)?.[0];
    if (gone === undefined) return tensors;
    throw new CompileError(
      'BAD_OUTPUT',
      `The function ${functionName} returns ${gone}, which was disposed, by a tidy perhaps (tf.variableGrads and the like have one): tf.keep it, or return it from there.`,
    );
  };
  const promise: unknown = returned;
  if (promise instanceof Promise) {
    // What becomes of it is of no interest: it fails where it uses a tensor of this trace.
    promise.catch(() => undefined);
    throw new CompileError(
      'BAD_OUTPUT',
      `The function ${functionName} must return a tensor, a list of tensors or a record of tensors, not a promise: it is async, and only what runs at once can be recorded.`,
    );
  }
  if (returned instanceof tf.Tensor) return { form: { kind: 'tensor' }, tensors: check({ [resultName(0)]: returned }) };
  if (Array.isArray(returned)) {
    const list = returned as readonly tf.Tensor[];
    // A hole is a result too, and none that can be.
    const named = Object.fromEntries(Array.from(list, (tensor, i) => [resultName(i), tensor]));
    return { form: { kind: 'list', length: list.length }, tensors: check(named) };
  }
  if (typeof returned !== 'object' || (returned as object | null) === null) return fail();
  const record = returned as Record<string, tf.Tensor>;
  if (Object.hasOwn(record, PROTOTYPE)) {
    throw new CompileError('BAD_OUTPUT', `The function ${functionName} cannot call a result ${PROTOTYPE}.`);
  }
  return { form: { kind: 'record', names: Object.keys(record) }, tensors: check(record) };
}

/** Puts results together again as the function returned them. */
export function unflatten(form: ReturnForm, results: Readonly<Record<string, tf.Tensor>>): Returned {
  if (form.kind === 'tensor') return results[resultName(0)]!;
  if (form.kind === 'list') return Array.from({ length: form.length }, (_, i) => results[resultName(i)]!);
  return Object.fromEntries(form.names.map((name) => [name, results[name]!]));
}

/** As a key of a record it is another thing than a name, and what was stored under it would be lost. */
export const PROTOTYPE = '__proto__';

const resultName = (index: number): string => `result_${index}`;
export const argumentName = ({ name }: ArgumentSpec, index: number): string => name ?? `argument_${index}`;
