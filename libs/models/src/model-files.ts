import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { checkGeneratorConfig } from './generator-config.js';
// Registers the layers, without which a stored topology cannot be read.
import './layers/instance-normalization.js';
import './layers/reflection-padding-2d.js';
import { ModelError } from './model-error.js';
import type { ModelInfo } from './model-info.js';

const TOPOLOGY = 'model.json';
const WEIGHTS = 'weights.bin';
const INFO = 'kinemacolor.json';

/** A generator that was read from disk. The caller disposes `model`. */
export interface LoadedModel {
  readonly info: ModelInfo;
  readonly model: tf.LayersModel;
}

/**
 * Writes a generator as a tfjs Layers model (`model.json`, `weights.bin`: what `tf.loadLayersModel` reads, in a browser
 * too) with `kinemacolor.json` beside it. Each file is written beside its name and renamed.
 * @throws ModelError `WRITE_FAILED`
 */
export async function saveModel(
  model: tf.LayersModel,
  folder: string,
  info: Omit<ModelInfo, 'weightsSha256'>,
): Promise<ModelInfo> {
  const artifacts = await artifactsOf(model);
  const weights = Buffer.from(tf.io.concatenateArrayBuffers([artifacts.weightData as ArrayBuffer]));
  const topology = {
    modelTopology: artifacts.modelTopology,
    format: 'layers-model',
    generatedBy: artifacts.generatedBy,
    convertedBy: null,
    weightsManifest: [{ paths: [WEIGHTS], weights: artifacts.weightSpecs }],
  };
  const full: ModelInfo = { ...info, weightsSha256: sha256(weights) };
  try {
    await mkdir(folder, { recursive: true });
    await writeBeside(path.join(folder, WEIGHTS), weights);
    await writeBeside(path.join(folder, TOPOLOGY), JSON.stringify(topology));
    await writeBeside(path.join(folder, INFO), JSON.stringify(full, null, 2) + '\n');
  } catch (error) {
    throw new ModelError('WRITE_FAILED', `The model could not be written to ${folder}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
  return full;
}

/**
 * Reads what {@link saveModel} wrote. The backend must be loaded.
 * @throws ModelError `NOT_FOUND`, or `CORRUPT` when a file is damaged or does not belong to the others
 */
export async function loadModel(folder: string): Promise<LoadedModel> {
  const info = parseInfo(folder, await readPart(folder, INFO));
  const weights = await readPart(folder, WEIGHTS);
  if (sha256(weights) !== info.weightsSha256) {
    throw new ModelError(
      'CORRUPT',
      `The weights in ${path.join(folder, WEIGHTS)} are damaged (their SHA-256 is not the recorded one). Fetch or export the model again.`,
    );
  }
  const stored = parseJson(folder, TOPOLOGY, await readPart(folder, TOPOLOGY)) as {
    modelTopology?: object;
    weightsManifest?: { weights: tf.io.WeightsManifestEntry[] }[];
  };
  try {
    const model = await tf.loadLayersModel(
      tf.io.fromMemory({
        modelTopology: stored.modelTopology ?? {},
        weightSpecs: (stored.weightsManifest ?? []).flatMap((group) => group.weights),
        weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength) as ArrayBuffer,
      }),
    );
    return { info, model };
  } catch (error) {
    throw new ModelError('CORRUPT', `The model in ${folder} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}

async function artifactsOf(model: tf.LayersModel): Promise<tf.io.ModelArtifacts> {
  let kept: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      kept = artifacts;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' as const } });
    }),
  );
  return kept!;
}

async function readPart(folder: string, name: string): Promise<Buffer> {
  const file = path.join(folder, name);
  try {
    return await readFile(file);
  } catch (error) {
    throw new ModelError('NOT_FOUND', `No model in ${folder}: ${name} cannot be read (${reasonOf(error)}).`, {
      cause: error,
    });
  }
}

function parseJson(folder: string, name: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new ModelError('CORRUPT', `${path.join(folder, name)} is damaged: ${reasonOf(error)}`, { cause: error });
  }
}

function parseInfo(folder: string, bytes: Buffer): ModelInfo {
  const info = parseJson(folder, INFO, bytes) as Partial<ModelInfo>;
  if (info.config === undefined || typeof info.weightsSha256 !== 'string' || !(Number(info.renderSize) > 0)) {
    throw new ModelError('CORRUPT', `${path.join(folder, INFO)} lacks config, renderSize or weightsSha256.`);
  }
  checkGeneratorConfig(info.config);
  return info as ModelInfo;
}

async function writeBeside(file: string, content: string | Buffer): Promise<void> {
  await writeFile(`${file}.writing`, content);
  await rename(`${file}.writing`, file);
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
