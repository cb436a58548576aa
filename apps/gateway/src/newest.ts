/** The newest of values that may come faster than they are taken: older ones are left out, so that nothing piles up. */
export class Newest<T> {
  #value: { readonly value: T } | undefined;
  #wake: () => void = () => undefined;

  put(value: T): void {
    this.#value = { value };
    this.#wake();
  }

  /** The values as they come, until the signal. For one reader. */
  async *values(signal: AbortSignal): AsyncGenerator<T, void> {
    const wake = (): void => {
      this.#wake();
    };
    signal.addEventListener('abort', wake);
    try {
      while (!signal.aborted) {
        const next = this.#value;
        if (next === undefined) {
          await new Promise<void>((resolve) => (this.#wake = resolve));
          continue;
        }
        this.#value = undefined;
        yield next.value;
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }
}
