/** What a source gives until it ends or the signal fires, also while it is waited for. The source itself is left as it is. */
export async function* until<T>(source: AsyncIterator<T>, signal: AbortSignal): AsyncGenerator<T, void> {
  for (;;) {
    const next = await unlessAborted(source.next(), signal);
    if (next === undefined || next.done === true) return;
    yield next.value;
  }
}

/** @returns undefined when the signal fires first; what the promise comes to then is passed over */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise<T | undefined>((resolve, reject) => {
    const onAbort = (): void => {
      resolve(undefined);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
    promise
      .finally(() => {
        signal.removeEventListener('abort', onAbort);
      })
      .then(resolve, reject);
  });
}
