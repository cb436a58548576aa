import { realpath, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { makeFolders } from '@kinemacolor/config';
import {
  checkCodec,
  checkIntegrity,
  joinFilm,
  listEncoders,
  MediaError,
  planEncode,
  probe,
  requireWhole,
  type MediaInfo,
} from '@kinemacolor/media';
import { colourPass, makeStages, type Stages } from './colour-pass.js';
import type { Colorizer } from './colorizer.js';
import type { FilmLatency } from './film-latency.js';
import { Journal, type JournalKey } from './journal.js';
import { openEnds } from './open-ends.js';
import { PipelineError } from './pipeline-error.js';
import type { OnProgress } from './progress.js';
import { shortfall } from './shortfall.js';
import { streamWarnings } from './stream-warnings.js';
import { resumePoint } from './resume-point.js';
import { encodeOptions, SEGMENT_FRAMES, type ColourSettings, type EncodeSettings } from './settings.js';
import { targetContainer } from './target-container.js';
import { ownTimer, type StageTimes } from './stage-times.js';
import { packTemporalState, restoreTemporalState } from './temporal-state.js';

export interface FilmOptions {
  readonly input: string;
  readonly output: string;
  readonly colorizer: Colorizer;
  readonly colour: ColourSettings;
  readonly encode: EncodeSettings;
  /** Goes on from what an interrupted run left; without it that is removed. */
  readonly resume: boolean;
  /** Colours what can be read of a damaged or truncated film instead of refusing it. */
  readonly salvage: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
  /** Told where each frame is. */
  readonly latency?: FilmLatency | undefined;
}

export interface FilmResult {
  /** Frames of the whole film. */
  readonly frames: number;
  /** Frames that this run did itself; the others were done before it was resumed. */
  readonly colouredFrames: number;
  readonly shots: number;
  readonly width: number;
  readonly height: number;
  /** What the generator saw, pixels. */
  readonly render: { readonly width: number; readonly height: number };
  readonly times: StageTimes;
  /** For the user: streams that could not be kept, damage that was passed over. */
  readonly warnings: readonly string[];
}

/**
 * Colours a film file. The result stands under its name only when it is whole; until then everything is in a hidden
 * folder beside it, from which an interrupted run can be resumed.
 * @throws MediaError, ModelError, PipelineError (`ABORTED` when the signal fired: what is done is kept)
 */
export async function colorizeFilm(options: FilmOptions): Promise<FilmResult> {
  const { input, output, colorizer, colour, signal, onProgress } = options;
  const container = targetContainer(output);
  checkCodec(options.encode.codec ?? 'h264', container);
  await refuseSameFile(input, output);
  const info = await probe({ kind: 'file', path: input });
  const warnings: string[] = [];
  warnings.push(...planEncode(info, encodeOptions(options.encode), await listEncoders()).notes);
  const total = await readableFrames(info, options, warnings);
  const stages = makeStages(info, colorizer, colour);
  const journal = await openJournal(options, stages);

  let pass: Awaited<ReturnType<typeof colourPass>> | undefined;
  const own = ownTimer();
  try {
    const startFrame = await resumePoint(journal, SEGMENT_FRAMES);
    if (journal.complete === undefined) pass = await encodeRest(options, info, stages, journal, startFrame, total);
    const frames = journal.complete ?? startFrame;
    onProgress({ phase: 'finish', frames, total: frames });
    const joined = path.join(journal.folder, `joined${path.extname(output)}`);
    const finish = ownTimer();
    const parts = journal.parts.map((part) => journal.pathOf(part));
    const { plans, cpuSeconds } = await joinFilm({ parts, source: info, output: joined, container, signal });
    warnings.push(...streamWarnings(plans));
    await audit(joined, frames);
    await rename(joined, output);
    await journal.remove();
    if (pass !== undefined && pass.decodeErrors > 0) {
      warnings.push(`Damaged places that were passed over: ${pass.decodeErrors}; frames there may look broken.`);
    }
    return {
      frames,
      colouredFrames: pass?.frames ?? 0,
      shots: pass?.shots ?? 0,
      width: info.video.width,
      height: info.video.height,
      render: { width: stages.width, height: stages.height },
      times: { ...(pass?.times ?? idle(own)), finish: { seconds: finish().seconds, cpuSeconds } },
      warnings,
    };
  } catch (error) {
    // The journal writes beside the output: a full disk may be met there first.
    const met = isSystemError(error) ? MediaError.fromOutput(error, output) : error;
    await (isWorthResuming(met, signal) ? journal.release() : journal.remove());
    if (signal.aborted)
      throw new PipelineError('ABORTED', `Stopped. Run again with --resume to go on.`, { cause: error });
    throw met;
  }
}

/** The last look before the film gets its name: a short one is never passed off as whole. */
async function audit(joined: string, frames: number): Promise<void> {
  const { framesReadable } = await checkIntegrity(await probe({ kind: 'file', path: joined }));
  if (framesReadable === frames) return;
  throw new PipelineError(
    'FAILED',
    `The joined film has ${framesReadable} frames where ${frames} were coloured. Run again without --resume.`,
  );
}

/** What another try with the same film and settings can cure: an interruption, a full disk, a right that was missing. */
function isWorthResuming(error: unknown, signal: AbortSignal): boolean {
  if (signal.aborted || !(error instanceof MediaError)) return true;
  return ['DISK_FULL', 'OUTPUT_UNWRITABLE', 'FFMPEG_FAILED', 'ABORTED'].includes(error.code);
}

const isSystemError = (error: unknown): boolean => error instanceof Error && 'errno' in error;

async function encodeRest(
  { colorizer, colour, encode, signal, onProgress, latency }: FilmOptions,
  info: MediaInfo,
  stages: Stages,
  journal: Journal,
  startFrame: number,
  total: number | undefined,
): ReturnType<typeof colourPass> {
  if (startFrame > 0) restoreTemporalState(await journal.readState(startFrame), stages.cuts, stages.stabilizer);
  const part = await journal.beginPart(startFrame, '.mov');
  const target = { kind: 'part', path: journal.pathOf(part), startFrame } as const;
  const frames = total === undefined ? undefined : total - startFrame;
  await colorizer.prepare({ ...stages, frames, signal });
  const { reader, sink } = await openEnds(info, { stages, colour, encode, target, startFrame, latency, signal });
  const before = async (index: number): Promise<void> => {
    if (index % SEGMENT_FRAMES === 0) await journal.saveState(index, packTemporalState(stages.cuts, stages.stabilizer));
  };
  const pass = await colourPass({
    reader,
    sink,
    colorizer,
    stages,
    done: startFrame,
    total,
    onProgress,
    before,
    latency,
  });
  await journal.setPart({ ...part, frames: pass.frames });
  await journal.markComplete(startFrame + pass.frames);
  return pass;
}

/** Frames that can be read; an error when that is not all of them and nobody asked for salvage. */
async function readableFrames(
  info: MediaInfo,
  { salvage, signal }: Pick<FilmOptions, 'salvage' | 'signal'>,
  warnings: string[],
): Promise<number> {
  const report = await checkIntegrity(info, signal);
  const lacks = (): void => {
    requireWhole(info, report);
  };
  warnings.push(...shortfall(lacks, salvage));
  return report.framesReadable;
}

async function openJournal(options: FilmOptions, stages: Stages): Promise<Journal> {
  const { input, output, colorizer, colour, encode, resume } = options;
  try {
    const { size, mtimeMs } = await stat(input);
    const key: JournalKey = {
      source: path.resolve(input),
      size,
      modified: mtimeMs,
      model: `${colorizer.info.name} ${colorizer.info.weightsSha256.slice(0, 16)}`,
      render: `${stages.width}x${stages.height}`,
      precision: colorizer.precision,
      saturation: colour.saturation,
      stabilize: colour.stabilize,
      codec: encode.codec ?? null,
      crf: encode.crf ?? null,
      preset: encode.preset ?? null,
      subsampling: encode.subsampling ?? null,
    };
    await makeFolders(path.dirname(path.resolve(output)));
    return (resume ? await Journal.open(output, key) : undefined) ?? (await Journal.create(output, key));
  } catch (error) {
    throw isSystemError(error) ? MediaError.fromOutput(error, output) : error;
  }
}

async function refuseSameFile(input: string, output: string): Promise<void> {
  const real = async (file: string): Promise<string> => realpath(file).catch(() => path.resolve(file));
  if ((await real(input)) === (await real(output))) {
    throw new PipelineError('SAME_FILE', `${output} is the film itself: give another name with -o.`);
  }
}

const idle = (own: () => { seconds: number; cpuSeconds: number }): StageTimes => {
  const none = { seconds: 0, cpuSeconds: 0 };
  return { decode: none, colorize: own(), encode: none };
};
