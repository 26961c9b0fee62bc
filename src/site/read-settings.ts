// Reads the settings from flags and the environment, and refuses wrong ones.

import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import type { Network } from '../outbound/index.ts'
import { ConfigError, withoutLastSlashes } from '../protocol/index.ts'
import { parseUrl } from '../url.ts'
import {
  type Flags,
  LEAST_CONNECTIONS,
  LOG_LEVELS,
  MOST_CONNECTIONS,
  MOST_SECONDS,
  MOST_WORKERS,
  type RateLimit,
  type RecordPlace,
  SEAL_KEY_ENV,
  SETTINGS,
  type SettingEntry,
  type SettingName,
  type Settings,
} from './settings.ts'

/** Reads the settings: flags over environment over defaults. Throws {@link ConfigError} for the first wrong one. */
export function readSettings(flags: Flags, env: { readonly [name: string]: string | undefined }): Settings {
  const read = <T>(name: SettingName, parse: (text: string) => T | undefined): T => {
    const setting: SettingEntry = SETTINGS[name]
    const flag = flags[name]
    // An empty variable counts as not set: compose files and shells leave them like that.
    const text = flag ?? (env[setting.env] || setting.default)
    const value = parse(text.trim())
    if (value !== undefined) return value
    const from = flag === undefined ? setting.env : setting.flag
    throw new ConfigError(
      from,
      `"${withoutSecrets(text)}" was given for the ${setting.name}; allowed is ${setting.allowed}`,
    )
  }
  const publicUrl = read('publicUrl', parsePublicUrl)
  const rateLimit = read('rateLimit', parseRateLimit)
  const { database, url } = read('database', parseDatabase)
  const passwordFile = read('databasePasswordFile', (text) => text)
  const connections = read('databaseConnections', parseConnections)
  const trustedProxies = read('trustedProxies', parseNetworks)
  const metrics = read('metrics', (text) => METRICS.find((one) => one === text))
  const metricsTenants = read('metricsTenants', (text) => ['on', 'off'].find((one) => one === text))
  const traces = read('traces', (text) => ['on', 'off'].find((one) => one === text))
  const firstToken = read('firstToken', (text) => FIRST_TOKEN.find((one) => one === text))
  const metricsToken = readToken(read('metricsTokenFile', (text) => text))
  const outboundAllow = read('outboundAllow', parseNetworks)
  const outboundProxy = read('outboundProxy', parseProxy)
  const sealKeyFile = read('sealKeyFile', (text) => text)
  const sealKeys = env[SEAL_KEY_ENV] ?? ''
  const pages = read('console', (text) => ['on', 'off'].find((one) => one === text))
  const record = read('record', parseRecord)
  const workers = read('workers', parseWorkers)
  if (workers > 1 && database === ':memory:') {
    throw new ConfigError(
      SETTINGS.workers.flag,
      `${workers} workers can't share a database in memory, which belongs to one process; name a file, like --database sqlite:data/lockstep.db`,
    )
  }
  return {
    host: read('host', parseHost),
    port: read('port', parsePort),
    database,
    ...(url === undefined ? {} : { postgres: { url, connections, ...(passwordFile === '' ? {} : { passwordFile }) } }),
    ...(publicUrl === '' ? {} : { publicUrl }),
    ...(trustedProxies.length === 0 ? {} : { trustedProxies }),
    ...(metrics === 'local' ? {} : { metrics }),
    ...(metricsTenants === 'on' ? { metricsTenants: true } : {}),
    ...(traces === 'on' ? { traces: true } : {}),
    ...(metricsToken === undefined ? {} : { metricsToken }),
    ...(firstToken === 'terminal' ? {} : { firstToken }),
    logLevel: read('logLevel', (text) => LOG_LEVELS.find((level) => level === text.toLowerCase())),
    ...(rateLimit === 'off' ? {} : { rateLimit }),
    requestSeconds: read('requestSeconds', parseSeconds),
    ...(sealKeys === '' ? {} : { sealKeys }),
    ...(sealKeyFile === '' ? {} : { sealKeyFile }),
    ...(outboundAllow.length === 0 ? {} : { outboundAllow }),
    ...(outboundProxy === '' ? {} : { outboundProxy }),
    hub: read('hub', (text) => ['on', 'off'].find((one) => one === text)) === 'on',
    ...(pages === 'off' ? { console: false } : {}),
    ...(record === 'off' ? {} : { record }),
    recordDays: read('recordDays', parseDays),
    workers,
  }
}

/** A value in a form that may be shown: an address may contain a password. */
function withoutSecrets(text: string): string {
  if (/^postgres(ql)?:/i.test(text)) return 'postgres:…'
  const at = text.lastIndexOf('@')
  return at < 0 ? text : `…${text.slice(at)}`
}

const METRICS = ['local', 'open', 'off'] as const
const FIRST_TOKEN = ['terminal', 'always', 'never'] as const

function parseNetworks(text: string): readonly Network[] | undefined {
  const networks: Network[] = []
  for (const part of text.split(',').filter((one) => one.trim() !== '')) {
    const [address = '', length] = part.trim().split('/')
    const family = isIP(address)
    const most = family === 4 ? 32 : 128
    const bits = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : -1
    if (family === 0 || bits < 0 || bits > most) return undefined
    networks.push({ address, bits })
  }
  return networks
}

/** The token in a file. Refuses one that could be guessed. The error never repeats it. */
function readToken(file: string): string | undefined {
  if (file === '') return undefined
  let token: string
  try {
    token = readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new ConfigError(SETTINGS.metricsTokenFile.flag, `The file ${file} can't be read`, { cause })
  }
  if (/^[\w.~+/=-]{16,}$/.test(token)) return token
  throw new ConfigError(
    SETTINGS.metricsTokenFile.flag,
    `The file ${file} must contain one token of 16 characters or more: letters, digits and - . _ ~ + / =`,
  )
}

function parsePort(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined
}

function parseHost(text: string): string | undefined {
  return /^[A-Za-z0-9.-]{1,253}$/.test(text) || /^[0-9A-Fa-f:.]{2,45}$/.test(text) ? text : undefined
}

function parseRecord(text: string): RecordPlace | 'off' | undefined {
  if (text === 'off') return 'off'
  if (text === 'beside') return { place: 'beside' }
  const given = parseDatabase(text)
  if (given === undefined || given.database === ':memory:') return undefined
  return given.url === undefined ? { place: 'file', file: given.database } : { place: 'postgres', url: given.url }
}

function parseDays(text: string): number | undefined {
  return /^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= 90 ? Number(text) : undefined
}

/** The database, and for PostgreSQL the address as it was given. */
function parseDatabase(text: string): { readonly database: string; readonly url?: string } | undefined {
  if (/^postgres(ql)?:\/\//i.test(text)) return parsePostgres(text)
  const path = text.startsWith('sqlite:') ? text.slice('sqlite:'.length) : undefined
  // sqlite:///var/lib/x.db and sqlite:/var/lib/x.db are the same absolute path.
  const plain = path?.replace(/^\/\/(?=\/)/, '')
  return plain === undefined || plain === '' || plain.startsWith('//') ? undefined : { database: plain }
}

const VERIFIED_TOO: ReadonlySet<string> = new Set(['prefer', 'require', 'verify-ca'])
const SSL_MODES: ReadonlySet<string> = new Set(['disable', 'no-verify', 'verify-full', ...VERIFIED_TOO])

function parsePostgres(text: string): { readonly database: string; readonly url: string } | undefined {
  const url = parseUrl(text)
  if (url === null || url.pathname.length < 2 || url.hash !== '') return undefined
  const mode = url.searchParams.get('sslmode')
  const asLibpq = url.searchParams.has('uselibpqcompat')
  if (mode !== null && !asLibpq && !SSL_MODES.has(mode)) {
    throw new ConfigError(SETTINGS.database.flag, `sslmode must be verify-full, no-verify or disable, not "${mode}"`)
  }
  const shown = new URL(url)
  shown.password = ''
  for (const secret of ['password', 'sslpassword']) shown.searchParams.delete(secret)
  // The driver treats them as verify-full, and warns about it on each start.
  if (mode !== null && !asLibpq && VERIFIED_TOO.has(mode)) url.searchParams.set('sslmode', 'verify-full')
  return { database: shown.href, url: mode === url.searchParams.get('sslmode') ? text : url.href }
}

function parseConnections(text: string): number | undefined {
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0
  return count >= LEAST_CONNECTIONS && count <= MOST_CONNECTIONS ? count : undefined
}

function parsePublicUrl(text: string): string | undefined {
  if (text === '') return ''
  const url = parseUrl(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') return undefined
  return url.username === '' && url.password === '' ? withoutLastSlashes(url.href) : undefined
}

function parseProxy(text: string): string | undefined {
  if (text === '') return ''
  const url = parseUrl(text)
  const plain = url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === ''
  return plain && url.hash === '' ? text : undefined
}

function parseRateLimit(text: string): RateLimit | 'off' | undefined {
  if (text === 'off') return 'off'
  const match = /^(\d{1,6})(?::(\d{1,7}))?$/.exec(text)
  const perSecond = Number(match?.[1] ?? 0)
  const burst = Number(match?.[2] ?? perSecond)
  return perSecond > 0 && burst >= perSecond ? { perSecond, burst } : undefined
}

function parseSeconds(text: string): number | undefined {
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : 0
  return seconds >= 1 && seconds <= MOST_SECONDS ? seconds : undefined
}

function parseWorkers(text: string): number | undefined {
  if (text === 'auto') return Math.min(availableParallelism(), MOST_WORKERS)
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0
  return count >= 1 && count <= MOST_WORKERS ? count : undefined
}
