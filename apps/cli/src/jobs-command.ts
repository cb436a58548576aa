import type { Job, JobState } from '@kinemacolor/client';
import { defineSettings } from '@kinemacolor/config';
import { jobLine, jobLines } from './job-lines.js';
import { serverSettings, type ServerSettings } from './server-settings.js';
import { serviceCommand } from './service-command.js';
import { UsageError } from './usage-error.js';

/** What `jobs`, `cancel` and `download` can be told, besides what to do. */
export const jobsSettings = defineSettings(serverSettings);

export const readServer = (flags: Record<string, unknown>) => (): ServerSettings =>
  jobsSettings.parse({ flags, env: process.env });

export interface JobsFlags {
  readonly all?: boolean;
  readonly state?: readonly string[];
  readonly json?: boolean;
}

const STATES = ['uploading', 'queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired'] as const;
const UNDER_WAY: readonly JobState[] = ['uploading', 'queued', 'running'];

/** `kinemacolor jobs [ID]`: returns the exit code. */
export async function jobsCommand(
  id: string | undefined,
  flags: JobsFlags,
  settingFlags: Record<string, unknown>,
): Promise<number> {
  return serviceCommand(readServer(settingFlags), { quiet: false }, async ({ client, signal, say }) => {
    const { json = false } = flags;
    if (id !== undefined) {
      const job = await client.jobs.get(id, { signal });
      process.stdout.write(json ? inJson(job) : jobLines(job));
      return;
    }
    const found = client.jobs.list({ states: statesOf(flags), signal });
    if (json) {
      const jobs: Job[] = [];
      for await (const job of found) jobs.push(job);
      process.stdout.write(inJson(jobs));
      return;
    }
    let count = 0;
    for await (const job of found) {
      process.stdout.write(`${jobLine(job)}\n`);
      count += 1;
    }
    if (count === 0) say(flags.all === true ? 'No jobs.' : 'No such jobs; --all shows every one.');
  });
}

/** `kinemacolor cancel ID`: returns the exit code. */
export async function cancelCommand(id: string, settingFlags: Record<string, unknown>): Promise<number> {
  return serviceCommand(readServer(settingFlags), { quiet: false }, async ({ client, signal }) => {
    process.stdout.write(`${jobLine(await client.jobs.cancel(id, { signal }))}\n`);
  });
}

function statesOf({ all, state }: JobsFlags): readonly JobState[] {
  if (all === true && state !== undefined) throw new UsageError('--all and --state do not go together.');
  if (all === true) return [];
  if (state === undefined) return UNDER_WAY;
  return state.map((word) => {
    const known = STATES.find((name) => name === word);
    if (known === undefined) throw new UsageError(`--state is ${STATES.join(', ')}, not ${word}.`);
    return known;
  });
}

const inJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
