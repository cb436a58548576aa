import type { Job } from '@kinemacolor/client';
import { MediaError } from '@kinemacolor/media';
import { readServer } from './jobs-command.js';
import { tryOutput } from './output-file.js';
import { phasedDisplay } from './phased-display.js';
import { resultContainer } from './result-container.js';
import { serviceCommand, type Session } from './service-command.js';
import { filmOutput, STANDARD_OUTPUT } from './standard-output.js';
import { UsageError } from './usage-error.js';

export interface DownloadFlags {
  readonly output: string;
  readonly quiet?: boolean;
}

/** `kinemacolor download ID -o OUT`: returns the exit code. What an earlier one left is gone on with. */
export async function downloadCommand(
  id: string,
  { output, quiet = false }: DownloadFlags,
  settingFlags: Record<string, unknown>,
): Promise<number> {
  return serviceCommand(readServer(settingFlags), { quiet }, async ({ client, signal, say }) => {
    const before = await client.jobs.get(id, { signal });
    refuseOtherContainer(before, output);
    const display = phasedDisplay(output === '-' ? id : output, { quiet });
    const total = before.state === 'succeeded' ? before.resultBytes : undefined;
    const onProgress = (bytes: number): void => {
      display.onProgress({ phase: 'download', bytes, total });
    };
    try {
      const job = await fetchTo({ client, signal }, id, output, onProgress);
      display.stop();
      say(`${output === '-' ? STANDARD_OUTPUT : output}: ${job.progress.framesEncoded} frames`);
    } catch (error) {
      display.stop();
      if (signal.aborted && output !== '-') say('What has come is kept: the same command goes on.');
      throw error;
    }
  });
}

async function fetchTo(
  { client, signal }: Pick<Session, 'client' | 'signal'>,
  id: string,
  output: string,
  onProgress: (bytes: number) => void,
): Promise<Job> {
  try {
    if (output === '-') return await client.jobs.download(id, filmOutput(), { signal, onProgress });
    await tryOutput(output);
    return await client.jobs.download(id, output, { signal, onProgress });
  } catch (error) {
    const name = output === '-' ? STANDARD_OUTPUT : output;
    throw error instanceof Error && 'errno' in error ? MediaError.fromOutput(error, name) : error;
  }
}

/** A film under a name that says another container is opened by nobody. */
function refuseOtherContainer({ settings: { container = 'matroska' } }: Job, output: string): void {
  if (output === '-' || resultContainer(output) === container) return;
  throw new UsageError(`${output}: the job's result is ${container}. Give it that extension.`);
}
