import type { Writable } from 'node:stream';

/** Writes and waits until there is room for more. False when the reader has gone: why is told by its exit. */
export async function writeOrGone(pipe: Writable, bytes: Buffer): Promise<boolean> {
  if (!pipe.writable) return false;
  if (pipe.write(bytes)) return true;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      pipe.off('drain', go).off('close', go);
      resolve();
    };
    pipe.once('drain', go).once('close', go);
  });
  return pipe.writable;
}
