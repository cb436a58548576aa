import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { startCollector } from '@kinemacolor/telemetry/testing';
import { builtFile, WORK } from '../paths.js';
import { runCommand } from '../run-command.js';
import { noCollector } from './no-collector.js';
import { whatCame, type Received } from './received.js';
import { sideEnvironment } from './telemetry-sides.js';

export interface FrameCostOptions {
  /** Of the frames that are traced, 0..1. */
  readonly share: number;
  readonly frames: number;
}

/** What the process prints. */
export interface FrameCpu {
  /** Frames before those that are measured, with telemetry on as well. */
  readonly warmUpFrames: number;
  /** CPU milliseconds of one frame where telemetry goes nowhere. */
  readonly offMs: number;
  /** The same where it goes to a collector, until all is sent. */
  readonly onMs: number;
}

export interface FrameCost extends FrameCpu {
  /** What making and sending the telemetry of one frame takes. */
  readonly costMs: number;
  readonly received: Received;
}

/**
 * What the telemetry of a frame takes by itself, in a process that does nothing else, to a collector of its own.
 * @throws BenchError `PEER_MISSING` without a collector, `CHILD_FAILED`, `DISAGREE`
 */
export async function frameCost(options: FrameCostOptions): Promise<FrameCost> {
  await mkdir(WORK, { recursive: true });
  const folder = await mkdtemp(path.join(WORK, 'frame-cost-'));
  try {
    const collector = await startCollector(folder);
    if (collector === undefined) throw noCollector();
    try {
      const env = sideEnvironment({ name: 'direct', share: options.share, to: 'collector' }, collector.endpoint);
      const args = [builtFile('telemetry/frame-cost-process'), JSON.stringify(options)];
      const { stdout } = await runCommand('The telemetry of frames', process.execPath, args, { env });
      const cpu = JSON.parse(stdout) as FrameCpu;
      return { ...cpu, costMs: cpu.onMs - cpu.offMs, received: await whatCame(collector) };
    } finally {
      await collector.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
