import type { ModelInfo } from '@kinemacolor/models';
import type { DeviceChoice, Engine } from '@kinemacolor/tensor';

/** What the worker is started with. */
export interface WorkerStart {
  /** Folder of the model. */
  readonly model: string;
  readonly device: DeviceChoice;
}

/** A batch to colour. The buffer is transferred, not copied. */
export interface WorkerRequest {
  readonly id: number;
  readonly batch: number;
  readonly width: number;
  readonly height: number;
  /** batch × height × width bytes */
  readonly luma: Uint8Array;
}

/** An error as it crosses the thread border. */
export interface WorkerFailure {
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

export type WorkerReply =
  | { readonly kind: 'ready'; readonly info: ModelInfo; readonly engine: Engine }
  | { readonly kind: 'failed'; readonly id: number | undefined; readonly failure: WorkerFailure }
  | {
      readonly kind: 'coloured';
      readonly id: number;
      readonly u: Uint8Array;
      readonly v: Uint8Array;
      /** Live tensors in the worker after the batch: flat unless something leaks. */
      readonly tensors: number;
    };
