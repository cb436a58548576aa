export {
  CancelJobRequest,
  CancelJobResponse,
  ColorizationServiceDefinition,
  ColorizeOptions,
  ColorizeRequest,
  ColorizeResponse,
  CreateJobRequest,
  CreateJobResponse,
  DownloadResultRequest,
  DownloadResultResponse,
  GetJobRequest,
  GetJobResponse,
  ListJobsRequest,
  ListJobsResponse,
  LiveOptions,
  Preview,
  UploadEnd,
  UploadSourceRequest,
  UploadSourceResponse,
  UploadTarget,
  WatchJobRequest,
  WatchJobResponse,
} from './generated/kinemacolor/v1/colorization.js';
export {
  ListModelsRequest,
  ListModelsResponse,
  Model,
  ModelsServiceDefinition,
} from './generated/kinemacolor/v1/models.js';
export {
  Job,
  JobError,
  JobState,
  Latency,
  Progress,
  StageLatency,
  type DeepPartial,
  type MessageFns,
} from './generated/kinemacolor/v1/job.js';
export { ColorizeSettings, Container, PoisonPolicy, Subsampling } from './generated/kinemacolor/v1/settings.js';
export {
  ChromaFrame,
  Chunk,
  Credit,
  DeadFrame,
  FrameId,
  FrameTimes,
  LumaFrame,
  PassThrough,
  Rational,
  SegmentEnd,
  SegmentPiece,
  Whereabouts,
} from './generated/kinemacolor/v1/frames.js';
export { Duration } from './generated/google/protobuf/duration.js';
export { PROTOSET } from './protoset.js';
export { JobRecord, ModelPin, ModelRecord, ModelVersion } from './generated/kinemacolor/v1/record.js';
