/** Lets work go on side by side, or one piece of it with nothing beside it. Who wants to be alone goes before the others. */
export class SoloGate {
  #running = 0;
  #alone: Promise<void> | undefined;
  #idle: () => void = () => undefined;

  /** Work that others may run beside. */
  async shared<T>(work: () => Promise<T>): Promise<T> {
    while (this.#alone !== undefined) await this.#alone;
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#idle();
    }
  }

  /** Work that nothing runs beside. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const result = (this.#alone ?? Promise.resolve()).then(async () => {
      if (this.#running > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
      return work();
    });
    const over = result.then(
      () => undefined,
      () => undefined,
    );
    this.#alone = over;
    void over.then(() => {
      if (this.#alone === over) this.#alone = undefined;
    });
    return result;
  }
}
