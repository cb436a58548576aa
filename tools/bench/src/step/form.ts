/** What one update tells: losses before it, by name. */
export type Losses = Readonly<Record<string, number>>;

/** A way to do one optimisation step, batch 1. */
export interface Form {
  /** What it runs and on what, for the report. */
  readonly how: string;
  /** Starts again from the saved weights, with an optimiser that knows nothing. Comes before the first step. */
  readonly restart: () => Promise<void>;
  /** One update, from floats in memory. */
  readonly step: () => Losses | Promise<Losses>;
}

export const ADAM = { rate: 2e-4, beta1: 0.5, beta2: 0.999, epsilon: 1e-8 } as const;
