// The form of a command in the list of commands, and the options that many commands share.

import { SETTINGS, type SettingEntry } from '../../site/index.ts'
import type { Options } from './options.ts'

/** One command of the command line. */
export interface CommandEntry {
  readonly name: string
  /** Its arguments: `<name>` is required, `[name]` is optional, `<name...>` and `[name...]` may be repeated. */
  readonly args?: string
  /** In sentence case; a full stop only where there are several sentences. */
  readonly does: string
  /** Shown in its help, after `lockstep `. */
  readonly example: string
  readonly options?: readonly OptionEntry[]
  /** For programs only: not listed in the help. */
  readonly hidden?: boolean
  readonly run: (args: readonly string[], options: Options) => Promise<void>
}

/** An option: its flags, what it does, and its default. */
export type OptionEntry = readonly [flags: string, does: string, initial?: string]

/** A server setting as an option. */
export const fromTable = (setting: SettingEntry, what: string): OptionEntry => [
  `${setting.flag} <${what}>`,
  `${setting.does}: ${setting.allowed} [${setting.env}${setting.default === '' ? '' : `, default ${setting.default}`}]`,
]
/** The local database. */
export const DATABASE: readonly OptionEntry[] = [
  fromTable(SETTINGS.database, 'where'),
  fromTable(SETTINGS.databasePasswordFile, 'file'),
]
/** The address at which clients reach the server. */
export const PUBLIC_URL = fromTable(SETTINGS.publicUrl, 'url')
/** The file with the keys that seal secrets. */
export const SEAL_KEY_FILE = fromTable(SETTINGS.sealKeyFile, 'file')
/** The local database, and the address at which clients reach its server. */
export const LOCAL: readonly OptionEntry[] = [...DATABASE, PUBLIC_URL]
/** A tenant of the local database. */
export const TENANT: OptionEntry = ['--tenant <name>', 'the tenant', 'default']
/** How long a token is valid. */
export const EXPIRES: OptionEntry = [
  '--expires <when>',
  'how long the token is valid: 90d, 12h, 1y, a date, or never',
  '1y',
]
/** Where requests to apps may go. */
export const OUTBOUND: readonly OptionEntry[] = [
  fromTable(SETTINGS.outboundAllow, 'networks'),
  fromTable(SETTINGS.outboundProxy, 'url'),
]
/** Skips the confirmation. */
export const YES: OptionEntry = ['--yes', 'delete without asking']
