import { SetupError } from '../failure.mjs';
import { run } from '../run.mjs';
import { ffmpeg, locateTool } from '../steps/ffmpeg.mjs';

/** Encoders that the product offers, by the codec they make. */
const ENCODERS = {
  libx264: 'H.264',
  libx265: 'HEVC',
  libsvtav1: 'AV1',
  'libaom-av1': 'AV1',
  ffv1: 'FFV1',
  prores_ks: 'ProRes',
};

/**
 * @param {'ffmpeg' | 'ffprobe'} tool
 * @param {{ cache: string, env: NodeJS.ProcessEnv }} at
 * @returns {Promise<import('../inspect.mjs').Item>}
 */
export async function inspectFfmpeg(tool, { cache, env }) {
  const missing = (detail, cure = ffmpeg.cure) => ({ name: tool, status: 'missing', detail, cure });
  try {
    const path = await locateTool(tool, cache, env);
    if (path === undefined) return missing('neither on PATH nor in the cache');
    const banner = await run(path, ['-hide_banner', '-version'], { env });
    const version = readToolVersion(banner);
    if (version === undefined) return missing(`${path} does not say its version`);
    if (tool === 'ffprobe')
      return { name: tool, status: 'ok', detail: `${version} (${path})`, facts: { path, version } };
    const encoders = presentEncoders(await run(path, ['-hide_banner', '-encoders'], { env }));
    if (!encoders.includes('libx264')) return missing(`${path} has no libx264`, 'Use an ffmpeg built with libx264.');
    const detail = `${version} (${path}), encoders: ${encoders.join(', ')}`;
    return { name: tool, status: 'ok', detail, facts: { path, version, encoders } };
  } catch (error) {
    if (error instanceof SetupError) return missing(error.message, error.cure);
    throw error;
  }
}

/** @param {string} banner first line of `-version` @returns {string | undefined} such as `5.1.6` or `N-66595-gc2b38619c0` */
export function readToolVersion(banner) {
  return /^ff(?:mpeg|probe) version (\S+)/m.exec(banner)?.[1];
}

/** @param {string} listing of `ffmpeg -encoders` @returns {string[]} those of them that the product offers */
export function presentEncoders(listing) {
  const there = new Set();
  for (const [, name] of listing.matchAll(/^ V\S* (\S+)/gm)) there.add(name);
  return Object.keys(ENCODERS).filter((name) => there.has(name));
}
