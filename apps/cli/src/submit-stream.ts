import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { ColorizeOptions, Job } from '@kinemacolor/client';
import { MediaError } from '@kinemacolor/media';
import { jobProgress } from './job-progress.js';
import { phasedDisplay } from './phased-display.js';
import type { Session } from './service-command.js';
import { filmOutput, STANDARD_OUTPUT } from './standard-output.js';

export interface StreamSubmission {
  readonly film: string;
  readonly output: string;
  readonly options: ColorizeOptions;
  /** Seconds; makes it a live stream. */
  readonly maxDelay: number | undefined;
  readonly quiet: boolean;
  readonly json: boolean;
}

/** Standard input or output, or both: one stream there and back, cancelled when it is stopped. @throws ClientError, MediaError */
export async function submitStream({ client, signal, say }: Session, submission: StreamSubmission): Promise<void> {
  const { film, output, options, maxDelay, quiet, json } = submission;
  const source = film === '-' ? process.stdin : createReadStream(film);
  const live = maxDelay === undefined ? undefined : { maxDelayMs: maxDelay * 1000 };
  const display = phasedDisplay(film === '-' ? 'standard input' : film, { quiet });
  const onProgress = (progress: Job['progress']): void => {
    display.onProgress(jobProgress({ state: 'running', progress }));
  };
  const job = await stopping(display.stop, async () => {
    const coloured = client.colorize(source, { ...options, live, signal, onProgress });
    try {
      if (output !== '-') return await coloured.toFile(output);
      await pipeline(coloured.result(), filmOutput(), { end: false });
      return await coloured.finished;
    } catch (error) {
      const name = output === '-' ? STANDARD_OUTPUT : output;
      throw error instanceof Error && 'errno' in error ? MediaError.fromOutput(error, name) : error;
    }
  });
  for (const warning of job.warnings) say(warning);
  say(`${output === '-' ? STANDARD_OUTPUT : output}: ${job.progress.framesEncoded} frames`);
  // Standard output is the film itself when it goes there.
  if (json) (output === '-' ? process.stderr : process.stdout).write(`${JSON.stringify(job, null, 2)}\n`);
}

async function stopping<Result>(stop: () => void, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } finally {
    stop();
  }
}
