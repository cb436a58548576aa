import { type PickleValue } from './pickle-value.js';
import { type ElementReader, type Storage } from './storage.js';

/** The pickled value of a checkpoint, and a way to its numbers. Both file forms open to this. */
export interface RawCheckpoint {
  readonly value: PickleValue;
  /**
   * A way to the elements of a storage, which the file is then sure to hold.
   * @throws ModelError `CORRUPT` when the file does not hold them
   */
  elements(storage: Storage): ElementReader;
}
