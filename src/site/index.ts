// The front door of site: settings, and the installation that they open.

export { secretOf } from './app-secret.ts'
export type { Database } from './database.ts'
export { wrongDatabase } from './database.ts'
export { makeFolder } from './folder.ts'
export type { HubHooks, RunningHub } from './hub-run.ts'
export type { ProviderHooks, Skipped } from './provider.ts'
export { readSettings } from './read-settings.ts'
export { plainMessage, reasonOf, subjectOf, systemReason } from './reason.ts'
export { besideOf, copyRecordBeside, openRecord, recordFile } from './record-place.ts'
export type { SealKeys } from './seal-keys.ts'
export {
  databaseFlag,
  type Flags,
  LOG_LEVELS,
  type LogLevel,
  localUrl,
  type PostgresSettings,
  type RateLimit,
  SETTINGS,
  type SettingEntry,
  type SettingName,
  type Settings,
} from './settings.ts'
export { openSite, openSiteInThread, type Site, type SiteOptions } from './site.ts'
