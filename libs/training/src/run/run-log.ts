import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFailure } from '../config/write-failure.js';
import type { LogEntry } from '../report/log-entry.js';
import { TensorBoardLog } from '../report/tensorboard/tensorboard-log.js';
import { LOG_FILE } from '../report/write-report.js';

type WithoutTime<T> = T extends unknown ? Omit<T, 'time'> : never;

/**
 * The log of a run: a JSON object a line (see `report/log-entry.ts` for what they hold), and the same for TensorBoard
 * in `tensorboard/`.
 */
export class RunLog {
  private readonly file: string;
  private readonly board: TensorBoardLog;

  constructor(run: string) {
    this.file = path.join(run, LOG_FILE);
    this.board = new TensorBoardLog(run);
  }

  /** @throws TrainingError `WRITE_FAILED` */
  async write(entry: WithoutTime<LogEntry>): Promise<void> {
    const whole: LogEntry = { ...entry, time: new Date().toISOString() };
    await appendFile(this.file, JSON.stringify(whole) + '\n').catch((error: unknown) => {
      throw writeFailure(this.file, error);
    });
    await this.board.write(whole);
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await this.board.close();
  }
}
