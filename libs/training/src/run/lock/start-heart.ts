import { Worker } from 'node:worker_threads';
import type { HeartbeatData } from './heartbeat.js';

/**
 * Starts the thread that beats; it does not keep the process alive.
 * @param failed is told why beats fail, once until they work again
 */
export async function startHeart(workerData: HeartbeatData, failed: (reason: string) => void): Promise<Worker> {
  // Tests run on the sources; a thread needs the built file.
  const folder = import.meta.url.endsWith('.ts') ? '../../../dist/run/lock/' : './';
  const heart = new Worker(new URL(`${folder}heartbeat.js`, import.meta.url), { workerData, execArgv: [] });
  await new Promise<void>((resolve, reject) => {
    heart.once('online', resolve).once('error', reject);
  });
  heart.on('message', failed).on('error', (error: Error) => {
    failed(error.message);
  });
  heart.unref();
  return heart;
}
