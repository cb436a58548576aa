import type { EncodePlan } from './encode-plan.js';
import { tagFilter } from './encoder-options.js';
import type { VideoStream } from './types.js';

/**
 * The filter graph: luma of input 0 untouched, chroma of input 1 scaled up, merged by equal timestamps. Prints the
 * time of every luma frame to `timesDescriptor`, for the audit. Ends in `[film]`.
 */
export function chromaGraph(video: VideoStream, plan: EncodePlan, startFrame: number, timesDescriptor: number): string {
  const skip = startFrame === 0 ? [] : [`select='gte(n,${startFrame})'`];
  const times = ['metadata=mode=add:key=k:value=1', `metadata=mode=print:file='pipe\\:${timesDescriptor}':direct=1`];
  // Frames of the film's size pass untouched; others come where two recordings were joined.
  const oneSize = `scale=${video.width}:${video.height}`;
  const luma = [oneSize, ...skip, ...times, ...plan.lumaFilters, 'setsar=1'].join(',');
  const { num, den } = video.sampleAspectRatio;
  return [
    `[0:${video.index}]${luma}[y]`,
    ...chromaChains(plan),
    `[y][u][v]mergeplanes=0x001020:${plan.pixelFormat},setsar=${num}/${den},${tagFilter(plan.tags, video)}[film]`,
  ].join(';');
}

function chromaChains(plan: EncodePlan): string[] {
  const scale = `scale=${plan.chromaWidth}:${plan.chromaHeight}:flags=bicubic`;
  if (plan.bitDepth === 8) {
    // Planes first: the filler luma is then never scaled.
    return [
      '[1:v]extractplanes=u+v[us][vs]',
      `[us]${scale},format=gray,setsar=1[u]`,
      `[vs]${scale},format=gray,setsar=1[v]`,
    ];
  }
  // As YUV, because from grey to deeper grey swscale stretches the values instead of shifting them.
  return [
    `[1:v]${scale},format=yuv444p${plan.bitDepth}le,extractplanes=u+v[us][vs]`,
    '[us]setsar=1[u]',
    '[vs]setsar=1[v]',
  ];
}
