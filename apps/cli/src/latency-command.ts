import { latencyTable, STAGES, type LatencySummary, type Stage } from '@kinemacolor/telemetry';
import type { Latency, Progress } from '@kinemacolor/client';
import { readServer } from './jobs-command.js';
import { serviceCommand } from './service-command.js';

/** `kinemacolor latency JOB`: where the time of its frames went. Returns the exit code. */
export async function latencyCommand(
  id: string,
  { json = false }: { readonly json?: boolean },
  settingFlags: Record<string, unknown>,
): Promise<number> {
  return serviceCommand(readServer(settingFlags), { quiet: false }, async ({ client, signal, say }) => {
    const { latency, progress } = await client.jobs.get(id, { signal });
    if (json) process.stdout.write(`${JSON.stringify(latency ?? null, null, 2)}\n`);
    else if (latency === undefined) say('No frame has been through all stages yet.');
    else process.stdout.write(latencyTable(summaryOf(latency), timed(progress)));
  });
}

/** Frames that have been through all stages; those that hold the colours of others have no times. */
const timed = ({ framesEncoded, framesHeld }: Progress): number => framesEncoded - framesHeld;

/** A newer service may have stages that this command does not know: they are in the whole. */
function summaryOf({ frames, stages, whole }: Latency): LatencySummary {
  const known = (stage: string): stage is Stage => (STAGES as readonly string[]).includes(stage);
  return { frames, whole, stages: stages.flatMap((one) => (known(one.stage) ? [{ ...one, stage: one.stage }] : [])) };
}
