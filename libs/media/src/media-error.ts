/** What went wrong, for programs; the message says it to people. */
export type MediaErrorCode =
  | 'NOT_FOUND'
  | 'UNREADABLE'
  | 'IS_DIRECTORY'
  | 'EMPTY_FILE'
  | 'NOT_MEDIA'
  | 'FORBIDDEN_FORMAT'
  | 'NO_VIDEO'
  | 'TRUNCATED'
  | 'DAMAGED'
  | 'UNSUPPORTED'
  | 'TOO_LARGE'
  | 'INVALID_ARGUMENT'
  | 'OUT_OF_ORDER'
  | 'FRAME_MISMATCH'
  | 'OUTPUT_UNWRITABLE'
  | 'DISK_FULL'
  | 'FFMPEG_MISSING'
  | 'FFMPEG_FAILED'
  | 'ABORTED'
  | 'UNKNOWN';

export interface MediaErrorDetails {
  /** The file concerned. */
  readonly path?: string;
  readonly framesReadable?: number;
  readonly framesExpected?: number | undefined;
  readonly secondsReadable?: number;
  readonly secondsExpected?: number | undefined;
  /** Last lines of ffmpeg's own messages. */
  readonly stderr?: string;
}

/** The one error class of this package. The message names the file, what was wrong and what to do. */
export class MediaError extends Error {
  override readonly name = 'MediaError';

  constructor(
    readonly code: MediaErrorCode,
    message: string,
    readonly details: MediaErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Any thrown value as a `MediaError`; one that already is stays as it is. `path` names the file when the value does not. */
  static from(thrown: unknown, path?: string): MediaError {
    if (thrown instanceof MediaError) return thrown;
    const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
    const system = systemCode(cause);
    const file = path ?? systemPath(cause);
    const details = file === undefined ? {} : { path: file };
    const named = file ?? 'the file';
    switch (system) {
      case 'ENOENT':
        return new MediaError('NOT_FOUND', `${named}: no such file. Check the path.`, details, { cause });
      case 'EACCES':
      case 'EPERM':
        return new MediaError('UNREADABLE', `${named}: permission denied. Check its access rights.`, details, {
          cause,
        });
      case 'EISDIR':
        return new MediaError('IS_DIRECTORY', `${named}: is a folder, not a file. Name a file in it.`, details, {
          cause,
        });
      case 'ENOSPC':
      case 'EDQUOT':
        return new MediaError('DISK_FULL', `${named}: no space left on the disk. Make room and try again.`, details, {
          cause,
        });
      case 'EROFS':
        return new MediaError('OUTPUT_UNWRITABLE', `${named}: the disk is read-only. Choose another place.`, details, {
          cause,
        });
      default:
    }
    if (cause.name === 'AbortError') return new MediaError('ABORTED', 'Stopped on request.', details, { cause });
    return new MediaError('UNKNOWN', `${file === undefined ? '' : `${file}: `}${cause.message}`, details, { cause });
  }

  /** Like `from`, for what was thrown while `path` was written: rights and missing folders are the output's fault. */
  static fromOutput(thrown: unknown, path: string): MediaError {
    if (thrown instanceof MediaError) return thrown;
    const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
    const why = outputFaults[systemCode(cause) ?? ''];
    if (why === undefined) return MediaError.from(cause, path);
    return new MediaError('OUTPUT_UNWRITABLE', `${path}: cannot be written: ${why}.`, { path }, { cause });
  }
}

const noRight = 'permission denied. Choose another place, or get the right to write there';
const closed = 'the program that reads the output closed it';

const outputFaults: Readonly<Record<string, string>> = {
  EACCES: noRight,
  EPERM: noRight,
  EROFS: 'the disk is read-only. Choose another place',
  ENOENT: 'there is no such folder. Make it, or choose another place',
  ENOTDIR: 'a part of the path is no folder. Choose another place',
  // What making a folder says when a file has its name.
  EEXIST: 'a part of the path is no folder. Choose another place',
  EISDIR: 'it is a folder. Give a file name',
  EIO: 'the disk reports an error. Choose another place',
  EPIPE: closed,
  ECONNRESET: closed,
  ERR_STREAM_PREMATURE_CLOSE: closed,
  ERR_STREAM_DESTROYED: closed,
  ERR_STREAM_UNABLE_TO_PIPE: closed,
};

function systemCode(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function systemPath(error: Error): string | undefined {
  return 'path' in error && typeof error.path === 'string' ? error.path : undefined;
}
