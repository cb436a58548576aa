export { followCredit, tellCredit, type CreditTeller, type CreditWindow } from './credit.js';
export { raiseEpoch } from './epoch.js';
export { endJob, hasEnded, openJobStore, type Ending, type JobStore, type StoredJob } from './job-store.js';
export { showPreview, watchPreviews } from './previews.js';
export { openSegmentLog, type KeptSegment, type SegmentLog, type SegmentTarget } from './segment-log.js';
export { QUEUES, startTasks, TASKS, type TaskKind } from './tasks.js';
export { answerWhereabouts, askWhereabouts } from './whereabouts.js';
