export { ConfigError, type ConfigErrorCode } from './config-error.js';
export type { FlagHelp } from './documentation.js';
export type { SettingsInput } from './parse.js';
export { readBoolean, readListen, readNumber, readWorkers } from './readers.js';
export { setting, type Setting, type SettingSource } from './setting.js';
export { defineSettings, type ParsedSettings, type Settings, type SettingsOutput } from './settings.js';
export { cacheFolder } from './cache-folder.js';
export { findProgram } from './find-program.js';
export { makeFolders } from './make-folders.js';
