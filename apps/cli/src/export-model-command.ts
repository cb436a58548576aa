import { ModelError } from '@kinemacolor/models/model-error';
import { modelFolder } from '@kinemacolor/models/shipped-models';
import { EXIT } from './exit-code.js';
import type { ExportSettings } from './export-model.js';
import { UsageError } from './usage-error.js';

/** What `kinemacolor models export` was told, as words. */
export interface ExportFlags {
  readonly format: string;
  readonly size?: string;
  readonly batch: string;
  readonly precision: string;
}

/** `kinemacolor models export`. @throws UsageError, ModelError */
export async function exportModelCommand(model: string, folder: string, flags: ExportFlags): Promise<number> {
  const settings = exportSettings(flags);
  const source = modelFolder(model);
  // Only this command and the import need the engine in the main thread.
  const { exportModel } = await import('./export-model.js');
  try {
    const { name, version, savedModel } = await exportModel(source, folder, settings);
    const { batch, height, width, precision, signature } = savedModel;
    console.log(`${folder}: ${name} ${version} as a SavedModel, ${precision}, ${batch} × ${width}×${height}.`);
    console.log(
      `In Python: tf.saved_model.load(${JSON.stringify(folder)}).signatures["${signature}"](luma=luma) gives u and v; ` +
        `luma is float32 [${batch}, ${height}, ${width}, 1] in 0..255.`,
    );
    return EXIT.OK;
  } catch (error) {
    if (error instanceof ModelError && error.code === 'BAD_INPUT') throw new UsageError(error.message);
    throw error;
  }
}

function exportSettings({ format, size, batch, precision }: ExportFlags): ExportSettings {
  if (format !== 'saved-model') {
    throw new UsageError(`--format ${format} is not known: use saved-model, the only one so far.`);
  }
  if (precision !== 'fp32' && precision !== 'bf16') {
    throw new UsageError(`--precision ${precision} is not known: use fp32 or bf16.`);
  }
  const sides = /^(\d+)x(\d+)$/.exec(size ?? '');
  if (size !== undefined && sides === null) {
    throw new UsageError(`--size ${size} is not a size: write it as in 448x256, width first.`);
  }
  if (!/^[1-9]\d*$/.test(batch)) throw new UsageError(`--batch ${batch} is not a number of pictures, 1 or more.`);
  const wanted = sides === null ? {} : { size: { width: Number(sides[1]), height: Number(sides[2]) } };
  return { ...wanted, batch: Number(batch), precision };
}
