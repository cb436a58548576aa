import * as tf from '@tensorflow/tfjs';
import { inferenceForm, loadModel } from '@kinemacolor/models';
import { formatTable, ToneFit, type TableRow } from '@kinemacolor/quality';
import { loadBackend } from '@kinemacolor/tensor';
import type { TrainingConfig } from './config.js';
import { writeContactSheet, type SheetRow } from './contact-sheet.js';
import { loadPictures } from './picture-set.js';
import { colourPicture, evaluateBaselines, evaluateGenerator, loadValidation } from './validation.js';

export interface EvaluateOptions {
  /** Its training folders fit the tone baseline; its validation folder is what is measured. */
  readonly config: TrainingConfig;
  /** Folder of the model. */
  readonly model: string;
  /** Short sides, pixels, at which the model is measured; default: the one on its card. */
  readonly sizes: readonly number[];
  /** Where a picture to look at goes: input, output and truth of every n-th picture. */
  readonly sheet: string | undefined;
}

/** Pictures on the contact sheet. */
const SHEET_ROWS = 14;

/** The model's metrics beside the grey and tone baselines, as a table; and a contact sheet when asked. */
export async function evaluate({ config, model: folder, sizes, sheet }: EvaluateOptions): Promise<string> {
  await loadBackend();
  const { info, model } = await loadModel(folder);
  const form = inferenceForm(model, info.config);
  model.dispose();
  const tone = new ToneFit();
  for (const set of config.train) {
    const { pictures } = await loadPictures(set.folder, { match: set.match });
    for (const { yuv } of pictures) tone.add(yuv);
  }
  const validation = await loadValidation(config.validation);
  const baselines = evaluateBaselines(validation, tone.fit());
  const rows: TableRow[] = [
    { name: 'grey', metrics: baselines.grey },
    { name: 'tone', metrics: baselines.tone },
  ];
  for (const size of sizes.length > 0 ? sizes : [info.renderSize]) {
    rows.push({
      name: `${info.name} at ${size}`,
      metrics: await evaluateGenerator(validation, form.forward, info.config, size),
    });
  }
  if (sheet !== undefined) {
    const every = Math.max(1, Math.floor(validation.length / SHEET_ROWS));
    const shown: SheetRow[] = [];
    for (const { truth } of validation.filter((_, i) => i % every === 0).slice(0, SHEET_ROWS)) {
      shown.push({ truth, output: await colourPicture(truth, form.forward, info.config, sizes[0] ?? info.renderSize) });
    }
    await writeContactSheet(shown, sheet);
  }
  form.dispose();
  tf.disposeVariables();
  return formatTable(rows);
}
