import { rm } from 'node:fs/promises';
import path from 'node:path';
import { colorizeByCommand } from '../kinemacolor-command.js';
import { WORK } from '../paths.js';
import type { ResultRow } from '../result.js';
import { byName, median, medians, ratio } from '../statistics.js';
import { runJob } from './job-run.js';
import { requireSamePictures } from './same-pictures.js';
import type { ServiceWorld } from './service-world.js';

/** Frames a second of both in one round. */
export interface SpeedRound {
  /** From the end of the upload. */
  readonly services: number;
  /** From its beginning. */
  readonly withUpload: number;
  /** What the command prints of itself: without its start-up, as the services are up already. */
  readonly command: number;
  /** From the start of its process. */
  readonly withStart: number;
}

/**
 * The same film by the command and by the services, both with their own settings, one after the other.
 * @param servicesFirst who begins: neither shall always follow the other
 * @throws BenchError `DISAGREE` when they did not make the same pictures
 */
export async function speedRound(
  world: ServiceWorld,
  { film, model, servicesFirst }: { readonly film: string; readonly model: string; readonly servicesFirst: boolean },
): Promise<SpeedRound> {
  const [one, other] = [path.join(WORK, 'services-command.mkv'), path.join(WORK, 'services-services.mkv')];
  const flags = ['--codec', 'h264'];
  const byCommand = async (): Promise<Pick<SpeedRound, 'command' | 'withStart'>> => {
    const { summary, wallSeconds } = await colorizeByCommand({ input: film, output: one, model, flags });
    const { frames, seconds } = summary.results[0]!;
    return { command: frames / seconds, withStart: frames / wallSeconds };
  };
  const byServices = async (): Promise<Pick<SpeedRound, 'services' | 'withUpload'>> => {
    const { frames, seconds, uploadSeconds } = await runJob(world, film, other, { codec: 'h264' });
    return { services: frames / (seconds - uploadSeconds), withUpload: frames / seconds };
  };
  try {
    const early = servicesFirst ? await byServices() : undefined;
    const command = await byCommand();
    const services = early ?? (await byServices());
    await requireSamePictures(one, other);
    return { ...services, ...command };
  } finally {
    await Promise.all([one, other].map((file) => rm(file, { force: true })));
  }
}

/** Target: the services have at least 0.85 of the command's frames a second. */
export function speedRows(rounds: readonly SpeedRound[]): ResultRow[] {
  const row = (name: string, by: 'services' | 'withUpload', of: 'command' | 'withStart', least?: number): ResultRow => {
    const pairs = rounds.map((round) => ({ 'services fps': round[by], 'command fps': round[of] }));
    const target = least === undefined ? {} : { target: { least } };
    const quotient = ratio(median(rounds.map((each) => each[by])), median(rounds.map((each) => each[of])));
    return { name, numbers: medians(pairs), rounds: byName(pairs), ratio: quotient, ...target };
  };
  return [
    row('services ÷ command', 'services', 'command', 0.85),
    row('with the upload ÷ command', 'withUpload', 'command'),
    row('with the upload ÷ command with its start', 'withUpload', 'withStart'),
  ];
}
