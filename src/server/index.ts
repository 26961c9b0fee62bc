// The front door of the server.

export {
  type Flags,
  LOG_LEVELS,
  type LogLevel,
  localUrl,
  makeFolder,
  type PostgresSettings,
  plainMessage,
  type RateLimit,
  readSettings,
  reasonOf,
  SETTINGS,
  type SettingEntry,
  type SettingName,
  type Settings,
  subjectOf,
  systemReason,
  wrongDatabase,
} from '../site/index.ts'
export type { Workers } from './cluster/cluster.ts'
export { type Called, commandName } from './command-name.ts'
export { type Server, startServer, startWorkers } from './start.ts'
