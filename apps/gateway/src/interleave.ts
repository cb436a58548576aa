type Outcome<T> = { readonly value: T } | { readonly error: unknown } | { readonly done: AsyncIterator<T> };

/**
 * What several sources give, in the order in which it comes; of each only one value is taken ahead. Ends when the first source,
 * the main one, has ended, or any fails; then the others are stopped, by `stop`, and waited for.
 * @param stop what the other sources end at
 */
export async function* interleave<T>(
  stop: AbortController,
  main: AsyncIterable<T>,
  ...others: readonly AsyncIterable<T>[]
): AsyncGenerator<T, void> {
  const ready: { readonly source: AsyncIterator<T>; readonly outcome: Outcome<T> }[] = [];
  let wake: () => void = () => undefined;
  const pending = new Set<Promise<void>>();
  const ask = (source: AsyncIterator<T>): void => {
    const asked = source
      .next()
      .then(
        (result): Outcome<T> => (result.done === true ? { done: source } : { value: result.value }),
        (error: unknown) => ({ error }),
      )
      .then((outcome) => {
        ready.push({ source, outcome });
        wake();
      })
      .finally(() => pending.delete(asked));
    pending.add(asked);
  };
  const sources = [main, ...others].map((source) => source[Symbol.asyncIterator]());
  const [first] = sources;
  for (const source of sources) ask(source);
  try {
    for (;;) {
      const next = ready.shift();
      if (next === undefined) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      const { source, outcome } = next;
      if ('error' in outcome) throw outcome.error;
      if ('done' in outcome) {
        if (source === first) return;
        continue;
      }
      yield outcome.value;
      ask(source);
    }
  } finally {
    stop.abort();
    await Promise.all(pending);
    for (const source of sources) await source.return?.();
  }
}

/** Runs sources that give nothing, or whose values nobody wants, until the first has ended. */
export async function run(
  stop: AbortController,
  ...sources: readonly [AsyncIterable<unknown>, ...AsyncIterable<unknown>[]]
): Promise<void> {
  const all = interleave(stop, ...sources);
  while ((await all.next()).done !== true) continue;
}

/** Work as a source that gives nothing: it ends, or fails, as the work does. */
export async function* quietly(work: Promise<void>): AsyncGenerator<never, void> {
  await work;
}
