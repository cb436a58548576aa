import type { JobOptions } from '@kinemacolor/client';
import { rm } from 'node:fs/promises';
import { BenchError } from '../bench-error.js';
import type { ServiceWorld } from './service-world.js';

/** One film through the services. Seconds of wall time. */
export interface JobRun {
  readonly frames: number;
  readonly heldFrames: number;
  /** From the making of the job until its last byte is here. */
  readonly seconds: number;
  /** Of these, until the services had the whole film. */
  readonly uploadSeconds: number;
}

export interface JobRunOptions extends JobOptions {
  /** Told with each piece of the result: bytes so far, and milliseconds since the job was made. */
  readonly onBytes?: (bytes: number, ms: number) => void;
}

/**
 * Uploads a film as a job and downloads the result while it grows.
 * @throws ClientError; BenchError `DISAGREE` when fewer frames were encoded than decoded
 */
export async function runJob(
  { client, model }: Pick<ServiceWorld, 'client' | 'model'>,
  film: string,
  output: string,
  { onBytes, ...options }: JobRunOptions = {},
): Promise<JobRun> {
  await rm(output, { force: true });
  const began = performance.now();
  const { id } = await client.jobs.create({ model, ...options });
  await client.jobs.upload(id, film);
  const uploaded = performance.now();
  const { progress } = await client.jobs.download(id, output, {
    onProgress: (bytes) => onBytes?.(bytes, performance.now() - began),
  });
  const ended = performance.now();
  const { framesEncoded, framesDecoded, framesHeld } = progress;
  if (framesEncoded !== framesDecoded) {
    throw new BenchError('DISAGREE', `The services encoded ${framesEncoded} of ${framesDecoded} frames of ${film}.`);
  }
  return {
    frames: framesEncoded,
    heldFrames: framesHeld,
    seconds: (ended - began) / 1000,
    uploadSeconds: (uploaded - began) / 1000,
  };
}
