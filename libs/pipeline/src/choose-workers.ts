import { calibrate } from './calibrate.js';
import { recallWorkers, rememberWorkers, thisMachine, type CalibrationKey } from './calibration-cache.js';
import type { FilmWork } from './colorizer.js';
import type { ThreadPool } from './thread-pool.js';
import type { WorkerReady } from './worker-messages.js';

/** Shorter films are done before a calibration has paid for itself. */
const LONG_FILM = 200;

/** Gives the pool the number of threads that is fastest for a film: as remembered, else as measured, else one. */
export async function chooseWorkers(
  pool: ThreadPool,
  { info, engine, way }: WorkerReady,
  { frames, width, height, signal }: FilmWork,
): Promise<void> {
  const machine = thisMachine();
  if (machine.cores === 1) return;
  // Asked for again after a calibration, whose first picture may have found that the model cannot be run as a graph.
  const key = (): CalibrationKey => ({
    ...machine,
    weights: info.weightsSha256,
    form: (pool.way ?? way).form,
    tensorflow: engine.tensorflowVersion,
    width,
    height,
  });
  const remembered = await recallWorkers(key());
  if (remembered !== undefined) return pool.resize(remembered);
  if (frames === undefined || frames < LONG_FILM) return pool.resize(1);
  const found = await calibrate(pool, { width, height, most: machine.cores, signal });
  if (found === undefined) return;
  try {
    await rememberWorkers(key(), found);
  } catch (error) {
    // A cache that cannot be written (a full disk, a foreign folder) costs the next film a calibration, no more.
    if (!(error instanceof Error && 'errno' in error)) throw error;
  }
}
