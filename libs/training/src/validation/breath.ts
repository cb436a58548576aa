/** Measuring holds the thread: between two pictures signals are let in. @throws the reason of the signal */
export async function breath(signal: AbortSignal | undefined): Promise<void> {
  await new Promise(setImmediate);
  signal?.throwIfAborted();
}
