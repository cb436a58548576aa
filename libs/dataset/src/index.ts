export { extractFrames } from './extract-frames.js';
export type { CutDetector, ExtractOptions, ExtractProgress, ExtractSettings } from './extract-options.js';
export { INDEX_FILE, type DatasetIndex, type IndexedPicture, type Skipped } from './dataset-index.js';
export { DatasetError, type DatasetErrorCode } from './dataset-error.js';
