/** What NATS's iterators have in common. */
interface Stoppable<T> extends AsyncIterable<T> {
  stop(): void;
}

/** What comes from a source until that ends or the signal stops it. It is stopped as well when the reader leaves. */
export async function* stoppedBy<T>(source: Stoppable<T>, signal: AbortSignal): AsyncGenerator<T, void> {
  const stop = (): void => {
    source.stop();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (!signal.aborted) yield* source;
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}
