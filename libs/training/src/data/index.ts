export { listPictures } from './list-pictures.js';
export { openData } from './open-data.js';
export type { Batch, DataOptions, DrawnSet, PictureSet, SkippedPicture, StageView, TrainingData } from './types.js';
