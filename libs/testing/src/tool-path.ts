import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** ffmpeg or ffprobe as the product finds them: by its variable, on `$PATH`, else in the per-user cache of the set-up. */
export function toolPath(name: 'ffmpeg' | 'ffprobe'): string {
  const named = process.env[`KINEMACOLOR_${name.toUpperCase()}`];
  if (named !== undefined && named !== '') return named;
  const onPath = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
  return onPath ? name : join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kinemacolor', 'bin', name);
}
