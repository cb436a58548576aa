/**
 * Some pieces of work side by side, such as messages whose receipts are under way: a round to the server and back is then not
 * waited for each time. They begin in order.
 */
export class InFlight {
  readonly #under = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(private readonly most: number) {}

  /** Begins a piece as soon as there is room. @throws what an earlier piece failed of */
  async add(work: () => Promise<void>): Promise<void> {
    while (this.#under.size >= this.most) await Promise.race(this.#under);
    this.#throwFailure();
    const piece: Promise<void> = work()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#under.delete(piece);
      });
    this.#under.add(piece);
  }

  /** Waits for all. @throws what a piece failed of */
  async settle(): Promise<void> {
    await Promise.all(this.#under);
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
