export { type Called, commandName } from './command-name.ts'
export { type Database, type OpenOptions, openDatabase } from './database.ts'
export { makeFolder } from './folder.ts'
export type { Health, State } from './health.ts'
export type { Log, LogOutput } from './log.ts'
export type { Meter, Metrics } from './metrics.ts'
export type { App, Parts, Server } from './parts.ts'
export { plainMessage, reasonOf, subjectOf, systemReason } from './reason.ts'
export {
  type Flags,
  LOG_LEVELS,
  type LogLevel,
  localUrl,
  type PostgresSettings,
  type RateLimit,
  readSettings,
  SETTINGS,
  type SettingEntry,
  type SettingName,
  type Settings,
  wrongDatabase,
} from './settings.ts'
export { startServer, startWorkers } from './start.ts'
export type { Workers } from './supervise.ts'
