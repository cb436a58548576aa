import type { ModelInfo, Precision, PrecisionChoice } from '@kinemacolor/models';
import type { DeviceChoice, Engine } from '@kinemacolor/tensor';

/** What a worker is started with. */
export interface WorkerStart {
  /** Folder of the model. */
  readonly model: string;
  readonly device: DeviceChoice;
  readonly precision: PrecisionChoice;
}

/** Pictures in a batch, and their sides in pixels. */
export interface BatchSize {
  readonly batch: number;
  readonly width: number;
  readonly height: number;
}

/** A batch to colour. The buffer is transferred, not copied. */
export interface WorkerRequest extends BatchSize {
  readonly id: number;
  /** batch × height × width bytes */
  readonly luma: Uint8Array;
}

/** An error as it crosses the thread border. */
export interface WorkerFailure {
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

/** How a worker runs the generator. */
export interface WayOfRunning {
  /** A calibration holds for one form: a faster one needs another number of threads. */
  readonly form: string;
  /** What the generator computes in. */
  readonly precision: Precision;
}

/** What a worker says when its model is loaded. */
export interface WorkerReady {
  readonly kind: 'ready';
  readonly info: ModelInfo;
  readonly engine: Engine;
  readonly way: WayOfRunning;
}

export type WorkerReply =
  | WorkerReady
  | { readonly kind: 'warned'; readonly message: string }
  | { readonly kind: 'failed'; readonly id: number | undefined; readonly failure: WorkerFailure }
  | {
      readonly kind: 'coloured';
      readonly id: number;
      readonly u: Uint8Array;
      readonly v: Uint8Array;
      /** Live tensors in the worker after the batch: flat unless something leaks. */
      readonly tensors: number;
      /** How it was coloured: the first batch may have found that the model cannot be run as a graph. */
      readonly way: WayOfRunning;
    };
