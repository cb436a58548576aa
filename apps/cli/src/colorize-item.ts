import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeFolders } from '@kinemacolor/config';
import { MediaError, probe, renderComparison } from '@kinemacolor/media';
import {
  colorizeFilm,
  colorizeFilmStream,
  colorizePicture,
  type Colorizer,
  type FilmLatency,
  type FilmResult,
  targetContainer,
  type OnProgress,
} from '@kinemacolor/pipeline';
import type { ColorizeSettings } from './colorize-settings.js';
import { filmOutput } from './standard-output.js';
import type { ItemSummary } from './summary.js';
import { UsageError } from './usage-error.js';
import type { WorkItem } from './work-list.js';

export interface ItemOptions {
  readonly settings: ColorizeSettings;
  readonly colorizer: Colorizer;
  readonly resume: boolean;
  readonly salvage: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
  /** Told where each frame of a film is. */
  readonly latency?: FilmLatency | undefined;
}

/** Colours one film, picture or stream. @throws MediaError, ModelError, PipelineError */
export async function colorizeItem(item: WorkItem, options: ItemOptions): Promise<Extract<ItemSummary, { ok: true }>> {
  const started = performance.now();
  const result = item.kind === 'picture' ? await picture(item, options) : await film(item, options);
  const seconds = (performance.now() - started) / 1000;
  const { input, output, kind } = item;
  return { input, output, kind, ok: true, ...result, seconds, fps: result.colouredFrames / seconds };
}

type Result = Omit<FilmResult, 'times'> & { readonly stages?: FilmResult['times'] };

async function picture({ input, output, compare }: WorkItem, { settings, colorizer }: ItemOptions): Promise<Result> {
  const files = compare === undefined ? { input, output } : { input, output, compare };
  const result = await colorizePicture({ ...files, colorizer, colour: settings });
  return { ...result, frames: 1, colouredFrames: 1, shots: 1, warnings: [] };
}

async function film(item: WorkItem, options: ItemOptions): Promise<Result> {
  const { onProgress, signal } = options;
  const stream = item.input === '-' || item.output === '-';
  const { times: stages, ...result } = stream
    ? await streamed(item, options)
    : await colorizeFilm({ ...item, ...rest(options) });
  if (item.compare !== undefined) {
    onProgress({ phase: 'compare', frames: result.frames, total: result.frames });
    await compareFilms(item.input, item.output, item.compare, signal);
  }
  return { ...result, stages };
}

/** The side-by-side, written beside its name and renamed. Its name was checked before any work. */
async function compareFilms(source: string, result: string, output: string, signal: AbortSignal): Promise<void> {
  const beside = path.join(path.dirname(output), `.writing-${process.pid}-${path.basename(output)}`);
  const [from, to] = await Promise.all([source, result].map((file) => probe({ kind: 'file', path: file })));
  try {
    await makeFolders(path.dirname(path.resolve(output)));
    await renderComparison({ source: from!, result: to!, output: beside, signal });
    await rename(beside, output);
  } catch (error) {
    await rm(beside, { force: true });
    throw MediaError.fromOutput(error, output);
  }
}

const rest = ({ settings, ...options }: ItemOptions): Omit<Parameters<typeof colorizeFilm>[0], 'input' | 'output'> => ({
  ...options,
  colour: settings,
  encode: settings,
});

/** What can be written without going back: Matroska and fragmented MP4. */
function streamContainer(output: string): 'matroska' | 'mp4' {
  const container = targetContainer(output);
  if (container === 'matroska' || container === 'mp4') return container;
  throw new UsageError(`${output}: a film from standard input is written as .mkv or .mp4.`);
}

/** Standard input or output, or both. A file as the end of a stream is written beside and renamed, too. */
async function streamed({ input, output }: WorkItem, options: ItemOptions): Promise<FilmResult> {
  const from = input === '-' ? process.stdin : input;
  if (output === '-') {
    const { fd } = filmOutput();
    return colorizeFilmStream({ ...rest(options), input: from, output: fd, container: 'matroska' });
  }
  const container = streamContainer(output);
  const beside = path.join(path.dirname(output), `.${path.basename(output)}.writing`);
  try {
    await makeFolders(path.dirname(path.resolve(output)));
    const file = await open(beside, 'w');
    try {
      const result = await colorizeFilmStream({ ...rest(options), input: from, output: file.fd, container });
      await file.sync();
      await file.close();
      await rename(beside, output);
      return result;
    } catch (error) {
      await file.close();
      throw error;
    }
  } catch (error) {
    await rm(beside, { force: true });
    throw error instanceof Error && 'errno' in error ? MediaError.fromOutput(error, output) : error;
  }
}
