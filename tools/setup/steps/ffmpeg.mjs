import { join } from 'node:path';

import { isWhole } from '../atomic.mjs';
import { SetupError } from '../failure.mjs';
import { aptInstall, canApt } from '../system.mjs';
import { namedTool } from './named-tool.mjs';
import { provideStaticFfmpeg, provideStaticTools, staticFfmpegFolder } from './static-ffmpeg.mjs';

const CURE =
  'Install with: sudo apt-get install -y ffmpeg   (or name the files in KINEMACOLOR_FFMPEG and KINEMACOLOR_FFPROBE)';

/**
 * The ffmpeg or ffprobe that the product will use: the one named in the environment, else on PATH, else in the cache.
 *
 * @param {'ffmpeg' | 'ffprobe'} tool
 * @param {string} cache
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string | undefined>}
 * @throws {SetupError} when the environment names a file that is not there
 */
export function locateTool(tool, cache, env = process.env) {
  const variable = `KINEMACOLOR_${tool.toUpperCase()}`;
  return namedTool({ variable, command: tool, kept: join(cache, 'bin', tool) }, env);
}

export const ffmpeg = {
  name: 'ffmpeg',
  cure: CURE,

  async check({ cache }) {
    const found = [await locateTool('ffmpeg', cache), await locateTool('ffprobe', cache)];
    if (found.includes(undefined)) return { ok: false, detail: 'ffmpeg or ffprobe is missing' };
    return { ok: true, detail: found.join(', ') };
  },

  async provide(context) {
    if (await canApt()) {
      try {
        context.say('installing ffmpeg by apt');
        await aptInstall(['ffmpeg']);
        // A PATH that leaves out where apt puts programs would not find them.
        if ((await ffmpeg.check(context)).ok) return;
        context.say('apt installed ffmpeg where PATH does not look');
      } catch (error) {
        const { message } = SetupError.from(error);
        context.say(`apt could not provide it: ${message}`);
      }
    }
    await provideStaticTools(context);
  },
};

export const secondFfmpeg = {
  name: 'second ffmpeg (for tests)',
  cure: 'Check the network and pip; the tests that want a second ffmpeg version skip without it.',

  async check({ cache }) {
    const folder = staticFfmpegFolder(cache);
    return { ok: await isWhole(folder), detail: join(folder, 'ffmpeg') };
  },

  async provide(context) {
    await provideStaticFfmpeg(context);
  },
};
