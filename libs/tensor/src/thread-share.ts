/** How TensorFlow's threads share the work on a CPU; by itself it takes as many of both as there are cores. */
export interface ThreadShare {
  /** Threads that one operation is split over. */
  readonly intraOp: number;
  /** Operations that run at a time. */
  readonly interOp: number;
}

/**
 * Leaves the share in the environment, where TensorFlow looks once, when it first runs something in this process. What the
 * user has set there stays.
 */
export function shareThreads({ intraOp, interOp }: ThreadShare): void {
  process.env['TF_NUM_INTRAOP_THREADS'] ??= String(intraOp);
  process.env['TF_NUM_INTEROP_THREADS'] ??= String(interOp);
}
