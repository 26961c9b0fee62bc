import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import { ConfigError, withoutLastSlashes } from '../protocol/index.ts'
import { parseUrl } from '../url.ts'
import { reasonOf } from './reason.ts'

/** How much is logged, from nothing to everything. */
export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const

/** One of `LOG_LEVELS`. */
export type LogLevel = (typeof LOG_LEVELS)[number]

/** How many requests one connection may make. */
export interface RateLimit {
  readonly perSecond: number
  /** How many it may make at once after a pause. */
  readonly burst: number
}

/** Addresses that share their first bits. */
export interface Network {
  readonly address: string
  readonly bits: number
}

/** How to reach a PostgreSQL database. */
export interface PostgresSettings {
  /** The address as given; it may hold a password. */
  readonly url: string
  /** A file that holds the password, read for each new connection. */
  readonly passwordFile?: string
  /** Connections of a process, at most. */
  readonly connections: number
}

/** The settings of a standalone server, checked. */
export interface Settings {
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
  /** Path of the SQLite file, `:memory:`, or the address of a PostgreSQL database without its secrets. */
  readonly database: string
  /** Absent on SQLite. */
  readonly postgres?: PostgresSettings
  /** Without a slash at its end. Absent: made from host and port. */
  readonly publicUrl?: string
  /** Proxies whose Host, X-Forwarded-Proto and X-Forwarded-For are believed. Absent: none. */
  readonly trustedProxies?: readonly Network[]
  /** Who may read /metrics, where no token of its own is set. Absent: this machine. */
  readonly metrics?: 'open' | 'off'
  /** Whether /metrics has the numbers of each tenant. Absent: no. */
  readonly metricsTenants?: true
  /** The token that /metrics asks for; absent: none. */
  readonly metricsToken?: string
  /** Whether the token of a first start is printed. Absent: on a terminal. */
  readonly firstToken?: 'always' | 'never'
  readonly logLevel: LogLevel
  /** Absent: off. */
  readonly rateLimit?: RateLimit
  /** How long a heavy request may run, and before that wait, in seconds. */
  readonly requestSeconds: number
  /** Processes that serve. */
  readonly workers: number
}

/** Flags as given on the command line; an absent one leaves the word to the environment. */
export type Flags = { readonly [name in SettingName]?: string | undefined }

/** One setting, as people give it. */
export interface SettingEntry {
  readonly name: string
  readonly flag: string
  readonly env: string
  readonly default: string
  /** What is allowed, in words. */
  readonly allowed: string
  /** What it does, for help and the reference page. */
  readonly does: string
}

/** More than any machine makes use of. */
const MOST_WORKERS = 64

/** Nobody waits for an answer longer than an hour. */
const MOST_SECONDS = 3_600

/** One that writes, and one that reads meanwhile. */
const LEAST_CONNECTIONS = 2
const MOST_CONNECTIONS = 500

/** Every setting. The reference page and the help texts are written from this table. */
export const SETTINGS = {
  port: {
    name: 'port',
    flag: '--port',
    env: 'PORT',
    default: '8080',
    allowed: 'a whole number from 0 to 65535 (0 takes any free port)',
    does: 'port to listen on',
  },
  host: {
    name: 'host',
    flag: '--host',
    env: 'HOST',
    default: '127.0.0.1',
    allowed: 'an IP address or host name, without scheme or port',
    does: 'address to listen on; 0.0.0.0 is reachable from outside',
  },
  database: {
    name: 'database',
    flag: '--database',
    env: 'LOCKSTEP_DATABASE',
    default: 'sqlite:data/lockstep.db',
    allowed:
      'sqlite:PATH, like sqlite:data/lockstep.db, or postgres://USER@HOST:PORT/DATABASE, with ?sslmode=verify-full for TLS',
    does: 'where everything is kept',
  },
  databasePasswordFile: {
    name: 'password file',
    flag: '--database-password-file',
    env: 'LOCKSTEP_DATABASE_PASSWORD_FILE',
    default: '',
    allowed: 'the path of a file',
    does: 'file with the password of a PostgreSQL database, read anew for each connection',
  },
  databaseConnections: {
    name: 'connections',
    flag: '--database-connections',
    env: 'LOCKSTEP_DATABASE_CONNECTIONS',
    default: '10',
    allowed: `a whole number from ${LEAST_CONNECTIONS} to ${MOST_CONNECTIONS}`,
    does: 'most connections of each process to a PostgreSQL database, besides one to listen on and nine for heavy requests',
  },
  publicUrl: {
    name: 'public URL',
    flag: '--public-url',
    env: 'LOCKSTEP_PUBLIC_URL',
    default: '',
    allowed:
      'an absolute http or https URL without user name, password, query or fragment, like https://scim.example.com',
    does: 'the address clients reach the server at, for base URLs and meta.location; made from host and port if absent',
  },
  trustedProxies: {
    name: 'trusted proxies',
    flag: '--trusted-proxies',
    env: 'LOCKSTEP_TRUSTED_PROXIES',
    default: '',
    allowed: 'addresses or networks with commas between them, like 127.0.0.1,10.0.0.0/8',
    does: 'proxies whose Host, X-Forwarded-Proto and X-Forwarded-For headers are believed, when there are several public names',
  },
  metrics: {
    name: 'metrics',
    flag: '--metrics',
    env: 'LOCKSTEP_METRICS',
    default: 'local',
    allowed: 'local (this machine, not through a proxy), open, or off',
    does: 'who may read /metrics without a token',
  },
  metricsTenants: {
    name: 'metrics of tenants',
    flag: '--metrics-tenants',
    env: 'LOCKSTEP_METRICS_TENANTS',
    default: 'off',
    allowed: 'on or off',
    does: 'whether /metrics has how many tenants there are and a line for each tenant and resource type; all tenants are read for it, by each replica',
  },
  metricsTokenFile: {
    name: 'metrics token file',
    flag: '--metrics-token-file',
    env: 'LOCKSTEP_METRICS_TOKEN_FILE',
    default: '',
    allowed: 'the path of a file that holds one token of 16 characters or more',
    does: 'file with the bearer token that /metrics asks for, from wherever it is read',
  },
  firstToken: {
    name: 'first token',
    flag: '--first-token',
    env: 'LOCKSTEP_FIRST_TOKEN',
    default: 'terminal',
    allowed: 'terminal (printed only where a person reads it), always, or never',
    does: 'where the token of a first start may be printed; elsewhere it says how to make one',
  },
  logLevel: {
    name: 'log level',
    flag: '--log-level',
    env: 'LOCKSTEP_LOG_LEVEL',
    default: 'info',
    allowed: `one of ${LOG_LEVELS.join(', ')}`,
    does: 'how much is logged',
  },
  rateLimit: {
    name: 'rate limit',
    flag: '--rate-limit',
    env: 'LOCKSTEP_RATE_LIMIT',
    default: 'off',
    allowed: 'off, or requests per second of one connection, like 50, or with a burst, like 50:200',
    does: 'requests per second that each connection may make, in each worker; past it: 429',
  },
  requestSeconds: {
    name: 'request time',
    flag: '--request-seconds',
    env: 'LOCKSTEP_REQUEST_SECONDS',
    default: '30',
    allowed: `a whole number of seconds from 1 to ${MOST_SECONDS}`,
    does: 'how long a search, Bulk or other heavy request may run, and before that wait for a thread; past it a search is refused (400 tooMany), a write stopped (503)',
  },
  workers: {
    name: 'workers',
    flag: '--workers',
    env: 'LOCKSTEP_WORKERS',
    default: '1',
    allowed: `a whole number from 1 to ${MOST_WORKERS}, or auto: one for each core`,
    does: 'processes that share the port; one that dies is started again',
  },
} as const satisfies { readonly [name: string]: SettingEntry }

/** The name of a setting. */
export type SettingName = keyof typeof SETTINGS

/** Reads the settings: flags over environment over defaults. Throws {@link ConfigError} for the first wrong one. */
export function readSettings(flags: Flags, env: { readonly [name: string]: string | undefined }): Settings {
  const read = <T>(name: SettingName, parse: (text: string) => T | undefined): T => {
    const setting: SettingEntry = SETTINGS[name]
    const flag = flags[name]
    // An empty variable is one that is not set: that is how compose files and shells leave them.
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
  const firstToken = read('firstToken', (text) => FIRST_TOKEN.find((one) => one === text))
  const metricsToken = readToken(read('metricsTokenFile', (text) => text))
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
    ...(metricsToken === undefined ? {} : { metricsToken }),
    ...(firstToken === 'terminal' ? {} : { firstToken }),
    logLevel: read('logLevel', (text) => LOG_LEVELS.find((level) => level === text.toLowerCase())),
    ...(rateLimit === 'off' ? {} : { rateLimit }),
    requestSeconds: read('requestSeconds', parseSeconds),
    workers,
  }
}

/** A value as it may be shown: an address may hold a password. */
function withoutSecrets(text: string): string {
  if (/^postgres(ql)?:/i.test(text)) return 'postgres:…'
  const at = text.lastIndexOf('@')
  return at < 0 ? text : `…${text.slice(at)}`
}

/** The address clients reach the server at when none is given. */
export function localUrl(host: string, port: number): string {
  // Nobody can connect to "any address"; loopback is what works when pasted.
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}

/** Whether the token of a first start is printed: on a terminal a person reads it, anywhere else it may be kept for years. */
export function showsToken({ firstToken }: Settings): boolean {
  return firstToken === undefined ? process.stdout.isTTY === true : firstToken === 'always'
}

/** The flag that has a command use the same database, with a space before it; empty where it does so by itself. */
export function databaseFlag({ database, postgres }: Settings): string {
  const text = postgres === undefined ? `sqlite:${database}` : database
  return text === SETTINGS.database.default
    ? ''
    : ` ${SETTINGS.database.flag} ${/[^\w:/.@=-]/.test(text) ? `'${text}'` : text}`
}

/** Says that a database can't be opened, and why. */
export function wrongDatabase(database: string, cause: unknown): ConfigError {
  // One that says all of this already.
  if (cause instanceof ConfigError && cause.option === SETTINGS.database.flag) return cause
  const why =
    cause instanceof ConfigError && cause.cause === undefined
      ? cause.message.slice(`${cause.option}: `.length)
      : reasonOf(cause)
  return new ConfigError(SETTINGS.database.flag, `The database ${database} can't be opened: ${why}`, { cause })
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

/** The token in a file; refuses what could be guessed. The error never repeats it. */
function readToken(file: string): string | undefined {
  if (file === '') return undefined
  let token: string
  try {
    token = readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new ConfigError(SETTINGS.metricsTokenFile.flag, `the file ${file} can't be read`, { cause })
  }
  if (/^[\w.~+/=-]{16,}$/.test(token)) return token
  throw new ConfigError(
    SETTINGS.metricsTokenFile.flag,
    `the file ${file} must hold one token of 16 characters or more, of letters, digits and - . _ ~ + / =`,
  )
}

function parsePort(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined
}

function parseHost(text: string): string | undefined {
  return /^[A-Za-z0-9.-]{1,253}$/.test(text) || /^[0-9A-Fa-f:.]{2,45}$/.test(text) ? text : undefined
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
  if (mode !== null && !asLibpq && !SSL_MODES.has(mode)) return undefined
  const shown = new URL(url)
  shown.password = ''
  for (const secret of ['password', 'sslpassword']) shown.searchParams.delete(secret)
  // The driver takes them for verify-full, and warns on each start that it does.
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
