import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { JobOptions } from '@kinemacolor/client';
import { checkCodec, MediaError, type TargetContainer } from '@kinemacolor/media';
import { tryOutput } from './output-file.js';
import { printableName } from './printable.js';
import { refuseConflicts } from './refuse-conflicts.js';
import { RESULT_NAMES, resultContainer } from './result-container.js';
import { serviceCommand } from './service-command.js';
import { submitJob } from './submit-job.js';
import { submitSettings, type SubmitSettings } from './submit-settings.js';
import { submitStream } from './submit-stream.js';
import { UsageError } from './usage-error.js';

export interface SubmitFlags {
  readonly output?: string;
  readonly detach?: boolean;
  readonly label?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** `kinemacolor submit`: returns the exit code. Results go to standard output, everything else to standard error. */
export async function submitCommand(
  film: string,
  flags: SubmitFlags,
  settingFlags: Record<string, unknown>,
): Promise<number> {
  const { quiet = false } = flags;
  const read = (): SubmitSettings => submitSettings.parse({ flags: settingFlags, env: process.env });
  return serviceCommand(read, { quiet }, async (session, settings) => {
    await refuseSubmit(film, flags, settings);
    const options = jobOptions(film, flags, settings);
    const { output } = flags;
    if (output !== undefined && (film === '-' || output === '-')) {
      await submitStream(session, { film, output, options, maxDelay: settings.maxDelay, ...told(flags) });
    } else {
      await submitJob(session, { film, output, options, detach: flags.detach === true, ...told(flags) });
    }
  });
}

const told = ({ quiet = false, json = false }: SubmitFlags): { quiet: boolean; json: boolean } => ({ quiet, json });

/**
 * Before anything is sent. @throws UsageError; MediaError for a film that is not there, a codec that the name cannot hold, or a
 *   place where nothing can be written
 */
async function refuseSubmit(film: string, { output, detach }: SubmitFlags, settings: SubmitSettings): Promise<void> {
  const stream = film === '-' || output === '-';
  if (output === undefined && detach !== true) throw new UsageError('Where shall the film go? Name it with -o.');
  if (stream && detach === true) throw new UsageError('A stream (-) cannot be detached from: name a file.');
  if (!stream && settings.maxDelay !== undefined) throw new UsageError('--max-delay is for a live stream (-).');
  refuseMisfit(output, settings.codec);
  if (film !== '-') await refuseNoFilm(film);
  if (output === undefined) return;
  await refuseConflicts([{ kind: 'film', input: film, output, compare: undefined }], settings.codec);
  if (output !== '-' && detach !== true) await tryOutput(output);
}

/** `colorize` writes more containers than a service does, and would name them. */
function refuseMisfit(output: string | undefined, codec: SubmitSettings['codec']): void {
  const fits = (container: TargetContainer): boolean => {
    try {
      checkCodec(codec, container);
      return true;
    } catch (error) {
      if (error instanceof MediaError) return false;
      throw error;
    }
  };
  if (fits(resultContainer(output))) return;
  const names = RESULT_NAMES.filter((name) => fits(resultContainer(`film${name}`)));
  throw new UsageError(
    `${output ?? '-'}: it cannot hold ${codec}. A service writes ${codec} as ${names.join(' or ')}.`,
  );
}

async function refuseNoFilm(film: string): Promise<void> {
  const found = await stat(film).catch((error: unknown) => {
    throw MediaError.from(error, film);
  });
  if (found.isDirectory()) throw new UsageError(`${film} is a folder: a service takes one film at a time.`, 3);
  if (found.isFile() && found.size === 0) {
    throw new MediaError('EMPTY_FILE', `${film}: is empty (0 bytes). Copy it again from where it came.`, {
      path: film,
    });
  }
}

function jobOptions(film: string, { output, label }: SubmitFlags, settings: SubmitSettings): JobOptions {
  const { model, renderSize, saturation, stabilize, codec, crf, preset, subsampling, poison } = settings;
  const colour = { model, renderSize, saturation, stabilize, poison };
  const encode = { codec, crf, preset, subsampling, container: resultContainer(output) };
  return { ...colour, ...encode, label: label ?? (film === '-' ? 'standard input' : labelOf(film)) };
}

/** A file may have a name that no terminal should be shown, or one that is too long. */
const labelOf = (film: string): string =>
  Array.from(printableName(path.basename(film)))
    .slice(0, 200)
    .join('');
