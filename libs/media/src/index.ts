export { MediaError, type MediaErrorCode, type MediaErrorDetails } from './media-error.js';
export type {
  Chapter,
  ChromaFrame,
  ChromaOptions,
  ChromaSink,
  ChromaSinkOptions,
  ColourRange,
  ColourTags,
  EncodeOptions,
  IntegrityReport,
  LumaFrame,
  LumaOptions,
  LumaReader,
  LumaStats,
  MediaInfo,
  MediaSource,
  OtherStream,
  OtherStreamKind,
  PartInfo,
  PixelFormat,
  Rational,
  SinkResult,
  SinkTarget,
  StreamPlan,
  Subsampling,
  TargetContainer,
  VideoCodec,
  VideoStream,
} from './types.js';
export { findFfmpeg, type FfmpegTools } from './find-ffmpeg.js';
export { openFilmStream, type FilmStream, type FilmStreamOptions } from './open-film-stream.js';
export { openLuma } from './open-luma.js';
export { openColour, type ColourFrame, type ColourOptions } from './open-colour.js';
export { surveyFilm, type PictureBox, type SurveyFrame, type SurveyOptions } from './survey-film.js';
export { probe, type MediaLimits, type ProbeOptions } from './probe.js';
export { makeScratchFolder } from './scratch-folder.js';
export { Spool, type SpoolOptions } from './spool.js';
export { openChromaSink } from './chroma-sink.js';
export { openSegmentSink, type SegmentSink, type SegmentSinkOptions } from './segment-sink.js';
export type { Segment } from './segment-cutter.js';
export { planEncode, type EncodePlan } from './encode-plan.js';
export type { ColourMatrix } from './chroma-table.js';
export { listEncoders } from './encoders.js';
export { planStreams } from './stream-plan.js';
export { checkCodec } from './check-codec.js';
export { checkIntegrity, requireWhole, requireWholeStream } from './check-integrity.js';
export { renderComparison, type ComparisonOptions } from './comparison.js';
export { joinFilm, type JoinOptions, type JoinResult } from './join-film.js';
export { openFilmMux, type FilmMux, type FilmMuxOptions } from './film-mux.js';
export type { MuxContainer } from './mux-command.js';
export { renderPreview, type PreviewFrame } from './preview.js';
export { inspectPart, trimPart } from './part.js';
export type { SmallChroma } from './picture-chroma.js';
export { isPicturePath, isVideoPath } from './picture-path.js';
export {
  lumaAt,
  readPicture,
  writePicture,
  writePictureComparison,
  type Picture,
  type WritePictureOptions,
} from './pictures.js';
