import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { ModelStoreError } from './model-store-error.js';

/** A file of a model, as the store lists it. */
export interface ModelFile {
  readonly name: string;
  readonly size: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** A model folder as it was read. */
export interface ModelFolder {
  /** What its card says. */
  readonly version: string;
  /** Short side, pixels, at which it colours best. */
  readonly renderSize: number;
  /** Of the weights. */
  readonly sha256: string;
  readonly files: readonly (ModelFile & { readonly bytes: Uint8Array })[];
}

const CARD = 'kinemacolor.json';
const WEIGHTS = 'weights.bin';
/** What a model is made of: nothing else of its folder is taken. */
const FILES = [CARD, 'model.json', WEIGHTS] as const;

/** Most bytes of one model: ten times the largest preset. */
export const LARGEST_MODEL = 512 * 2 ** 20;

/**
 * Reads a model folder into memory.
 * @throws ModelStoreError `NOT_A_MODEL` naming what is missing or wrong, `TOO_LARGE`
 */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
  let size = 0;
  // One after the other: of several that are missing the first is named, every time.
  for (const name of FILES) size += await sizeOf(folder, name);
  if (size > LARGEST_MODEL) {
    throw new ModelStoreError('TOO_LARGE', `${folder} has ${size} bytes, and a model at most ${LARGEST_MODEL}.`);
  }
  const files = await Promise.all(
    FILES.map(async (name) => {
      const bytes = await readFile(path.join(folder, name));
      return { name, bytes, size: bytes.byteLength, sha256: sha256(bytes) };
    }),
  );
  const card = checkCard(path.join(folder, CARD), files.find(({ name }) => name === CARD)!.bytes);
  const weights = files.find(({ name }) => name === WEIGHTS)!;
  if (weights.sha256 !== card.weightsSha256) {
    throw new ModelStoreError(
      'NOT_A_MODEL',
      `The weights in ${path.join(folder, WEIGHTS)} are damaged (their SHA-256 is not the recorded one). Fetch or export the model again.`,
    );
  }
  return { version: card.version, renderSize: card.renderSize, sha256: weights.sha256, files };
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function sizeOf(folder: string, name: string): Promise<number> {
  try {
    const found = await stat(path.join(folder, name));
    if (found.isFile()) return found.size;
  } catch (error) {
    throw new ModelStoreError('NOT_A_MODEL', `${folder} is no model: it has no ${name}.`, { cause: error });
  }
  throw new ModelStoreError('NOT_A_MODEL', `${folder} is no model: its ${name} is no file.`);
}

interface Card {
  readonly version: string;
  readonly renderSize: number;
  readonly weightsSha256: string;
}

function checkCard(file: string, bytes: Uint8Array): Card {
  let stored: unknown;
  try {
    stored = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new ModelStoreError('NOT_A_MODEL', `${file} is damaged. Fetch or export the model again.`, { cause: error });
  }
  const { version, renderSize, weightsSha256 } = (stored ?? {}) as Partial<Record<keyof Card, unknown>>;
  const wrong: string[] = [];
  if (typeof version !== 'string') wrong.push('version');
  if (typeof renderSize !== 'number' || !Number.isInteger(renderSize) || renderSize < 1) wrong.push('renderSize');
  if (typeof weightsSha256 !== 'string') wrong.push('weightsSha256');
  if (wrong.length > 0) {
    throw new ModelStoreError(
      'NOT_A_MODEL',
      `${file} lacks ${wrong.join(', ')} or has it wrong. Fetch or export the model again.`,
    );
  }
  return { version, renderSize, weightsSha256 } as Card;
}
