import { SETTINGS, type SettingEntry } from '../../server/index.ts'
import type { Options } from './options.ts'

/** One command: what `lockstep NAME` does. */
export interface CommandEntry {
  readonly name: string
  /** Its arguments: `<name>` is needed, `[name]` is not, `<name...>` and `[name...]` may come often. */
  readonly args?: string
  readonly does: string
  /** What its help shows, after `lockstep `. */
  readonly example: string
  readonly options?: readonly OptionEntry[]
  /** For programs only: in no list of commands. */
  readonly hidden?: boolean
  readonly run: (args: readonly string[], options: Options) => Promise<void>
}

/** Flags, what they do, and what holds without them. */
export type OptionEntry = readonly [flags: string, does: string, initial?: string]

/** A server setting as an option. */
export const fromTable = (setting: SettingEntry, what: string): OptionEntry => [
  `${setting.flag} <${what}>`,
  `${setting.does}: ${setting.allowed} [${setting.env}${setting.default === '' ? '' : `, default ${setting.default}`}]`,
]
/** The database here. */
export const DATABASE: readonly OptionEntry[] = [
  fromTable(SETTINGS.database, 'where'),
  fromTable(SETTINGS.databasePasswordFile, 'file'),
]
/** Where clients reach the server. */
export const PUBLIC_URL = fromTable(SETTINGS.publicUrl, 'url')
/** The database here, and where its clients reach it. */
export const LOCAL: readonly OptionEntry[] = [...DATABASE, PUBLIC_URL]
/** A tenant of the database here. */
export const TENANT: OptionEntry = ['--tenant <name>', 'the tenant', 'default']
/** How long a token lives. */
export const EXPIRES: OptionEntry = ['--expires <when>', 'how long the token lives: 90d, 12h, 1y, a date, never', '1y']
/** What is deleted is meant to be. */
export const YES: OptionEntry = ['--yes', 'delete without asking']
