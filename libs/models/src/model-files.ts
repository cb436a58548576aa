import { createHash } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolders } from '@kinemacolor/config';
import * as tf from '@tensorflow/tfjs';
// Registers the layers, without which a stored topology cannot be read.
import './layers/instance-normalization.js';
import './layers/reflection-padding-2d.js';
import { ModelError } from './model-error.js';
import type { ModelInfo } from './model-info.js';
import { checkModelInfo, modelDisagreement } from './model-info-check.js';
import { describedBytes, inForm, type WeightForm } from './weight-form.js';

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
 * @param form of the stored weights; `float16` halves the file, and rounds each weight to eleven binary digits
 * @throws ModelError `WRITE_FAILED`, `UNSUPPORTED` for weights that do not fit the form
 */
export async function saveModel(
  model: tf.LayersModel,
  folder: string,
  info: Omit<ModelInfo, 'weightsSha256'>,
  form: WeightForm = 'float32',
): Promise<ModelInfo> {
  const artifacts = await artifactsOf(model);
  const floats = tf.io.CompositeArrayBuffer.join(artifacts.weightData);
  const { entries, bytes: weights } = inForm(form, artifacts.weightSpecs ?? [], floats);
  const topology = {
    modelTopology: artifacts.modelTopology,
    format: 'layers-model',
    generatedBy: artifacts.generatedBy,
    convertedBy: null,
    weightsManifest: [{ paths: [WEIGHTS], weights: entries }],
  };
  const full: ModelInfo = { ...info, weightsSha256: sha256(weights) };
  try {
    await makeFolders(folder);
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
 * Reads what stands beside a model's weights, and checks that the weights are whole.
 * @throws ModelError `NOT_FOUND`, `CORRUPT`
 */
export async function readModelInfo(folder: string): Promise<ModelInfo> {
  return (await readWeights(folder)).info;
}

/**
 * Reads what {@link saveModel} wrote, in either form. The backend must be loaded.
 * @throws ModelError `NOT_FOUND`, or `CORRUPT` when a file is damaged or does not belong to the others
 */
export async function loadModel(folder: string): Promise<LoadedModel> {
  const infoFile = path.join(folder, INFO);
  const { info, weights } = await readWeights(folder);
  const topology = path.join(folder, TOPOLOGY);
  const model = await readLayers(topology, parseJson(topology, await readPart(folder, TOPOLOGY)), weights);
  const disagreement = modelDisagreement(model, info.config);
  if (disagreement !== undefined) {
    model.dispose();
    throw new ModelError(
      'CORRUPT',
      `${infoFile} does not belong to ${topology}: ${disagreement}. Fetch or export the model again.`,
    );
  }
  return { info, model };
}

async function readWeights(folder: string): Promise<{ info: ModelInfo; weights: Buffer }> {
  const infoFile = path.join(folder, INFO);
  const info = checkModelInfo(infoFile, parseJson(infoFile, await readPart(folder, INFO)));
  const weights = await readPart(folder, WEIGHTS);
  if (sha256(weights) === info.weightsSha256) return { info, weights };
  throw new ModelError(
    'CORRUPT',
    `The weights in ${path.join(folder, WEIGHTS)} are damaged (their SHA-256 is not the recorded one). Fetch or export the model again.`,
  );
}

interface StoredTopology {
  readonly modelTopology: object;
  readonly weightsManifest: readonly { readonly weights: tf.io.WeightsManifestEntry[] }[];
}

async function readLayers(file: string, stored: unknown, weights: Buffer): Promise<tf.LayersModel> {
  const { modelTopology, weightsManifest } = (stored ?? {}) as Partial<StoredTopology>;
  if (modelTopology === undefined || !Array.isArray(weightsManifest)) {
    throw new ModelError('CORRUPT', `${file} is no Layers model: it lacks modelTopology or weightsManifest.`);
  }
  try {
    const weightSpecs = weightsManifest.flatMap((group: StoredTopology['weightsManifest'][number]) => group.weights);
    // Checked here, as tfjs notices it halfway and keeps the tensors that it has made.
    const described = describedBytes(weightSpecs);
    if (described !== weights.length) {
      throw new Error(`it describes ${described} bytes of weights, and ${WEIGHTS} has ${weights.length}`);
    }
    const weightData = Uint8Array.from(weights).buffer;
    return await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
  } catch (error) {
    throw new ModelError('CORRUPT', `The model ${file} cannot be read: ${reasonOf(error)}`, { cause: error });
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

function parseJson(file: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new ModelError('CORRUPT', `${file} is damaged: ${reasonOf(error)}. Fetch or export the model again.`, {
      cause: error,
    });
  }
}

async function writeBeside(file: string, content: string | Buffer): Promise<void> {
  const unfinished = `${file}.writing`;
  try {
    await writeFile(unfinished, content);
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
