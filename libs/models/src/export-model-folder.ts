import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CardMetrics } from './card/metrics-table.js';
import { checkExportFolder, placeExport, type ExportContents } from './export-folder.js';
import { modelCard } from './card/model-card.js';
import { loadModel, saveModel } from './model-files.js';
import type { ModelInfo } from './model-info.js';

const INFO = 'kinemacolor.json';
const CARD = 'README.md';
const CONTENTS: ExportContents = { files: [INFO, 'model.json', 'weights.bin', CARD], foreign };

export interface FolderExportOptions {
  /** Weights in half precision: half the size, each weight rounded to eleven binary digits. */
  readonly half?: boolean;
  /** Rows of an evaluation, for the card. */
  readonly metrics?: readonly CardMetrics[] | undefined;
  /** Markdown for the card; see `CardFacts`. */
  readonly text?: string | undefined;
}

/** What an export wrote. */
export interface FolderExport {
  readonly info: ModelInfo;
  readonly parameters: number;
  /** Of `weights.bin`. */
  readonly bytes: number;
}

/**
 * Writes a model in the form that `loadModel` and the colorizer read, with a model card (`README.md`) beside it.
 *
 * The folder is filled beside its name and renamed. An earlier export there is replaced, unless its card was changed
 * since; anything else is left alone, models that no export wrote included.
 * @param folder of the model
 * @param out the new folder; it may be `folder`, when that is an earlier export
 * @throws ModelError `OCCUPIED` when `out` holds something else, `NOT_FOUND`, `CORRUPT`, `WRITE_FAILED`, `UNSUPPORTED`
 *   for weights that half precision does not hold
 */
export async function exportModelFolder(
  folder: string,
  out: string,
  { half = false, metrics, text }: FolderExportOptions = {},
): Promise<FolderExport> {
  await checkExportFolder(out, CONTENTS);
  const form = half ? 'float16' : 'float32';
  const { model, info: source } = await loadModel(folder);
  try {
    const parameters = model.countParams();
    let written: FolderExport | undefined;
    await placeExport(out, CONTENTS, async (unfinished) => {
      const info = await saveModel(model, unfinished, source, form);
      const { size: bytes } = await stat(path.join(unfinished, 'weights.bin'));
      const card = modelCard({ info, parameters, form, bytes, metrics, text });
      await writeFile(path.join(unfinished, CARD), card);
      const noted = { ...info, cardSha256: sha256(card) };
      await writeFile(path.join(unfinished, INFO), JSON.stringify(noted, null, 2) + '\n');
      written = { info, parameters, bytes };
    });
    return written!;
  } finally {
    model.dispose();
  }
}

/** A model that a training wrote, or a card that somebody worked on, must not be lost. */
async function foreign(folder: string): Promise<string | undefined> {
  const [info, card] = await Promise.all([INFO, CARD].map((name) => readFile(path.join(folder, name), 'utf8')));
  const noted = /"cardSha256":\s*"([0-9a-f]{64})"/.exec(info!)?.[1];
  if (noted === undefined) return `its ${INFO} is of a model that no export wrote`;
  return noted === sha256(card!) ? undefined : `its ${CARD} was changed since`;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
