import type { Device } from '@kinemacolor/tensor';
import { rewrite, type GraphProgram } from '../graph/rewrite.js';
import { fuseActivationGradients, lowerSteps } from './activation-gradient.js';
import { dropBiasBeforeNorm } from './bias-before-norm.js';
import { blockLastConvolution } from './blocked-convolution.js';
import { productFilterGradients } from './filter-gradient.js';
import { foldConstants } from './fold-constants.js';
import { lowerInstanceNorms } from './instance-norm.js';
import { mergeCrops } from './merge-crops.js';
import { applyPrecision, type Precision } from './precision.js';
import { lowerReflectionPadding } from './reflection-padding.js';
import { foldZeroPadding } from './zero-padding.js';

/** The passes that may be switched off, one by one; all are on by default. None changes what is computed. */
export interface PassSwitches {
  readonly foldConstants: boolean;
  readonly activationGradients: boolean;
  readonly mergeCrops: boolean;
  readonly zeroPadding: boolean;
  readonly biasBeforeNorm: boolean;
  readonly blockedConvolution: boolean;
  readonly filterGradients: boolean;
  readonly fusedInstanceNorm: boolean;
  readonly reflectionPaddingInPieces: boolean;
}

export const ALL_PASSES: PassSwitches = Object.freeze({
  foldConstants: true,
  activationGradients: true,
  mergeCrops: true,
  zeroPadding: true,
  biasBeforeNorm: true,
  blockedConvolution: true,
  filterGradients: true,
  fusedInstanceNorm: true,
  reflectionPaddingInPieces: true,
});

/** What the forms of some ops depend on. */
export interface Target {
  readonly device: Device;
  readonly precision: Precision;
}

/** From the graph as it was recorded to the one that runs: simplify, choose types, lower what is still ours. */
export function runPasses(recorded: GraphProgram, passes: PassSwitches, { device, precision }: Target): GraphProgram {
  let program = recorded;
  if (passes.foldConstants) program = foldConstants(program);
  if (passes.activationGradients) program = fuseActivationGradients(program);
  if (passes.biasBeforeNorm) program = dropBiasBeforeNorm(program);
  if (passes.mergeCrops) program = mergeCrops(program);
  if (passes.zeroPadding) program = foldZeroPadding(program);
  if (passes.blockedConvolution) program = blockLastConvolution(program);
  // A GPU's library has filter gradients of its own that are better than this.
  if (passes.filterGradients && device === 'cpu') {
    program = productFilterGradients(program);
    // They may put a border around one that is there already.
    if (passes.mergeCrops) program = mergeCrops(program);
  }
  if (precision === 'bf16') program = applyPrecision(program);
  program = lowerInstanceNorms(program, passes.fusedInstanceNorm);
  // A GPU pads by pixel in parallel.
  program = lowerReflectionPadding(program, passes.reflectionPaddingInPieces && device === 'cpu');
  program = lowerSteps(program);
  return rewrite(program);
}
