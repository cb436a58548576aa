import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { LOG_FILE } from '../report/write-report.js';
import type { LogEntry } from '../report/log-entry.js';

type WithoutTime<T> = T extends unknown ? Omit<T, 'time'> : never;

/** The log of a run, a JSON object a line: see `report/log-entry.ts` for what they hold. */
export class RunLog {
  private readonly file: string;

  constructor(run: string) {
    this.file = path.join(run, LOG_FILE);
  }

  async write(entry: WithoutTime<LogEntry>): Promise<void> {
    await appendFile(this.file, JSON.stringify({ ...entry, time: new Date().toISOString() }) + '\n');
  }
}
