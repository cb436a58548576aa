import { loadBackend } from '@kinemacolor/tensor';
import { generatorPair } from './generator-pair.js';
import { measurePair } from './measure-pair.js';
import type { Switch } from './pair.js';
import { stepPair } from './step-pair.js';
import { type PairAnswer, PICTURE, STEP_SIZE, type SubjectName } from './subjects.js';

/*
 * One pair of the passes bench, in a process of its own: prints a PairAnswer as one JSON line.
 *
 *     node pair-process.js generator|step SWITCH MODEL_FOLDER ROUNDS FRAMES
 */
const [subject, off, folder, ...numbers] = process.argv.slice(2) as [SubjectName, Switch, string, string, string];
const [rounds, frames] = numbers.map(Number) as [number, number];
const engine = await loadBackend('cpu');

const MEASURE = {
  generator: async () => measurePair(await generatorPair(folder, PICTURE, off), { rounds, frames }),
  step: async () => measurePair(await stepPair(folder, STEP_SIZE, off), { rounds, frames }),
} as const;

const times = (await MEASURE[subject]()) ?? null;
const answer: PairAnswer = { times, versions: { tensorflow: engine.tensorflowVersion, engine: engine.rung } };
process.stdout.write(JSON.stringify(answer) + '\n');
