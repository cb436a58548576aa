import { ClientError, type StatusName } from '@kinemacolor/client/client-error';
import { ConfigError } from '@kinemacolor/config';
import { DatasetError } from '@kinemacolor/dataset';
import { ModelStoreError, type ModelStoreErrorCode } from '@kinemacolor/jobs';
import { MediaError, type MediaErrorCode } from '@kinemacolor/media';
import { ModelError, type ModelErrorCode } from '@kinemacolor/models/model-error';
import { PipelineError } from '@kinemacolor/pipeline';
import { StartFailed, type Failure } from '@kinemacolor/serve';
import { StreamingError, type StreamingErrorCode } from '@kinemacolor/streaming';
import { TensorError, type TensorErrorCode } from '@kinemacolor/tensor/tensor-error';
import { TrainingError, type TrainingErrorCode } from '@kinemacolor/training/training-error';
import { UsageError } from './usage-error.js';

/** What the process ends with; the table of the README, as data. */
export const EXIT = Object.freeze({
  OK: 0,
  /** A bug, or something nobody foresaw. */
  FAILED: 1,
  /** Wrong arguments, or an earlier run that cannot be resumed with these. */
  USAGE: 2,
  /** No such file, no right to read it, or nothing in a folder to colour or in a film to keep. */
  INPUT_MISSING: 3,
  /** Not a film or picture, or of a kind that is not read. */
  INPUT_UNSUPPORTED: 4,
  /** Cut short or damaged; `--salvage` may help. */
  INPUT_DAMAGED: 5,
  /** The output cannot be written. */
  OUTPUT_UNWRITABLE: 6,
  DISK_FULL: 7,
  /** The model is missing, damaged or unfit. */
  MODEL: 8,
  /** ffmpeg, the engine or the GPU is not set up. */
  ENVIRONMENT: 9,
  /** The service cannot be reached, or was not done in time. */
  SERVICE_AWAY: 10,
  /** The service refuses: the token, or one of its limits. */
  SERVICE_REFUSES: 11,
  /** The terminal was closed. */
  HUNG_UP: 129,
  /** Ctrl-C. */
  INTERRUPTED: 130,
  /** SIGTERM. */
  TERMINATED: 143,
});

const MEDIA: Readonly<Partial<Record<MediaErrorCode, number>>> = {
  NOT_FOUND: EXIT.INPUT_MISSING,
  UNREADABLE: EXIT.INPUT_MISSING,
  IS_DIRECTORY: EXIT.INPUT_MISSING,
  EMPTY_FILE: EXIT.INPUT_UNSUPPORTED,
  NOT_MEDIA: EXIT.INPUT_UNSUPPORTED,
  FORBIDDEN_FORMAT: EXIT.INPUT_UNSUPPORTED,
  NO_VIDEO: EXIT.INPUT_UNSUPPORTED,
  UNSUPPORTED: EXIT.INPUT_UNSUPPORTED,
  TOO_LARGE: EXIT.INPUT_UNSUPPORTED,
  TRUNCATED: EXIT.INPUT_DAMAGED,
  DAMAGED: EXIT.INPUT_DAMAGED,
  FRAME_MISMATCH: EXIT.INPUT_DAMAGED,
  INVALID_ARGUMENT: EXIT.USAGE,
  OUTPUT_UNWRITABLE: EXIT.OUTPUT_UNWRITABLE,
  DISK_FULL: EXIT.DISK_FULL,
  FFMPEG_MISSING: EXIT.ENVIRONMENT,
};

const TRAINING: Readonly<Record<TrainingErrorCode, number>> = {
  BAD_CONFIG: EXIT.USAGE,
  BAD_DATA: EXIT.INPUT_MISSING,
  BAD_RUN: EXIT.USAGE,
  NO_CHECKPOINT: EXIT.INPUT_DAMAGED,
  DIVERGED: EXIT.FAILED,
  WRITE_FAILED: EXIT.OUTPUT_UNWRITABLE,
};

const STATUS: Readonly<Partial<Record<StatusName, number>>> = {
  NOT_FOUND: EXIT.INPUT_MISSING,
  DATA_LOSS: EXIT.INPUT_DAMAGED,
  // Two that write the same film at once, as with `colorize`.
  ABORTED: EXIT.USAGE,
  UNAVAILABLE: EXIT.SERVICE_AWAY,
  DEADLINE_EXCEEDED: EXIT.SERVICE_AWAY,
  UNAUTHENTICATED: EXIT.SERVICE_REFUSES,
  PERMISSION_DENIED: EXIT.SERVICE_REFUSES,
  RESOURCE_EXHAUSTED: EXIT.SERVICE_REFUSES,
};

/** What the model store says of a name or a version that was given, not of a model. */
const NAMES: ReadonlySet<ModelStoreErrorCode> = new Set(['BAD_NAME', 'TAKEN']);

/** The exit code of an error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return error.exitCode;
  if (error instanceof ConfigError) return EXIT.USAGE;
  if (error instanceof ClientError) return statusExitCode(error);
  if (error instanceof MediaError) return MEDIA[error.code] ?? EXIT.FAILED;
  if (error instanceof ModelError) return modelExitCode(error);
  if (error instanceof ModelStoreError) return NAMES.has(error.code) ? EXIT.USAGE : EXIT.MODEL;
  if (error instanceof DatasetError) return error.code === 'NO_PICTURES' ? EXIT.INPUT_MISSING : EXIT.USAGE;
  if (error instanceof TrainingError) return isDiskFull(error.cause) ? EXIT.DISK_FULL : TRAINING[error.code];
  if (error instanceof TensorError) return error.code === 'BAD_DEVICE' ? EXIT.USAGE : EXIT.ENVIRONMENT;
  if (error instanceof StreamingError) {
    if (error.code === 'SERVER_MISSING') return EXIT.ENVIRONMENT;
    if (error.code === 'BUSY') return EXIT.USAGE;
    return error.code === 'NOT_CONNECTED' ? EXIT.SERVICE_AWAY : EXIT.FAILED;
  }
  if (error instanceof StartFailed)
    return error.failure === undefined ? EXIT.FAILED : exitCodeOf(asError(error.failure));
  if (error instanceof PipelineError) {
    if (error.code === 'ABORTED') return EXIT.INTERRUPTED;
    if (error.code === 'SAME_FILE' || error.code === 'JOURNAL_MISMATCH' || error.code === 'BUSY') return EXIT.USAGE;
  }
  return EXIT.FAILED;
}

/** What a service failed of, as it would be thrown here: by the name of its class and its code. */
function asError({ error, code, message }: Failure): Error {
  switch (error) {
    case 'ModelError':
      return new ModelError(code as ModelErrorCode, message);
    case 'StreamingError':
      return new StreamingError(code as StreamingErrorCode, message);
    case 'TensorError':
      return new TensorError(code as TensorErrorCode, message);
    case 'MediaError':
      return new MediaError(code as MediaErrorCode, message);
    default:
      return new Error(message);
  }
}

/** A job is refused for its film, anything else for its arguments. */
function statusExitCode({ code, jobId }: ClientError): number {
  if (code === 'INVALID_ARGUMENT') return jobId === undefined ? EXIT.USAGE : EXIT.INPUT_UNSUPPORTED;
  return STATUS[code] ?? EXIT.FAILED;
}

function modelExitCode({ code, cause }: ModelError): number {
  if (code === 'BAD_INPUT') return EXIT.FAILED;
  if (code === 'OCCUPIED') return EXIT.USAGE;
  if (code !== 'WRITE_FAILED') return EXIT.MODEL;
  return isDiskFull(cause) ? EXIT.DISK_FULL : EXIT.OUTPUT_UNWRITABLE;
}

export const isDiskFull = (cause: unknown): boolean => (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOSPC';
