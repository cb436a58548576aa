import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { ReportError } from '../report-error.js';
import { encodeEvent, SESSION_START, type EventMessage, type SummaryValue } from './event-messages.js';
import { frameRecord } from './record.js';

/** What happened at a step, for TensorBoard. */
export interface BoardEvent {
  readonly step: number;
  /** Seconds since 1970. */
  readonly time: number;
  /** Made by `scalarValue`, `imageValue`, `textValue`. */
  readonly values: readonly SummaryValue[];
}

/** Bytes that are kept before they are written by themselves. */
const BUFFERED = 1024 * 1024;

let opened = 0;

/**
 * Writes one TensorBoard event file. Each part of a run that was gone on with has a file of its own in the same folder;
 * TensorBoard reads them in the order of their names, which begin with the time.
 */
export class EventWriter {
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private written: Promise<void> = Promise.resolve();

  private constructor(
    private readonly handle: FileHandle,
    readonly file: string,
  ) {}

  /**
   * Begins a new file in the folder, which is made where it is missing.
   * @param resumedAt step of the checkpoint that the run goes on from: TensorBoard forgets what it has read past it
   * @throws ReportError
   */
  static async open(folder: string, { resumedAt }: { resumedAt?: number | undefined } = {}): Promise<EventWriter> {
    const now = Date.now() / 1000;
    const seconds = String(Math.floor(now)).padStart(10, '0');
    const file = path.join(folder, `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.${opened++}`);
    let handle: FileHandle;
    try {
      await mkdir(folder, { recursive: true });
      handle = await open(file, 'wx');
    } catch (error) {
      throw writeError(file, error);
    }
    const writer = new EventWriter(handle, file);
    writer.keep({ wall_time: now, file_version: 'brain.Event:2' });
    if (resumedAt !== undefined) {
      writer.keep({ wall_time: now, step: resumedAt + 1, session_log: { status: SESSION_START } });
    }
    return writer;
  }

  /** Kept until `flush`, or written when much is waiting. @throws ReportError */
  async append({ step, time, values }: BoardEvent): Promise<void> {
    if (values.length > 0) this.keep({ wall_time: time, step, summary: { value: values } });
    if (this.waitingBytes > BUFFERED) await this.flush();
  }

  /** Hands everything to the system. @throws ReportError */
  flush(): Promise<void> {
    const bytes = Buffer.concat(this.waiting);
    this.waiting = [];
    this.waitingBytes = 0;
    // One after the other: records must not mix. After a failure all further ones fail.
    this.written = this.written.then(async () => {
      try {
        if (bytes.length > 0) await this.handle.appendFile(bytes);
      } catch (error) {
        throw writeError(this.file, error);
      }
    });
    return this.written;
  }

  /** Writes what waits and closes the file. @throws ReportError */
  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.handle.close();
    }
  }

  private keep(message: EventMessage): void {
    const record = frameRecord(encodeEvent(message));
    this.waiting.push(record);
    this.waitingBytes += record.length;
  }
}

function writeError(file: string, error: unknown): ReportError {
  const why = error instanceof Error ? error.message : String(error);
  return new ReportError(`${file} cannot be written: ${why}. Make room, or check who owns the folder.`, { cause: error }); // prettier-ignore
}
