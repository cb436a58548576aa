export { followCredit, tellCredit, type CreditTeller, type CreditWindow } from './credit.js';
export { durationMs } from './duration-ms.js';
export { filmName } from './film-name.js';
export { interruptedBy, LIVE_FIRST_BYTES } from './live.js';
export { raiseEpoch, takeOver } from './epoch.js';
export { permanentError } from './job-errors.js';
export {
  endJob,
  hasEnded,
  hasResult,
  openJobStore,
  wholeResult,
  type Ending,
  type JobStore,
  type StoredJob,
} from './job-store.js';
export { showPreview, watchPreviews } from './previews.js';
export {
  openSegmentLog,
  type KeptSegment,
  type ReadSegment,
  type SegmentLog,
  type SegmentTarget,
} from './segment-log.js';
export { COLORIZERS, QUEUES, startTasks, TASKS, type TaskKind } from './tasks.js';
export { answerWhereabouts, askWhereabouts } from './whereabouts.js';
export { followJob, type FollowedJob } from './follow-job.js';
export { startTaskService, type TaskService } from './task-service.js';
export { Replaced, type TaskWorkerOptions } from './task-worker.js';
export { fetchModel } from './model-store/fetch-model.js';
export { acceptVersion, refuseVersion } from './model-store/judge-version.js';
export { candidateOf, listModels, openModelRecords, versionOf } from './model-store/model-records.js';
export { ModelStoreError, type ModelStoreErrorCode } from './model-store/model-store-error.js';
export { publishModel, type PublishOptions } from './model-store/publish-model.js';
