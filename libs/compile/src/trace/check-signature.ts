import { CompileError } from '../compile-error.js';
import { PROTOTYPE } from './function-shape.js';
import type { TracedFunction } from './trace.js';

const TYPES: readonly unknown[] = [undefined, 'float32', 'int32', 'bool'];
const KEYS = ['shape', 'dtype', 'name', 'packed'];

/** What types would refuse, and shapes that are not fixed. @throws CompileError `BAD_OPTION` */
export function checkSignature(name: string, { fn, signature }: Partial<TracedFunction>): void {
  const specs: unknown = signature;
  if (typeof fn !== 'function') fail(`${name} must be given as a function and its signature: { fn, signature }.`);
  if (!Array.isArray(specs)) {
    fail(`${name} needs a signature, which lists the shape of each argument: [{ shape: [1, 8, 8, 3] }], say.`);
  }
  for (const [i, spec] of specs.entries()) checkArgument(`${name}: the signature's argument ${i}`, spec);
  const most = parametersOf(fn);
  if (specs.length > most) fail(`${name} takes ${most} arguments, but its signature has ${specs.length}.`);
}

function checkArgument(what: string, spec: unknown): void {
  const { shape, dtype, name = '-' } = (spec ?? {}) as Readonly<Record<string, unknown>>;
  if (!Array.isArray(shape)) fail(`${what} has no shape: { shape: [1, 8, 8, 3] }, say.`);
  const open = (shape as unknown[]).findIndex((side) => !Number.isInteger(side) || Number(side) < 0);
  if (open >= 0) {
    const shown = JSON.stringify(shape);
    fail(`${what} has the shape ${shown}, but side ${open} must be a whole number: compile again for another shape.`);
  }
  if (!TYPES.includes(dtype)) fail(`${what} has the type ${String(dtype)}: use float32, int32 or bool.`);
  if (typeof name !== 'string' || name === '') fail(`${what} has a name that is no text.`);
  if (name === PROTOTYPE) fail(`${what} cannot be called ${PROTOTYPE}.`);
  const unknown = Object.keys(spec as object).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) fail(`${what} has a ${unknown}, which there is not: use ${KEYS.join(', ')}.`);
}

/** How many arguments a function can take; infinite where its text does not tell. */
function parametersOf(fn: (...args: never[]) => unknown): number {
  const text = Function.prototype.toString.call(fn);
  const [list = ''] = text.split(/=>|\{|\)/, 1);
  // Defaults and rests do not count in `length`, nor what a native or an old function looks up by itself.
  return /=|\.\.\./.test(list) || /\barguments\b|\[native code\]/.test(text) ? Infinity : fn.length;
}

function fail(text: string): never {
  throw new CompileError('BAD_OPTION', text);
}
