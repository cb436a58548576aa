import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram } from '@kinemacolor/config';
import { MediaError } from './media-error.js';

export interface FfmpegTools {
  /** Absolute paths, or as the environment gave them. */
  readonly ffmpeg: string;
  readonly ffprobe: string;
  /** As ffmpeg names itself, such as `5.1.9-0+deb12u1`. */
  readonly version: string;
}

const run = promisify(execFile);
const known = new Map<string, Promise<FfmpegTools>>();

/**
 * The two programs: `KINEMACOLOR_FFMPEG` and `KINEMACOLOR_FFPROBE`, else on `$PATH`, else in the user's cache
 * (`$XDG_CACHE_HOME/kinemacolor/bin`, by default under `~/.cache`). Looked up once for each environment.
 * @throws MediaError `FFMPEG_MISSING`, `FFMPEG_FAILED` when it does not start.
 */
export function findFfmpeg(environment: NodeJS.ProcessEnv = process.env): Promise<FfmpegTools> {
  const { KINEMACOLOR_FFMPEG, KINEMACOLOR_FFPROBE, PATH, XDG_CACHE_HOME } = environment;
  const key = JSON.stringify([KINEMACOLOR_FFMPEG, KINEMACOLOR_FFPROBE, PATH, XDG_CACHE_HOME]);
  const before = known.get(key);
  if (before !== undefined) return before;
  const search = lookUp(environment);
  known.set(key, search);
  search.catch(() => {
    // A failure is not remembered: the user may install it while a service runs. The caller gets the rejection.
    known.delete(key);
  });
  return search;
}

async function lookUp(environment: NodeJS.ProcessEnv): Promise<FfmpegTools> {
  const ffmpeg = await locate('ffmpeg', environment);
  const ffprobe = await locate('ffprobe', environment);
  try {
    const { stdout } = await run(ffmpeg, ['-version'], { timeout: 20_000 });
    return Object.freeze({ ffmpeg, ffprobe, version: /^ffmpeg version (\S+)/.exec(stdout)?.[1] ?? 'unknown' });
  } catch (thrown) {
    throw new MediaError(
      'FFMPEG_FAILED',
      `${ffmpeg}: does not start. Install ffmpeg again.`,
      { path: ffmpeg },
      { cause: thrown },
    );
  }
}

async function locate(name: 'ffmpeg' | 'ffprobe', environment: NodeJS.ProcessEnv): Promise<string> {
  const variable = `KINEMACOLOR_${name.toUpperCase()}`;
  const found = await findProgram(name, variable, environment);
  if (found !== undefined) return found;
  const named = environment[variable];
  if (named !== undefined && named !== '') {
    throw new MediaError('FFMPEG_MISSING', `${named}: is not a program (named by ${variable}). Correct or unset it.`, {
      path: named,
    });
  }
  throw new MediaError(
    'FFMPEG_MISSING',
    `${name}: not found. Run \`npm run setup\`, install the package "ffmpeg", or name the program in ${variable}.`,
  );
}
