import { ConfigError } from '@kinemacolor/config';
import { hasApiCode } from './api-code.js';

/** What the server may have too little of: resources in all, those of an account, memory, disk. */
const NO_ROOM = [10_002, 10_023, 10_028, 10_047];

/** What streams ask for, in bytes. */
export interface Room {
  readonly file: number;
  readonly memory: number;
}

/** @returns what is wrong with the settings, where a server refuses a stream for want of room; else the error as it is */
export function explainNoRoom(error: unknown, { fileBytes, memoryBytes }: Limits, asked: Room): unknown {
  if (!(error instanceof Error) || !NO_ROOM.some((code) => hasApiCode(error, code))) return error;
  const problem =
    `KINEMACOLOR_FILE_BYTES=${fileBytes}, KINEMACOLOR_MEMORY_BYTES=${memoryBytes}: with these NATS must have ` +
    `${inGib(asked.file)} of disk and ${inGib(asked.memory)} of memory for us, and says "${error.message}". ` +
    'Set them lower, or give its JetStream more (max_file_store and max_memory_store, or the limits of our account).';
  return new ConfigError('BAD_SETTINGS', [problem], { cause: error });
}

interface Limits {
  readonly fileBytes: number;
  readonly memoryBytes: number;
}

const inGib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
