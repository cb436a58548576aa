import { join } from 'node:path';
import { runFfmpeg } from './ffmpeg.js';

export interface ClipOptions {
  readonly folder: string;
  /** File name with the extension that chooses the container. */
  readonly name: string;
  /** Default 64 × 48. */
  readonly width?: number;
  readonly height?: number;
  /** Default 20. */
  readonly frames?: number;
  /** Default 25. */
  readonly rate?: number;
  /** ffmpeg's pixel format. Default `yuv420p`. */
  readonly pixelFormat?: string;
  /** ffmpeg's encoder. Default `libx264`. */
  readonly encoder?: string;
  /** Adds a sine tone in this codec. */
  readonly audio?: string;
  /** The source, in lavfi words, for another picture than the moving test card. */
  readonly picture?: string;
  /** Filters after the picture. */
  readonly filters?: string;
  /** Further output options. */
  readonly options?: readonly string[];
}

/** A small clip of a moving test card, made by ffmpeg. Gives its path. */
export async function makeClip(clip: ClipOptions): Promise<string> {
  const {
    folder,
    name,
    width = 64,
    height = 48,
    frames = 20,
    rate = 25,
    pixelFormat = 'yuv420p',
    encoder = 'libx264',
  } = clip;
  const path = join(folder, name);
  const seconds = frames / rate;
  const sound =
    clip.audio === undefined ? [] : ['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`];
  const soundOptions = clip.audio === undefined ? [] : ['-c:a', clip.audio];
  await runFfmpeg(
    '-f',
    'lavfi',
    '-i',
    clip.picture ?? `testsrc2=size=${width}x${height}:rate=${rate}`,
    ...sound,
    '-vf',
    [...(clip.filters === undefined ? [] : [clip.filters]), `trim=end_frame=${frames}`, `format=${pixelFormat}`].join(
      ',',
    ),
    '-c:v',
    encoder,
    ...soundOptions,
    ...(clip.options ?? []),
    path,
  );
  return path;
}

/** A clip whose frames come at uneven times: 40 ms apart, every third one 13 ms late and every fifth missing. */
export async function makeVfrClip(clip: ClipOptions): Promise<string> {
  const uneven = "select='mod(n,5)-4',setpts='PTS+gt(mod(N,3),1)*0.013/TB'";
  return makeClip({
    ...clip,
    filters: [`settb=1/90000,setpts='N*3600'`, uneven, ...(clip.filters === undefined ? [] : [clip.filters])].join(','),
    options: ['-fps_mode', 'passthrough', '-enc_time_base', '1/90000', ...(clip.options ?? [])],
  });
}
