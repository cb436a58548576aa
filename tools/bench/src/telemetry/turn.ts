import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { startCollector } from '@kinemacolor/telemetry/testing';
import { BenchError } from '../bench-error.js';
import { builtFile, WORK } from '../paths.js';
import { runCommand } from '../run-command.js';
import type { WorldOptions } from '../services/service-world.js';
import { noCollector } from './no-collector.js';
import { whatCame, type Received } from './received.js';
import { NOBODY, sideEnvironment, type TelemetrySide } from './telemetry-sides.js';
import { cpuSecondsOf } from './tree-cpu.js';

export interface TurnFilms {
  readonly painter: WorldOptions['painter'];
  /** The one that is measured. */
  readonly film: string;
  /** One before it, so that no program does anything for the first time. */
  readonly warmUp: string;
}

/** What the process of a turn prints. */
export interface TurnCost {
  readonly warmUpFrames: number;
  readonly frames: number;
  /** Wall time from the end of the upload to the last byte of the result. */
  readonly seconds: number;
  /** Of all services, their ffmpegs and NATS, from the making of the job until they have ended: they send until then. */
  readonly cpuSeconds: number;
  /** Of these, after the last byte of the result: sending what is left, and ending, which a service does once. */
  readonly endCpuSeconds: number;
}

export interface TurnTold {
  readonly received: Received;
  /** CPU seconds of the collector itself, which is no part of `cpuSeconds`, for both films. */
  readonly collectorCpuSeconds: number;
}

export interface Turn extends TurnCost {
  /** Where there was a collector. */
  readonly told?: TurnTold;
}

/**
 * One side with services of its own, which are started before and ended after it: no other side is there meanwhile.
 * @throws BenchError `PEER_MISSING` without a collector, `UNSUPPORTED`, `CHILD_FAILED`, `DISAGREE`
 */
export async function takeTurn(side: TelemetrySide, films: TurnFilms): Promise<Turn> {
  if (side.to === 'nobody') await requireNobody();
  if (side.to !== 'collector') return runTurn(films, sideEnvironment(side, undefined));
  await mkdir(WORK, { recursive: true });
  const folder = await mkdtemp(path.join(WORK, 'telemetry-'));
  try {
    const collector = await startCollector(folder);
    if (collector === undefined) throw noCollector();
    try {
      const before = cpuSecondsOf(collector.pid) ?? NaN;
      const cost = await runTurn(films, sideEnvironment(side, collector.endpoint));
      const collectorCpuSeconds = (cpuSecondsOf(collector.pid) ?? NaN) - before;
      return { ...cost, told: { received: await whatCame(collector), collectorCpuSeconds } };
    } finally {
      await collector.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runTurn(films: TurnFilms, env: Readonly<Record<string, string>>): Promise<TurnCost> {
  const args = [builtFile('telemetry/turn-process'), JSON.stringify({ ...films, env })];
  const { stdout } = await runCommand('The services', process.execPath, args);
  return JSON.parse(stdout) as TurnCost;
}

/** @throws BenchError `UNSUPPORTED` when somebody listens where nobody should */
async function requireNobody(): Promise<void> {
  const socket = connect(NOBODY);
  try {
    await once(socket, 'connect');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return;
    throw error;
  } finally {
    socket.destroy();
  }
  throw new BenchError(
    'UNSUPPORTED',
    `Something listens at port ${NOBODY.port} of this machine, which should be closed.`,
  );
}
