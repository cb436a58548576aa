export { errorFields, LOG_LEVELS, openLog, type Log, type LogLevel } from './log.js';
export { runService, type ReadyMessage, type RunOptions, type Service } from './run-service.js';
export { serviceSettings } from './service-settings.js';
export { mainService } from './main-service.js';
export { StartFailed, supervise, type ChildOptions, type SupervisedChild } from './supervise.js';
