import { rm } from 'node:fs/promises';
import path from 'node:path';
import { exitOnSignals } from '../end-with-us.js';
import { WORK } from '../paths.js';
import { runJob } from '../services/job-run.js';
import { openWorld } from '../services/service-world.js';
import { descendantsCpuSeconds } from './tree-cpu.js';
import type { TurnCost, TurnFilms } from './turn.js';

/*
 * One turn of a side: services, a film to warm up, the film that is measured, and their end. A process of its own has no children
 * but these services, and its standard error is the place for their logs, which belong to what telemetry costs.
 *
 *     node turn-process.js '{"painter": {"model": FOLDER}, "film": FILE, "warmUp": FILE, "env": {…}}'
 */
exitOnSignals();
const { painter, film, warmUp, env } = JSON.parse(process.argv[2]!) as TurnFilms & { readonly env: NodeJS.ProcessEnv };
const output = path.join(WORK, `telemetry-${process.pid}.mkv`);
try {
  // As operators have it, so that lines of the log are sent, too.
  const world = await openWorld({ painter, env: { KINEMACOLOR_LOG_LEVEL: 'info', ...env } });
  let before: number;
  let downloaded: number;
  let timed: Pick<TurnCost, 'warmUpFrames' | 'frames' | 'seconds'>;
  try {
    const { frames: warmUpFrames } = await runJob(world, warmUp, output, { codec: 'h264' });
    before = descendantsCpuSeconds();
    const { frames, seconds, uploadSeconds } = await runJob(world, film, output, { codec: 'h264' });
    downloaded = descendantsCpuSeconds();
    timed = { warmUpFrames, frames, seconds: seconds - uploadSeconds };
  } finally {
    await world.close();
  }
  const ended = descendantsCpuSeconds();
  const cost: TurnCost = { ...timed, cpuSeconds: ended - before, endCpuSeconds: ended - downloaded };
  process.stdout.write(JSON.stringify(cost) + '\n');
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await rm(output, { force: true });
}
