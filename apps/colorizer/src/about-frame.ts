import { withinTrace } from '@kinemacolor/telemetry';
import type { JobBook } from './job-book.js';
import type { LumaWork } from './luma-work.js';

/** Which frame a line of the log is about. */
export interface FrameFields {
  readonly job: string;
  readonly frame: number;
}

/** Writes a line about a frame: it carries the ids of the job and of the trace, the frame's own or else that of its job. */
export function aboutFrame(
  book: JobBook,
  { job, id, trace }: Pick<LumaWork, 'job' | 'id' | 'trace'>,
  write: (fields: FrameFields) => void,
): void {
  withinTrace(trace ?? book.traceOf(job), () => {
    write({ job, frame: id.index });
  });
}
