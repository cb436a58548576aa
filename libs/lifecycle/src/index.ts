export { errorFields, LOG_LEVELS, openLog, type Log, type LogLevel } from './log.js';
export { runService, type ReadyMessage, type RunOptions, type Service } from './run-service.js';
export { serviceSettings } from './service-settings.js';
export { mainService } from './main-service.js';
export type { FailedMessage, Failure } from './failure.js';
export type { SlowStart } from './slow-start.js';
export { StartFailed } from './start-failed.js';
export { checkSettings, type CheckOptions } from './check-settings.js';
export { supervise, type ChildOptions, type SupervisedChild } from './supervise.js';
