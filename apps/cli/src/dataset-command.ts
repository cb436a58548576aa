import { extractFrames, type DatasetIndex, type ExtractOptions } from '@kinemacolor/dataset';
import { SceneCuts } from '@kinemacolor/pipeline';
import { EXIT } from './exit-code.js';
import { phasedDisplay } from './phased-display.js';
import { printable } from './printable.js';
import { watchSignals } from './signals.js';
import { failureOf, messageWithSalvage } from './tell.js';
import { UsageError } from './usage-error.js';

/** What `kinemacolor dataset extract` was told, as words. */
export interface ExtractFlags {
  readonly output: string;
  readonly every: string;
  readonly size: string;
  readonly perShot?: string;
  readonly quality: string;
  readonly salvage?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** What `--json` prints: the index without its list of pictures. */
export interface ExtractSummary {
  readonly ok: boolean;
  readonly exitCode: number;
  readonly seconds: number;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly result: (Omit<DatasetIndex, 'pictures'> & { readonly folder: string; readonly pictures: number }) | null;
}

/** `kinemacolor dataset extract`: returns the exit code. */
export async function extractCommand(film: string, flags: ExtractFlags): Promise<number> {
  const started = performance.now();
  const { output, json = false, quiet = false } = flags;
  const signals = watchSignals();
  const display = phasedDisplay(film, { quiet });
  let exitCode: number = EXIT.OK;
  let [error, result]: [ExtractSummary['error'], ExtractSummary['result']] = [null, null];
  try {
    const { signal } = signals;
    const options = { ...extractOptions(flags), cuts: new SceneCuts(), signal, onProgress: display.onProgress };
    const { pictures, ...index } = await extractFrames(film, output, options);
    display.stop();
    result = { folder: output, ...index, pictures: pictures.length };
    if (!quiet) process.stderr.write(told(result));
  } catch (thrown) {
    display.stop();
    const failure = await failureOf(thrown, signals, messageWithSalvage);
    ({ exitCode } = failure);
    error = { code: failure.name, message: failure.message };
    process.stderr.write(`kinemacolor: ${printable(failure.message)}\n`);
  } finally {
    signals.stop();
  }
  if (json) {
    const seconds = (performance.now() - started) / 1000;
    const summary: ExtractSummary = { ok: exitCode === EXIT.OK, exitCode, seconds, error, result };
    process.stdout.write(JSON.stringify(summary, null, 2) + '\n');
  }
  return exitCode;
}

function extractOptions(flags: ExtractFlags): Omit<ExtractOptions, 'cuts'> {
  const { every, size, perShot, quality, salvage = false, force = false } = flags;
  return {
    every: wholeNumber('--every', every),
    size: wholeNumber('--size', size),
    perShot: perShot === undefined ? undefined : wholeNumber('--per-shot', perShot),
    quality: wholeNumber('--quality', quality),
    salvage,
    force,
  };
}

/** Ranges are checked where they are meant; here only that it is a number. */
function wholeNumber(flag: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError(`${flag} ${text} is not a whole number.`);
}

function told(result: NonNullable<ExtractSummary['result']>): string {
  const { folder, film, pictures, width, height, frames, shots, candidates, skipped, crop, decodeErrors } = result;
  const reasons = [
    `${skipped.duplicate} near-duplicates`,
    `${skipped.blank} black or blank`,
    `${skipped.title} title cards`,
    `${skipped.perShot} beyond --per-shot`,
  ];
  const lines = [
    `${folder}: ${pictures} pictures of ${width}×${height} from ${shots} shots (${frames} frames of ${film})`,
    `skipped of ${candidates} candidates: ${reasons.join(', ')}`,
    ...(crop === null ? [] : [`bars cut off: ${crop.width}×${crop.height} at ${crop.left},${crop.top} is left`]),
    ...(decodeErrors === 0 ? [] : [`the film is damaged in places (${decodeErrors} errors): look at the pictures`]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
