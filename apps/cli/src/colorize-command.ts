import { modelFolder } from '@kinemacolor/models/shipped-models';
import { startColorizer } from '@kinemacolor/pipeline';
import { colorizeItem } from './colorize-item.js';
import { colorizeSettings } from './colorize-settings.js';
import { watchEventLoop } from './event-loop-delay.js';
import { EXIT, exitCodeOf } from './exit-code.js';
import { progressDisplay } from './progress-display.js';
import { watchSignals } from './signals.js';
import type { ItemSummary, Summary } from './summary.js';
import { messageOf } from './tell.js';
import { workList } from './work-list.js';

/** Flags that are not settings: what to do, rather than how. */
export interface ColorizeFlags {
  readonly output: string;
  readonly compare?: string;
  readonly resume?: boolean;
  readonly salvage?: boolean;
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
  const settings = colorizeSettings.parse({ flags: settingFlags, env: process.env });
  const items = await workList({ inputs, output: flags.output, compare: flags.compare, codec: settings.codec });
  const say = (line: string): void => {
    if (flags.quiet !== true) process.stderr.write(`${line}\n`);
  };
  const signals = watchSignals();
  const loop = watchEventLoop();
  const colorizer = await startColorizer({ model: modelFolder(settings.model), device: settings.device });
  const results: ItemSummary[] = [];
  let exitCode: number = EXIT.OK;
  try {
    for (const item of items) {
      const display = progressDisplay(item.input === '-' ? 'standard input' : item.input, {
        quiet: flags.quiet === true,
      });
      try {
        const { onProgress } = display;
        const { resume = false, salvage = false } = flags;
        const result = await colorizeItem(item, {
          settings,
          colorizer,
          resume,
          salvage,
          signal: signals.signal,
          onProgress,
        });
        display.stop();
        results.push(result);
        if (result.ok) {
          for (const warning of result.warnings) say(`${item.input}: ${warning}`);
          say(
            `${item.output === '-' ? 'standard output' : item.output}: ${result.frames} frames, ${result.fps.toFixed(1)} fps`,
          );
        }
      } catch (error) {
        display.stop();
        const code = signals.exitCode() ?? exitCodeOf(error);
        if (exitCode === EXIT.OK) exitCode = code;
        const { name, message } = messageOf(error);
        process.stderr.write(`kinemacolor: ${message}\n`);
        results.push({
          input: item.input,
          output: item.output,
          kind: item.kind,
          ok: false,
          error: { code: name, message },
        });
        if (signals.signal.aborted) break;
      }
    }
  } finally {
    loop.stop();
    signals.stop();
    await colorizer.close();
  }
  if (flags.json === true) {
    const { info, engine, tensors } = colorizer;
    const summary: Summary = {
      ok: exitCode === EXIT.OK,
      exitCode,
      seconds: (performance.now() - started) / 1000,
      model: { name: info.name, version: info.version },
      device: { kind: engine.device, engine: engine.rung, tensorflow: engine.tensorflowVersion },
      eventLoopDelayP99Ms: loop.p99Ms(),
      tensors,
      results,
    };
    // Standard output is the film itself when it goes there.
    const to = flags.output === '-' ? process.stderr : process.stdout;
    to.write(JSON.stringify(summary, null, 2) + '\n');
  }
  return exitCode;
}
