import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import { buildProgram, writeProgram, type BuiltProgram, type Precision } from '@kinemacolor/compile';
import { loadBackend } from '@kinemacolor/tensor';
import { chromaLevels, type ChromaLevels } from './chroma-function.js';
import { fitsGenerator, sizeRule, type BatchSize } from './chroma-generator.js';
import { checkExportFolder, placeExport, type ExportContents } from './export-folder.js';
import { ModelError } from './model-error.js';
import { loadModel, readModelInfo } from './model-files.js';
import type { ModelInfo } from './model-info.js';

/** The name under which TensorFlow Serving, Triton and Python look for a function by themselves. */
export const EXPORTED_SIGNATURE = 'serving_default';

/** The weights are constants in the graph, so the folder of the variables is empty. */
const CONTENTS: ExportContents = { files: ['saved_model.pb', 'kinemacolor.json'], emptyFolder: 'variables' };

export interface ExportOptions extends BatchSize {
  /** Default: `fp32`, which every engine computes. Inputs and results are float32 in either. */
  readonly precision?: Precision;
}

/** What stands in `kinemacolor.json` beside an exported model: which one it is, and what its function takes. */
export interface ExportInfo extends ModelInfo {
  readonly savedModel: BatchSize & {
    readonly signature: string;
    readonly precision: Precision;
    readonly tensorflowVersion: string;
  };
}

/**
 * Writes a model as a SavedModel for other engines: the function `serving_default` takes `luma`, float32 levels
 * `[batch, height, width, 1]` in 0..255, and gives `u` and `v`, float32 chroma levels of the same shape (full-range
 * BT.601, 128 is neutral), not rounded; they may overshoot 0..255. Only plain TensorFlow ops, weights as constants.
 *
 * The folder is filled beside its name and renamed. An earlier export there is replaced, anything else is left alone.
 * @param folder of the model
 * @param out the new folder
 * @param options batch at least 1; width and height, pixels, multiples of 4 and at least 8, with semantics of 16
 * @throws ModelError `BAD_INPUT` for the size, `OCCUPIED` when `out` holds something else, `NOT_FOUND`, `CORRUPT`,
 *   `WRITE_FAILED`; CompileError; TensorError
 */
export async function exportSavedModel(folder: string, out: string, options: ExportOptions): Promise<ExportInfo> {
  const { batch, width, height, precision = 'fp32' } = options;
  const { config } = await readModelInfo(folder);
  if (!fitsGenerator(config, options)) {
    throw new ModelError('BAD_INPUT', `This generator takes no ${batch} pictures of ${width}×${height}: ${sizeRule(config)}.`); // prettier-ignore
  }
  await checkExportFolder(out, CONTENTS);
  const { tensorflowVersion } = await loadBackend();
  const { program, info } = await traced(folder, { batch, width, height }, precision);
  const savedModel = { signature: EXPORTED_SIGNATURE, batch, width, height, precision, tensorflowVersion };
  const exported: ExportInfo = { ...info, savedModel };
  await placeExport(out, CONTENTS, async (unfinished) => {
    await writeProgram(program, unfinished);
    await writeFile(path.join(unfinished, 'kinemacolor.json'), JSON.stringify(exported, null, 2) + '\n');
  });
  return exported;
}

async function traced(
  folder: string,
  { batch, height, width }: BatchSize,
  precision: Precision,
): Promise<{ program: BuiltProgram; info: ModelInfo }> {
  const { model, info } = await loadModel(folder);
  try {
    const fn = (luma: tf.Tensor4D): ChromaLevels =>
      chromaLevels((x) => model.apply(x) as tf.Tensor4D, info.config, luma);
    const signature = [{ name: 'luma', shape: [batch, height, width, 1] }];
    // What these two make suits this project's own engine; converters and other engines know the plain ops better.
    const passes = { fusedInstanceNorm: false, reflectionPaddingInPieces: false };
    return { program: await buildProgram({ [EXPORTED_SIGNATURE]: { fn, signature } }, { precision, passes }), info };
  } finally {
    model.dispose();
  }
}
