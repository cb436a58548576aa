import type { StageTimes } from '@kinemacolor/pipeline';
import type { LatencySummary } from '@kinemacolor/telemetry';

/** What `--json` prints for one input. */
export type ItemSummary =
  | {
      readonly input: string;
      readonly output: string;
      readonly kind: 'film' | 'picture';
      readonly ok: true;
      readonly width: number;
      readonly height: number;
      readonly render: { readonly width: number; readonly height: number };
      /** Frames of the result; 1 for a picture. */
      readonly frames: number;
      /** Frames that this run coloured: fewer than `frames` when it was resumed. */
      readonly colouredFrames: number;
      readonly shots: number;
      readonly seconds: number;
      /** Coloured frames a second of wall time, everything included. */
      readonly fps: number;
      /** Absent for a picture. */
      readonly stages?: StageTimes;
      readonly warnings: readonly string[];
      /** Where the time of the frames went, with --trace or --trace-file. */
      readonly latency?: LatencySummary;
    }
  | {
      readonly input: string;
      readonly output: string;
      readonly kind: 'film' | 'picture';
      readonly ok: false;
      readonly error: { readonly code: string; readonly message: string };
    };

/** What `--json` prints. */
export interface Summary {
  readonly ok: boolean;
  readonly exitCode: number;
  readonly seconds: number;
  /** Null when the run ended before the model was loaded. */
  readonly model: { readonly name: string; readonly version: string } | null;
  readonly device: {
    readonly kind: 'cpu' | 'gpu';
    readonly engine: string;
    readonly tensorflow: string;
    readonly precision: 'fp32' | 'bf16';
    /** Threads that coloured, at the end. */
    readonly workers: number;
  } | null;
  /** Why nothing was started at all; null when every input has its own result. */
  readonly error: { readonly code: string; readonly message: string } | null;
  /** 99th percentile of the main thread's delay, milliseconds. */
  readonly eventLoopDelayP99Ms: number;
  /** Live tensors in the colouring threads at the end. */
  readonly tensors: number;
  readonly results: readonly ItemSummary[];
}
