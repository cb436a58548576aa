import path from 'node:path';
import type { Semantics } from '@kinemacolor/models';
import { modelFolder, shippedModels } from '@kinemacolor/models/shipped-models';
import { builtFile, WORK } from './paths.js';
import { runCommand } from './run-command.js';

/** A model folder, and its name in the results. */
export interface ModelChoice {
  readonly name: string;
  readonly folder: string;
}

/**
 * The model that was asked for, else the shipped `fast`, else any shipped one, else undefined.
 * @throws ModelError `NOT_FOUND` when the one that was asked for is not there
 */
export function chosenModel(asked: string | undefined): ModelChoice | undefined {
  const shipped = shippedModels();
  const name = asked ?? (shipped.includes('fast') ? 'fast' : shipped[0]);
  if (name === undefined) return undefined;
  return { name: path.basename(name), folder: modelFolder(name) };
}

/** As {@link chosenModel}; where no model is shipped, one of the preset `fast` with random weights is made. */
export async function modelOrRandom(asked: string | undefined): Promise<ModelChoice> {
  const chosen = chosenModel(asked);
  if (chosen !== undefined) return chosen;
  return { name: 'random fast', folder: await randomModel('random-model') };
}

/**
 * A generator with random weights, made anew, of the width of `fast` or of so many channels.
 * @param name of its folder among what the bench makes for itself
 * @param semantics what looks at the picture beside it; with `channels`
 * @returns the folder
 */
export async function randomModel(name: string, channels?: number, semantics?: Semantics): Promise<string> {
  const folder = path.join(WORK, name);
  const width = channels === undefined ? [] : [String(channels), ...(semantics === undefined ? [] : [semantics])];
  await runCommand('Making a random model', process.execPath, [builtFile('random-model-process'), folder, ...width]);
  return folder;
}
