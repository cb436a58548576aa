import { ModelError, type ModelErrorCode } from '@kinemacolor/models/model-error';
import { TensorError, type TensorErrorCode } from '@kinemacolor/tensor/tensor-error';
import { PipelineError } from './pipeline-error.js';
import type { WorkerFailure } from './worker-messages.js';

/** The error that the worker met, as the class it had there. */
export function workerError({ name, code, message }: WorkerFailure): Error {
  if (name === 'ModelError') return new ModelError(code as ModelErrorCode, message);
  if (name === 'TensorError') return new TensorError(code as TensorErrorCode, message);
  return new PipelineError('FAILED', `Colouring failed: ${message}`);
}
