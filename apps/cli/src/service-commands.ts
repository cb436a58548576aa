import type { Command } from 'commander';
import { downloadCommand, type DownloadFlags } from './download-command.js';
import { cancelCommand, jobsCommand, jobsSettings, type JobsFlags } from './jobs-command.js';
import { latencyCommand } from './latency-command.js';
import { submitCommand, type SubmitFlags } from './submit-command.js';
import { submitSettings } from './submit-settings.js';

type Flags = Record<string, unknown>;

/** Adds the commands that have a service do the work: submit, jobs, cancel, download. */
export function addServiceCommands(
  program: Command,
  { finish, exitCodes }: { finish: (code: number) => void; exitCodes: string },
): void {
  const submit = program
    .command('submit')
    .description('have a service colour a film: upload, watch, download; Ctrl-C cancels')
    .argument('<film>', 'a film, or - for standard input')
    .option('-o, --output <out>', 'file (.mkv, .mp4, .ts), or - for standard output (Matroska)')
    .option('--detach', 'end when the film is uploaded, and print the job; "download" fetches the result')
    .option('--label <words>', 'your own words for the job (default: the name of the film)')
    .option('--json', 'print the job for programs on standard output')
    .option('--quiet', 'no progress, errors only')
    .addHelpText('after', exitCodes);
  for (const { flags, description } of submitSettings.options()) submit.option(flags, description);
  submit.action(async (film: string, all: SubmitFlags & Flags) => {
    const { output, detach, label, json, quiet, ...settings } = all;
    finish(await submitCommand(film, { output, detach, label, json, quiet } as SubmitFlags, settings));
  });

  const jobs = program
    .command('jobs')
    .description('your jobs at a service that are under way, or one job')
    .argument('[id]', 'everything about this job')
    .option('--all', 'every job that the service still knows')
    .option('--state <state...>', 'uploading, queued, running, succeeded, failed, cancelled or expired')
    .option('--json', 'for programs')
    .addHelpText('after', exitCodes);
  forServer(jobs).action(async (id: string | undefined, { all, state, json, ...settings }: JobsFlags & Flags) => {
    finish(await jobsCommand(id, { all, state, json } as JobsFlags, settings));
  });

  const latency = program
    .command('latency')
    .description('where the time of the frames of a job went, stage by stage, and what everything waited for')
    .argument('<id>', 'the job')
    .option('--json', 'for programs');
  forServer(latency).action(async (id: string, { json, ...settings }: { json?: boolean } & Flags) => {
    finish(await latencyCommand(id, json === undefined ? {} : { json }, settings));
  });

  const cancel = program
    .command('cancel')
    .description('end a job at a service')
    .argument('<id>', 'the job')
    .addHelpText('after', exitCodes);
  forServer(cancel).action(async (id: string, settings: Flags) => { finish(await cancelCommand(id, settings)); }); // prettier-ignore

  const download = program
    .command('download')
    .description('fetch the result of a job, or go on with it; of one that still runs, as it grows')
    .argument('<id>', 'the job')
    .requiredOption('-o, --output <out>', 'file, or - for standard output')
    .option('--quiet', 'no progress, errors only')
    .addHelpText('after', exitCodes);
  forServer(download).action(async (id: string, { output, quiet, ...settings }: DownloadFlags & Flags) => {
    finish(await downloadCommand(id, { output, quiet } as DownloadFlags, settings));
  });
}

function forServer(command: Command): Command {
  for (const { flags, description } of jobsSettings.options()) command.option(flags, description);
  return command;
}
