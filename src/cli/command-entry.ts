import { SETTINGS, type SettingEntry } from '../server/index.ts'
import type { Options } from './usage.ts'

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
/** A tenant of the database here. */
export const TENANT: OptionEntry = ['--tenant <name>', 'the tenant', 'default']
/** What is deleted is meant to be. */
export const YES: OptionEntry = ['--yes', 'delete without asking']
