import { extname } from 'node:path';

const pictures = new Set(['.png', '.jpg', '.jpeg', '.webp', '.tif', '.tiff', '.avif']);
const videos = new Set(
  '.mp4 .m4v .mov .mkv .webm .avi .ts .m2ts .mts .mpg .mpeg .vob .flv .wmv .asf .ogv .ogg .nut .mxf .3gp .3g2 .gif .y4m .ivf .dv .divx'.split(
    ' ',
  ),
);

/** By the extension: a still picture that `readPicture` and `writePicture` take. */
export function isPicturePath(path: string): boolean {
  return pictures.has(extname(path).toLowerCase());
}

/** By the extension: a film. */
export function isVideoPath(path: string): boolean {
  return videos.has(extname(path).toLowerCase());
}
