import { ModelError } from '@kinemacolor/models/model-error';
import { modelFolder } from '@kinemacolor/models/shipped-models';
import { EXIT } from './exit-code.js';
import type { CardSettings, SavedModelSettings } from './export-model.js';
import { readEvaluation, readTextFile } from './read-evaluation.js';
import { UsageError } from './usage-error.js';

/** What `kinemacolor models export` was told, as words. */
export interface ExportFlags {
  readonly format: string;
  readonly size?: string;
  readonly batch?: string;
  readonly precision?: string;
  readonly half?: boolean;
  readonly metrics?: string;
  readonly card?: string;
}

/** By the format, the flags that only it has. */
const FORMATS = {
  'saved-model': ['size', 'batch', 'precision'],
  kinemacolor: ['half', 'metrics', 'card'],
} as const satisfies Record<string, readonly (keyof ExportFlags)[]>;

/** `kinemacolor models export`. @throws UsageError, ModelError */
export async function exportModelCommand(model: string, folder: string, flags: ExportFlags): Promise<number> {
  const format = formatOf(flags);
  try {
    if (format === 'kinemacolor') await exportForColorizing(model, folder, flags);
    else await exportForEngines(model, folder, savedModelSettings(flags));
    return EXIT.OK;
  } catch (error) {
    if (error instanceof ModelError && error.code === 'BAD_INPUT') throw new UsageError(error.message);
    throw error;
  }
}

async function exportForEngines(model: string, folder: string, settings: SavedModelSettings): Promise<void> {
  const source = modelFolder(model);
  // Only this command and the import need the engine in the main thread.
  const { exportAsSavedModel } = await import('./export-model.js');
  const { name, version, savedModel } = await exportAsSavedModel(source, folder, settings);
  const { batch, height, width, precision, signature } = savedModel;
  console.log(`${folder}: ${name} ${version} as a SavedModel, ${precision}, ${batch} × ${width}×${height}.`);
  console.log(
    `In Python: tf.saved_model.load(${JSON.stringify(folder)}).signatures["${signature}"](luma=luma) gives u and v; ` +
      `luma is float32 [${batch}, ${height}, ${width}, 1] in 0..255.`,
  );
}

async function exportForColorizing(model: string, folder: string, flags: ExportFlags): Promise<void> {
  const { half = false, metrics, card } = flags;
  const settings: CardSettings = {
    half,
    metrics: metrics === undefined ? undefined : await readEvaluation(metrics),
    text: card === undefined ? undefined : await readTextFile('--card', card),
  };
  const source = modelFolder(model);
  const { exportForColorizer } = await import('./export-model.js');
  const { info, bytes } = await exportForColorizer(source, folder, settings);
  const form = half ? 'half precision' : 'full precision';
  console.log(
    `${folder}: ${info.name} ${info.version}, ${form}, ${(bytes / 1e6).toFixed(2)} MB of weights, README.md.`,
  );
  console.log(`Use it with --model ${folder}`);
}

function formatOf(flags: ExportFlags): keyof typeof FORMATS {
  const known = Object.keys(FORMATS) as (keyof typeof FORMATS)[];
  const format = known.find((name) => name === flags.format);
  if (format === undefined) {
    throw new UsageError(`--format ${flags.format} is not known: use ${known.join(' or ')}.`);
  }
  for (const other of known.filter((name) => name !== format)) {
    const stray = FORMATS[other].find((flag) => flags[flag] !== undefined);
    if (stray !== undefined) throw new UsageError(`--${stray} belongs to --format ${other}, not to ${format}.`);
  }
  return format;
}

function savedModelSettings({ size, batch = '1', precision = 'fp32' }: ExportFlags): SavedModelSettings {
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
