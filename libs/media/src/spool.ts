import type { Readable } from 'node:stream';

/** Filled in below. */
export interface Spool {
  reader(): Readable;
}
