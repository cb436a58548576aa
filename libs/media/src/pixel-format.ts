import type { PixelFormat, Subsampling } from './types.js';

/** What an ffmpeg pixel format name means, without asking ffmpeg: the names follow rules. */
export function parsePixelFormat(name: string): PixelFormat {
  const isGray = /^(gray|ya)\d*|^mono/.test(name) || name === 'y400a';
  const isRgb = /^(rgb|bgr|gbr|argb|abgr|0rgb|0bgr|pal8|bayer|x2rgb|x2bgr|xyz)/.test(name);
  return Object.freeze({
    name,
    bitDepth: bitDepth(name, isGray, isRgb),
    subsampling: isGray || isRgb ? 'none' : subsampling(name),
    isGray,
    isRgb,
  });
}

function bitDepth(name: string, isGray: boolean, isRgb: boolean): number {
  const packedRgb = /^(?:rgba?|bgra?|argb|abgr)(48|64)/.exec(name);
  if (packedRgb !== null) return 16;
  if (/^x2(rgb|bgr)10/.test(name)) return 10;
  if (/^[xy](v30|v36|v48)/.test(name)) return { v30: 10, v36: 12, v48: 16 }[name.slice(1, 4)] ?? 8;
  if (/^[py][0-4]1[0-6]/.test(name)) return Number(name.slice(2, 4));
  if (isGray) return Number(/^(?:gray|ya)(9|10|12|14|16|32)(?:le|be|f)/.exec(name)?.[1] ?? 8);
  if (isRgb) return Number(/^gbr[a]?p(9|10|12|14|16|32)/.exec(name)?.[1] ?? 8);
  return Number(/p(9|10|12|14|16)(?:le|be)?$/.exec(name)?.[1] ?? 8);
}

function subsampling(name: string): Subsampling {
  const planar = /^yuv[aj]?(\d{3})/.exec(name)?.[1];
  if (planar !== undefined) return planar as Subsampling;
  if (/^(nv12|nv21|p0\d\d)/.test(name)) return '420';
  if (/^(nv16|nv20|p2\d\d|y2\d\d|yuyv422|uyvy422|yvyu422)/.test(name)) return '422';
  if (/^(nv24|nv42|p4\d\d|ayuv|vuy|xv\d\d)/.test(name)) return '444';
  return name === 'uyyvyy411' ? '411' : '420';
}
