import { open } from 'node:fs/promises';
import { MediaError } from './media-error.js';

/** Opens the file once, so that a missing right is named before ffmpeg puts it in words of its own. @throws MediaError `UNREADABLE`, `NOT_FOUND`. */
export async function checkReadable(path: string): Promise<void> {
  try {
    await (await open(path, 'r')).close();
  } catch (thrown) {
    throw MediaError.from(thrown, path);
  }
}
