import { join } from 'node:path';

import { build } from './steps/build.mjs';
import { collector } from './steps/collector.mjs';
import { deployVenv } from './steps/deploy-venv.mjs';
import { engine } from './steps/engine.mjs';
import { ffmpeg, secondFfmpeg } from './steps/ffmpeg.mjs';
import { grpcVenv } from './steps/grpc-venv.mjs';
import { grpcurl } from './steps/grpcurl.mjs';
import { jaeger } from './steps/jaeger.mjs';
import { kustomize } from './steps/kustomize.mjs';
import { nodeVersion } from './steps/node-version.mjs';
import { natsServer } from './steps/nats-server.mjs';
import { npmPackages } from './steps/npm-packages.mjs';
import { prometheus } from './steps/prometheus.mjs';
import { tensorflowVenv } from './steps/tensorflow-venv.mjs';

/**
 * @typedef {{ root: string, cache: string, signal: AbortSignal, say: (line: string) => void }} Context
 * @typedef {{ name: string, cure: string, check: (context: Context) => Promise<{ ok: boolean, detail: string }>,
 *             provide: (context: Context) => Promise<void>, optional?: boolean }} Step optional: when it cannot be
 *   provided, that is said and the rest goes on
 */

/**
 * The steps of the set-up, in the order in which they need each other.
 *
 * @param {{ gpu: boolean, forTests: boolean, forAllTests?: boolean }} wanted forAllTests: what takes many minutes to build, too
 * @returns {Step[]}
 */
export function steps({ gpu, forTests, forAllTests = false }) {
  const list = [nodeVersion, npmPackages, engine('cpu')];
  if (gpu) list.push(engine('gpu'));
  list.push(ffmpeg, natsServer);
  if (forTests || forAllTests) {
    list.push(secondFfmpeg, grpcVenv, deployVenv, tensorflowVenv, grpcurl, kustomize, collector);
  }
  if (forAllTests) list.push(prometheus, jaeger);
  list.push(build);
  return list;
}

/** One set-up at a time for a user: the cache is shared by all clones. */
export function lockFolder(cache) {
  return join(cache, 'setup.lock');
}
