/** A way to train the generator: L1 loss, Adam, one picture a step. */
export interface Form {
  /** What it runs and on what, for the report. */
  readonly how: string;
  /** Starts again from the saved weights, with an optimiser that knows nothing. */
  readonly restart: () => Promise<void>;
  /** One update, from floats in memory. Returns the loss before it. */
  readonly step: () => number | Promise<number>;
}

export const ADAM = { rate: 2e-4, beta1: 0.5, beta2: 0.999, epsilon: 1e-8 } as const;
