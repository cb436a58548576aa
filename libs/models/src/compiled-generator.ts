import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {
  buildProgram,
  cachedProgram,
  CompileError,
  packBytes,
  unpackBytes,
  type BuiltProgram,
  type CompiledProgram,
  type Precision,
} from '@kinemacolor/compile';
import { cacheFolder } from '@kinemacolor/config';
import { loadBackend } from '@kinemacolor/tensor';
import { chromaLevels } from './chroma-function.js';
import { checkBatch, generateChroma, type BatchSize, type ChromaBytes } from './chroma-generator.js';
import { inferenceForm } from './inference.js';
import { loadModel, readModelInfo } from './model-files.js';
import type { ModelInfo } from './model-info.js';
import { choosePrecision, type PrecisionChoice } from './precision-choice.js';

export interface OpenGeneratorOptions {
  /** Default: `auto`. */
  readonly precision?: PrecisionChoice;
  /** Where compiled graphs are kept; default: `compiled` in the per-user cache. */
  readonly cache?: string;
  /** Told once when graphs cannot be used and the model runs op by op, some three times as slowly. */
  readonly warn?: (message: string) => void;
}

/** A generator ready to colour pictures of any size. */
export interface OpenGenerator {
  readonly info: ModelInfo;
  /** What it computes in; `fp32` also where it runs op by op. Known for certain after the first picture. */
  readonly precision: Precision;
  /** Whether it runs as one graph, and not op by op. Known for certain after the first picture. */
  readonly compiled: boolean;
  /**
   * Colours a batch of grey pictures, batch × height × width bytes. The first batch of a size takes a moment longer.
   * @throws ModelError `BAD_INPUT`, `NOT_FOUND`, `CORRUPT`
   */
  generate(luma: Uint8Array, size: BatchSize): Promise<ChromaBytes>;
  dispose(): void;
}

/** Sizes whose graphs stay in memory; a run has one or two. */
const MOST_SIZES = 4;
/** To be raised when the function that is compiled changes: older graphs on disk are then left alone. */
const FUNCTION_VERSION = 1;

type Generate = (luma: Uint8Array, size: BatchSize) => Promise<ChromaBytes>;

/**
 * Opens a model folder for colouring: compiled into one TensorFlow graph for each size, from the cache where that has
 * it. Where libtensorflow does not take the graph, op by op in fp32, with a warning.
 * @throws ModelError `NOT_FOUND`, `CORRUPT`; TensorError
 */
export async function openGenerator(folder: string, options: OpenGeneratorOptions = {}): Promise<OpenGenerator> {
  const { precision: choice = 'auto', cache = path.join(cacheFolder(), 'compiled'), warn = () => undefined } = options;
  const { device } = await loadBackend();
  const info = await readModelInfo(folder);
  const precision = choosePrecision(choice, device);
  const programs = new Map<string, Promise<CompiledProgram>>();
  let eager: { generate: Generate; dispose: () => void } | undefined;

  const program = (size: BatchSize): Promise<CompiledProgram> => {
    const name = `${size.batch}x${size.height}x${size.width}`;
    const known = programs.get(name);
    const opened = known ?? openSize(folder, info, size, precision, cache);
    // Last used, last in order.
    programs.delete(name);
    programs.set(name, opened);
    // What failed once, for want of memory or of a folder, may go well the next time.
    if (known === undefined) opened.catch(() => { if (programs.get(name) === opened) programs.delete(name); }); // prettier-ignore
    if (programs.size > MOST_SIZES) {
      const [oldest, forgotten] = programs.entries().next().value!;
      programs.delete(oldest);
      forgotten.then(({ dispose }) => { dispose(); }, () => undefined); // prettier-ignore
    }
    return opened;
  };

  return {
    info,
    get precision() {
      return eager === undefined ? precision : 'fp32';
    },
    get compiled() {
      return eager === undefined;
    },
    generate: async (luma, size) => {
      checkBatch(info.config, luma, size);
      if (eager === undefined) {
        try {
          return await run(await program(size), luma);
        } catch (error) {
          if (!(error instanceof CompileError) || error.code !== 'NOT_LOADED') throw error;
          warn(`The model runs op by op, which is slower: ${error.message}`);
          eager = await openEager(folder);
        }
      }
      return eager.generate(luma, size);
    },
    dispose: () => {
      for (const opened of programs.values()) {
        opened.then(({ dispose }) => { dispose(); }, () => undefined); // prettier-ignore
      }
      programs.clear();
      eager?.dispose();
    },
  };
}

async function openSize(
  folder: string,
  info: ModelInfo,
  { batch, height, width }: BatchSize,
  precision: Precision,
  cache: string,
): Promise<CompiledProgram> {
  const { semantics = 'none', ...shape } = info.config;
  const key = {
    ...shape,
    semantics,
    function: FUNCTION_VERSION,
    weights: info.weightsSha256,
    size: `${batch}x${height}x${width}`,
    precision,
  };
  const build = async (): Promise<BuiltProgram> => {
    const { model, info: current } = await loadModel(folder);
    try {
      const levels = (luma: tf.Tensor4D): { u: tf.Tensor4D; v: tf.Tensor4D } =>
        chromaLevels((x) => model.apply(x) as tf.Tensor4D, current.config, luma);
      const signature = [{ shape: [batch, height, width, 1], name: 'luma', packed: true }];
      return await buildProgram({ chroma: { fn: levels, signature, packedResults: true } }, { precision });
    } finally {
      model.dispose();
    }
  };
  return cachedProgram(key, build, { folder: cache });
}

async function run(program: CompiledProgram, luma: Uint8Array): Promise<ChromaBytes> {
  const bytes = packBytes(luma);
  const results = program.functions['chroma']!(bytes) as Readonly<Record<'u' | 'v', tf.Tensor>>;
  const [u, v] = await Promise.all([unpackBytes(results.u), unpackBytes(results.v)]);
  tf.dispose([bytes, results.u, results.v]);
  return { u, v };
}

async function openEager(folder: string): Promise<{ generate: Generate; dispose: () => void }> {
  const { model, info } = await loadModel(folder);
  const { forward, dispose } = inferenceForm(model, info.config);
  model.dispose();
  return { generate: (luma, size) => generateChroma(forward, info.config, luma, size), dispose };
}
