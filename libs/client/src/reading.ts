import { ClientError } from './client-error.js';
import type { Colorization, ColorizationPart } from './colorization.js';
import { writeBeside } from './file-beside.js';
import type { Job } from './job.js';
import { partReader } from './part-reader.js';

/** A call that gives its parts when they are asked for. */
export interface PartSource {
  readonly parts: AsyncGenerator<ColorizationPart, void, undefined>;
  readonly finished: Promise<Job>;
  /** Ends the call, also while a part is awaited. */
  readonly stop: () => void;
}

/** The three ways to read a film, of which one is taken. */
export function reading({ parts, finished, stop }: PartSource): Colorization {
  let taken = false;
  const take = (): AsyncIterator<ColorizationPart, void, undefined> => {
    if (taken) throw new ClientError('FAILED_PRECONDITION', 'A film can be read once; it is being read already.');
    taken = true;
    let [begun, awaited] = [false, 0];
    return {
      next: async () => {
        begun = true;
        awaited += 1;
        try {
          return await parts.next();
        } finally {
          awaited -= 1;
        }
      },
      // The generator alone would only notice at its next part, which may never come; or never, where it has not begun.
      return: async () => {
        if (!begun || awaited > 0) stop();
        await parts.return();
        return { done: true, value: undefined };
      },
    };
  };
  return {
    finished,
    [Symbol.asyncIterator]: take,
    result: () => partReader(take()),
    toFile: async (path) => {
      const iterator = take();
      try {
        return await writeBeside(path, async (file) => {
          for await (const part of { [Symbol.asyncIterator]: () => iterator }) {
            if (part.kind === 'result') await file.writeFile(part.bytes);
          }
          return finished;
        });
      } finally {
        await iterator.return?.();
      }
    },
  };
}
