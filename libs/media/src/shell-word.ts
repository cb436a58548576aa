import { safeUrl } from './safe-input.js';

/** A file's name for an ffmpeg command that a user pastes into a shell. */
export function shellWord(name: string): string {
  // Before a colon ffmpeg sees a protocol.
  const url = /^[^/]*:/.test(name) ? safeUrl(name) : name;
  return /^[\w@%+=:,./-]+$/.test(url) ? url : `'${url.replaceAll("'", String.raw`'\''`)}'`;
}
