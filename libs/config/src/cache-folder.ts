import { homedir } from 'node:os';
import path from 'node:path';

/**
 * The per-user cache of the project: `$XDG_CACHE_HOME/kinemacolor`, else `~/.cache/kinemacolor`. It may be deleted at
 * any time, and may not exist or not be writable.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env['XDG_CACHE_HOME'];
  return path.join(base !== undefined && base !== '' ? base : path.join(homedir(), '.cache'), 'kinemacolor');
}
