import { readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import type { LogEntry } from '../log-entry.js';
import { imageValue, scalarValue, textValue, type SummaryValue } from './event-messages.js';
import { EventWriter } from './event-writer.js';

/** Folder of the event files, within the run's. */
export const TENSORBOARD_FOLDER = 'tensorboard';

/**
 * Writes a run's log entries as TensorBoard events too, each at once: losses under `loss/`, learning rates under
 * `rate/`, each metric under its own name beside its baselines, sample grids as pictures, config and notes as text.
 */
export class TensorBoardLog {
  private writer: EventWriter | undefined;
  private step = 0;

  constructor(private readonly runFolder: string) {}

  /** A `run` entry begins a new file. @throws ReportError; the error of a sample picture that cannot be read */
  async write(entry: LogEntry): Promise<void> {
    if (entry.kind === 'run') {
      await this.close();
      this.step = entry.resumedAt ?? 0;
    } else if ('step' in entry) this.step = entry.step;
    const values = await this.valuesOf(entry);
    if (values.length === 0) return;
    const resumedAt = entry.kind === 'run' ? entry.resumedAt : undefined;
    this.writer ??= await EventWriter.open(path.join(this.runFolder, TENSORBOARD_FOLDER), { resumedAt });
    await this.writer.append({ step: this.step, time: Date.parse(entry.time) / 1000, values });
    await this.writer.flush();
  }

  /** Closes the file; idempotent. */
  async close(): Promise<void> {
    const { writer } = this;
    this.writer = undefined;
    await writer?.close();
  }

  private async valuesOf(entry: LogEntry): Promise<SummaryValue[]> {
    switch (entry.kind) {
      case 'run':
        return [textValue('config', asCode(entry.config)), textValue('environment', asCode(entry.environment))];
      case 'steps':
        return [
          ...scalars('loss/', entry.losses),
          ...scalars('rate/', entry.rates),
          ...scalars('speed/', { 'pictures a second': entry.picturesPerSecond }),
        ];
      case 'validation':
        return [
          ...scalars('', entry.metrics, '/model'),
          ...Object.entries(entry.baselines).flatMap(([name, metrics]) => scalars('', metrics, `/${name}`)),
          ...scalars('', { score: entry.score }, '/model'),
        ];
      case 'samples': {
        const bytes = await readFile(path.join(this.runFolder, entry.file));
        const { width, height } = await sharp(bytes).metadata();
        return [imageValue(`samples/${entry.columns.join(', ')}`, bytes, { width, height })];
      }
      case 'note':
        return [textValue('notes', asCode(entry.text))];
      case 'end':
        return [];
    }
  }
}

function scalars(prefix: string, numbers: Readonly<Record<string, number | null>>, suffix = ''): SummaryValue[] {
  return Object.entries(numbers).flatMap(([name, value]) =>
    value === null ? [] : [scalarValue(`${prefix}${name}${suffix}`, value)],
  );
}

/** Markdown that shows data as it is: indented, so that nothing in it ends it. */
const asCode = (data: unknown): string =>
  (typeof data === 'string' ? data : JSON.stringify(data ?? null, null, 2)).replaceAll(/^/gm, '    ');
