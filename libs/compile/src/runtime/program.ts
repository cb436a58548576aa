import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { loadBackend, loadSavedModel, type NativeFunction } from '@kinemacolor/tensor';
import { CompileError } from '../compile-error.js';
import type { GraphProgram } from '../graph/rewrite.js';
import { ALL_PASSES, runPasses, type PassSwitches } from '../passes/index.js';
import type { Precision } from '../passes/precision.js';
import { encodeProgram } from '../saved-model/encode-graph.js';
import type { Returned } from '../trace/function-shape.js';
import { READ_VARIABLES, trace, valueName, WRITE_VARIABLES, type FunctionInterface, type TracedFunction } from '../trace/trace.js'; // prettier-ignore
import { checkBackend } from './active-backend.js';
import { callable } from './callable.js';
import { checkOptions, checkVariables } from './check-options.js';
import { returnName, takeName } from './session-name.js';

export interface CompileOptions {
  /**
   * The variables that the functions read and `assign` to: their values live in the compiled program from now on.
   * Every other tensor from outside becomes a constant.
   */
  readonly variables?: readonly tf.Variable[];
  /** Default: `fp32`. */
  readonly precision?: Precision;
  /** Passes to switch off; all are on by default. */
  readonly passes?: Partial<PassSwitches>;
}

/** A SavedModel in memory with how its functions are called. */
export interface BuiltProgram {
  /** `saved_model.pb` */
  readonly bytes: Uint8Array;
  readonly functions: Readonly<Record<string, FunctionInterface>>;
  /** Nodes in the graph that runs. */
  readonly nodes: number;
  /** Number of variables; they have no values in it. */
  readonly variables: number;
}

/** Functions that run in libtensorflow and share one set of variables. */
export interface CompiledProgram<Names extends string = string> {
  readonly functions: Readonly<Record<Names, (...args: tf.Tensor[]) => Returned>>;
  /** Gives the program the values that the tf.Variables have now. */
  readonly writeVariables: () => void;
  /** Gives the tf.Variables the values that the program has now. */
  readonly readVariables: () => void;
  readonly dispose: () => void;
}

/**
 * Traces functions, simplifies the graph and encodes it. Needs the engine, which says what device it is for.
 * @throws CompileError, also `BAD_OPTION` for options and signatures that cannot be; TensorError
 */
export async function buildProgram(
  functions: Readonly<Record<string, TracedFunction>>,
  { variables = [], precision = 'fp32', passes = {} }: CompileOptions = {},
): Promise<BuiltProgram> {
  checkOptions(precision, passes);
  checkVariables(variables);
  const { device, tensorflowVersion } = await loadBackend();
  checkBackend();
  const traced = trace(functions, variables);
  const program: GraphProgram = runPasses(traced, { ...ALL_PASSES, ...passes }, { device, precision });
  const bytes = encodeProgram(program, tensorflowVersion);
  return { bytes, functions: traced.functions, nodes: program.graph.nodes.length, variables: variables.length };
}

/**
 * Loads a program from a folder that holds its `saved_model.pb`, as it is now: what becomes of the folder later changes
 * nothing. The variables, if it has any, are its own and have no values yet.
 * @throws CompileError `NOT_LOADED` with TensorFlow's reason, `BAD_OPTION`
 */
export async function openProgram(
  folder: string,
  functions: Readonly<Record<string, FunctionInterface>>,
  variables: readonly tf.Variable[] = [],
): Promise<CompiledProgram> {
  checkVariables(variables);
  await loadBackend();
  checkBackend();
  const session = takeName(folder);
  const loaded: NativeFunction[] = [];
  let disposed = false;
  const check = (what: string): void => {
    if (disposed) throw new CompileError('DISPOSED', `${what} was disposed.`);
    checkBackend();
  };
  const checkAlive = (): void => {
    const gone = variables.find(({ isDisposed }) => isDisposed);
    if (gone !== undefined) throw new CompileError('BAD_ARGUMENT', `The variable ${gone.name} was disposed.`);
  };
  const load = async (signature: string): Promise<NativeFunction> => {
    const native = await loadSavedModel(session, signature);
    loaded.push(native);
    return native;
  };
  const close = (): void => {
    for (const native of loaded) native.dispose();
    returnName(session);
  };
  try {
    const calls: Record<string, (...args: tf.Tensor[]) => Returned> = {};
    for (const [name, signature] of Object.entries(functions)) {
      const native = await load(name);
      calls[name] = callable(name, signature, (inputs) => {
        check(`The compiled function ${name}`);
        return native.predict(inputs);
      });
    }
    const [write, read] = variables.length === 0 ? [] : [await load(WRITE_VARIABLES), await load(READ_VARIABLES)];
    return {
      functions: calls,
      writeVariables: () => {
        check('The compiled program');
        checkAlive();
        const values = Object.fromEntries(variables.map((variable, i) => [valueName(i), variable]));
        tf.dispose(write?.predict(values) ?? []);
      },
      readVariables: () => {
        check('The compiled program');
        checkAlive();
        const values = read?.predict({}) ?? {};
        for (const [i, variable] of variables.entries()) variable.assign(values[valueName(i)]!);
        tf.dispose(values);
      },
      dispose: () => {
        if (disposed) return;
        disposed = true;
        close();
      },
    };
  } catch (error) {
    close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new CompileError('NOT_LOADED', `libtensorflow did not take the compiled graph: ${reason}`, { cause: error });
  }
}

/** Writes a built program as a SavedModel folder that TensorFlow Serving, Triton and Python load too. */
export async function writeProgram({ bytes }: BuiltProgram, folder: string): Promise<void> {
  await mkdir(path.join(folder, 'variables'), { recursive: true });
  await writeFile(path.join(folder, 'saved_model.pb'), bytes);
}

/**
 * Compiles several functions into one program in which they share the variables: a generator's step, a
 * discriminator's, and inference, say. The variables get the values that they have now.
 * @throws CompileError
 */
export async function compileProgram<Names extends string>(
  functions: Readonly<Record<Names, TracedFunction>>,
  options: CompileOptions = {},
): Promise<CompiledProgram<Names>> {
  const built = await buildProgram(functions, options);
  const program = await compiledFrom(built, options.variables);
  program.writeVariables();
  return program;
}

/** A built program that is loaded and not kept on disk. @throws CompileError `NOT_LOADED` */
export async function compiledFrom(
  built: BuiltProgram,
  variables: readonly tf.Variable[] = [],
): Promise<CompiledProgram> {
  const folder = await writeTemporary(built);
  try {
    return await openProgram(folder, built.functions, variables);
  } finally {
    // The graph is in memory now.
    await rm(folder, { recursive: true, force: true });
  }
}

/** A new folder with the program in it. @throws CompileError `NOT_LOADED` where none can be written */
async function writeTemporary(built: BuiltProgram): Promise<string> {
  let folder: string | undefined;
  try {
    folder = await mkdtemp(path.join(tmpdir(), 'kinemacolor-compiled-'));
    await writeProgram(built, folder);
    return folder;
  } catch (error) {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new CompileError('NOT_LOADED', `The compiled graph could not be written for libtensorflow: ${reason}`, { cause: error }); // prettier-ignore
  }
}
