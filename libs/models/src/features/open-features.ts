import { stat } from 'node:fs/promises';
import path from 'node:path';

import { ModelError } from '../model-error.js';
import { readCheckpoint } from '../torch/index.js';
import type { ConvolutionStack } from './convolution-stack.js';
import { darknetTiny } from './darknet-tiny.js';
import type { FeatureKind, FeatureNetwork } from './feature-network.js';
import { checkDigest, readSums, sha256Of } from './sha256.js';
import { vgg16 } from './vgg16.js';
import type { WeightTensors } from './weight-tensors.js';
import { MANIFEST, readManifestWeights } from './weights-manifest.js';

export interface OpenFeaturesOptions {
  readonly kind: FeatureKind;
  /** `darknet-tiny`: the folder (or its model.json). `vgg16`: torchvision's `vgg16_bn-….pth`. */
  readonly path: string;
  /**
   * What the weights must be, in hexadecimal, whole or its first digits. Of `vgg16` the file's SHA-256; of `darknet-tiny`
   * that of the lines `<sha256>  <name>` of model.json and the files that it names, sorted by name.
   */
  readonly sha256?: string | undefined;
}

interface Weights {
  readonly tensors: WeightTensors;
  readonly sha256: string;
}

/**
 * Opens a feature network for the perceptual loss. The backend must be loaded; the caller disposes of the network.
 *
 * Files are compared with a `SHA256SUMS` beside them where there is one, and with `sha256` where it is given; every
 * tensor's shape is compared with the network's.
 * @throws ModelError `NOT_FOUND`; `CORRUPT` for a damaged file or a wrong digest; `UNSUPPORTED` naming the first tensor
 * that is missing or has another shape than the network's, with both shapes
 */
export async function openFeatures({ kind, path: source, sha256 }: OpenFeaturesOptions): Promise<FeatureNetwork> {
  const weights = await (kind === 'vgg16' ? readVgg16(source) : readDarknet(source));
  if (sha256 !== undefined) checkDigest(source, weights.sha256, sha256);
  const { taps, extract, dispose } = build(kind, source, weights.tensors);
  return { kind, taps, extract, dispose, sha256: weights.sha256 };
}

function build(kind: FeatureKind, source: string, tensors: WeightTensors): ConvolutionStack {
  try {
    return kind === 'vgg16' ? vgg16(tensors) : darknetTiny(tensors);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const wanted = kind === 'vgg16' ? 'VGG16 with batch norm, as torchvision has it' : 'Darknet tiny, as ml5 has it';
    throw new ModelError(error.code, `${source} is not ${wanted}: ${error.message}.`, { cause: error });
  }
}

/** Reads Darknet tiny's weights. @throws ModelError `NOT_FOUND`, `CORRUPT`, `UNSUPPORTED` */
export async function readDarknet(source: string): Promise<Weights> {
  return readManifestWeights(path.basename(source) === MANIFEST ? path.dirname(source) : source);
}

async function readVgg16(file: string): Promise<Weights> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) {
    throw new ModelError('NOT_FOUND', `${file} is not a file: give the path of torchvision's vgg16_bn-….pth.`);
  }
  const sha256 = await sha256Of(file);
  const wanted = (await readSums(path.dirname(file))).get(path.basename(file));
  if (wanted !== undefined) checkDigest(file, sha256, wanted);
  return { tensors: await readCheckpoint(file), sha256 };
}
