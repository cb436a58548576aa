import { latencyTable, printsToStdout, startTelemetry, type Telemetry } from '@kinemacolor/telemetry';
import { modelFolder } from '@kinemacolor/models/shipped-models';
import { startColorizer, type Colorizer } from '@kinemacolor/pipeline';
import { colorizeItem } from './colorize-item.js';
import { colorizeSettings, type ColorizeSettings } from './colorize-settings.js';
import { watchEventLoop } from './event-loop-delay.js';
import { EXIT } from './exit-code.js';
import { FilmTrace } from './film-trace.js';
import { printable } from './printable.js';
import { progressDisplay } from './progress-display.js';
import { refuseConflicts } from './refuse-conflicts.js';
import { watchSignals, type Signals } from './signals.js';
import type { ItemSummary, Summary } from './summary.js';
import { failureOf, messageWithSalvage } from './tell.js';
import { checkOutput } from './output-file.js';
import { UsageError } from './usage-error.js';
import { workList, type WorkItem } from './work-list.js';

/** Flags that are not settings: what to do, rather than how. */
export interface ColorizeFlags {
  readonly output: string;
  readonly compare?: string;
  readonly resume?: boolean;
  readonly salvage?: boolean;
  readonly trace?: boolean;
  readonly traceFile?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `kinemacolor colorize`: returns the exit code. Results go to standard output, everything else to standard error. */
export async function colorizeCommand(
  inputs: readonly string[],
  flags: ColorizeFlags,
  settingFlags: Record<string, unknown>,
): Promise<number> {
  const started = performance.now();
  const loop = watchEventLoop();
  const signals = watchSignals();
  const results: ItemSummary[] = [];
  let colorizer: Colorizer | undefined;
  let telemetry: Telemetry | undefined;
  let error: Summary['error'] = null;
  let exitCode: number = EXIT.OK;
  try {
    const settings = colorizeSettings.parse({ flags: settingFlags, env: process.env });
    const items = await workList({ inputs, output: flags.output, compare: flags.compare, codec: settings.codec });
    if (flags.traceFile !== undefined) await checkTraceFile(flags.traceFile, items);
    await refuseConflicts(items, settings.codec, flags.traceFile);
    if (flags.output === '-') refuseOtherOutput(process.env);
    const { device, workers, precision } = settings;
    const warn = (message: string): void => void process.stderr.write(`kinemacolor: ${message}\n`);
    colorizer = await startColorizer({ model: modelFolder(settings.model), device, workers, precision, warn });
    telemetry = await startTelemetry({ service: 'kinemacolor', onProblem: warn });
    for (const item of items) {
      const result = await colorizeOne(item, { settings, colorizer, flags, signals, traced: telemetry.on });
      results.push(result.summary);
      if (exitCode === EXIT.OK) exitCode = result.exitCode;
      if (signals.signal.aborted) break;
    }
  } catch (thrown) {
    const failure = await failureOf(thrown, signals);
    ({ exitCode } = failure);
    error = { code: failure.name, message: failure.message };
    process.stderr.write(`kinemacolor: ${printable(failure.message)}\n`);
  } finally {
    loop.stop();
    signals.stop();
    await colorizer?.close();
    await telemetry?.stop();
  }
  if (flags.json === true) {
    const summary: Summary = {
      ok: exitCode === EXIT.OK,
      exitCode,
      seconds: (performance.now() - started) / 1000,
      ...describe(colorizer),
      error,
      eventLoopDelayP99Ms: loop.p99Ms(),
      results,
    };
    // Standard output is the film itself when it goes there.
    const to = flags.output === '-' ? process.stderr : process.stdout;
    to.write(JSON.stringify(summary, null, 2) + '\n');
  }
  return exitCode;
}

function describe(colorizer: Colorizer | undefined): Pick<Summary, 'model' | 'device' | 'tensors'> {
  if (colorizer === undefined) return { model: null, device: null, tensors: 0 };
  const { info, engine, precision, workers, tensors } = colorizer;
  return {
    model: { name: info.name, version: info.version },
    device: {
      kind: engine.device,
      engine: engine.rung,
      tensorflow: engine.tensorflowVersion,
      precision,
      workers,
    },
    tensors,
  };
}

/** @throws UsageError when telemetry would be written into the film */
function refuseOtherOutput(env: NodeJS.ProcessEnv): void {
  const names = printsToStdout(env);
  if (names.length === 0) return;
  const words = names.map((name) => `${name}=${env[name]}`).join(', ');
  throw new UsageError(
    `${words} writes to standard output, where the film goes. Unset it, or name a file instead of -.`,
  );
}

/** @throws UsageError when there is not just one film, or the file cannot be written */
async function checkTraceFile(file: string, items: readonly WorkItem[]): Promise<void> {
  if (items.length !== 1 || items[0]!.kind === 'picture') throw new UsageError('--trace-file is for one film.');
  if (file === '-') throw new UsageError('--trace-file is the name of a file.');
  await checkOutput('--trace-file', file);
}

interface Run {
  readonly settings: ColorizeSettings;
  readonly colorizer: Colorizer;
  readonly flags: ColorizeFlags;
  readonly signals: Signals;
  /** Whether telemetry is sent. */
  readonly traced: boolean;
}

/** One input, from the first word to the last; a failure is told and becomes part of the summary. */
async function colorizeOne(
  item: WorkItem,
  { settings, colorizer, flags, signals, traced }: Run,
): Promise<{ summary: ItemSummary; exitCode: number }> {
  const { resume = false, salvage = false, quiet = false } = flags;
  const say = (line: string): void => {
    if (!quiet) process.stderr.write(`${printable(line)}\n`);
  };
  const { input, output, kind } = item;
  const name = input === '-' ? 'standard input' : input;
  const { onProgress, stop } = progressDisplay(name, { quiet });
  const { trace: table = false, traceFile: file } = flags;
  let trace: FilmTrace | undefined;
  try {
    const { signal } = signals;
    const watched = item.kind !== 'picture' && (table || file !== undefined || traced);
    trace = watched ? new FilmTrace({ film: name, file, traceFrames: settings.traceFrames }) : undefined;
    const options = { settings, colorizer, resume, salvage, signal, onProgress, latency: trace?.latency };
    const done = await colorizeItem(item, options);
    const latency = trace?.end(say);
    const summary = latency === undefined ? done : { ...done, latency };
    stop();
    for (const warning of summary.warnings) say(`${name}: ${warning}`);
    say(`${output === '-' ? 'standard output' : output}: ${summary.frames} frames, ${summary.fps.toFixed(1)} fps`);
    if (table && latency !== undefined) process.stderr.write(latencyTable(latency));
    return { summary, exitCode: EXIT.OK };
  } catch (error) {
    stop();
    const { name: code, message, exitCode } = await failureOf(error, signals, messageWithSalvage);
    trace?.end(say, message);
    process.stderr.write(`kinemacolor: ${printable(message)}\n`);
    const summary: ItemSummary = { input, output, kind, ok: false, error: { code, message } };
    return { summary, exitCode };
  }
}
