export { makeClip, makeVfrClip, type ClipOptions } from './clips.js';
export { framePts, planeMd5s, runFfmpeg, runFfprobe } from './ffmpeg.js';
export { scratchDir } from './scratch-dir.js';
export { sharedFile } from './shared-file.js';
export { readmeSettings, tableWords } from './readme-table.js';
