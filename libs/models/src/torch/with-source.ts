import { ModelError } from '../model-error.js';

/** Does `action`, and puts the file's name in front of what a ModelError says. */
export function withSource<T>(source: string | undefined, action: () => T): T {
  if (source === undefined) return action();
  try {
    return action();
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new ModelError(error.code, `${source}: ${error.message}`, { cause: error });
  }
}
