// The settings of a standalone server: what they are, what each one allows, and what it does.

import type { Network } from '../outbound/index.ts'

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

/** How to reach a PostgreSQL database. */
export interface PostgresSettings {
  /** The address as given; it may contain a password. */
  readonly url: string
  /** A file with the password, read again for each new connection. */
  readonly passwordFile?: string
  /** Most connections of one process. */
  readonly connections: number
}

/** The settings of a standalone server, checked. */
export interface Settings {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Path of the SQLite file, `:memory:`, or the address of a PostgreSQL database without its secrets. */
  readonly database: string
  /** Absent on SQLite. */
  readonly postgres?: PostgresSettings
  /** Without a slash at its end. Absent: made from host and port. */
  readonly publicUrl?: string
  /** Proxies whose Host, X-Forwarded-Proto and X-Forwarded-For are trusted. Absent: none. */
  readonly trustedProxies?: readonly Network[]
  /** Who may read /metrics, if it has no token. Absent: this machine. */
  readonly metrics?: 'open' | 'off'
  /** Whether /metrics has the numbers of each tenant. Absent: no. */
  readonly metricsTenants?: true
  /** Whether requests are traced. Absent: no. */
  readonly traces?: true
  /** The token that /metrics asks for; absent: none. */
  readonly metricsToken?: string
  /** Whether the token of a first start is printed. Absent: on a terminal. */
  readonly firstToken?: 'always' | 'never'
  readonly logLevel: LogLevel
  /** Absent: off. */
  readonly rateLimit?: RateLimit
  /** How long a heavy request may run, and before that wait, in seconds. */
  readonly requestSeconds: number
  /** Networks that requests to apps may go to, besides public addresses. Absent: none. */
  readonly outboundAllow?: readonly Network[]
  /** The proxy that requests to apps go through; it may contain a password. Absent: none. */
  readonly outboundProxy?: string
  /** Keys that seal secrets, as given in {@link SEAL_KEY_ENV}. Absent: not given there. */
  readonly sealKeys?: string
  /** A file with such keys. Absent: one that is made beside a SQLite database. */
  readonly sealKeyFile?: string
  /** Whether the hub runs in this process. */
  readonly hub: boolean
  /** Whether the console and the setup page are served. Absent: yes. */
  readonly console?: false
  /** Where the record of requests is kept. Absent: nowhere. */
  readonly record?: RecordPlace
  /** For how many days. */
  readonly recordDays: number
  /** Processes that serve. */
  readonly workers: number
}

/** Where the record of requests is kept: beside the directory, or in a database of its own. */
export type RecordPlace =
  | { readonly place: 'beside' }
  | { readonly place: 'file'; readonly file: string }
  | { readonly place: 'postgres'; readonly url: string }

/** Flags as given on the command line; the environment decides about absent ones. */
export type Flags = { readonly [name in SettingName]?: string | undefined }

/** One setting, as it is given. */
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

/** More workers than any machine can use. */
export const MOST_WORKERS = 64

/** No client waits longer than an hour for an answer. */
export const MOST_SECONDS = 3_600

/** Fewest connections to PostgreSQL: one that writes, and one that reads meanwhile. */
export const LEAST_CONNECTIONS = 2
/** Most connections to PostgreSQL. */
export const MOST_CONNECTIONS = 500

/** The variable that may hold the keys that seal secrets. It is no setting: flags and error messages are seen by others. */
export const SEAL_KEY_ENV = 'LOCKSTEP_SEAL_KEY'

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
    does: 'the database',
  },
  databasePasswordFile: {
    name: 'password file',
    flag: '--database-password-file',
    env: 'LOCKSTEP_DATABASE_PASSWORD_FILE',
    default: '',
    allowed: 'the path of a file',
    does: 'file with the password of a PostgreSQL database, read again for each connection',
  },
  databaseConnections: {
    name: 'connections',
    flag: '--database-connections',
    env: 'LOCKSTEP_DATABASE_CONNECTIONS',
    default: '10',
    allowed: `a whole number from ${LEAST_CONNECTIONS} to ${MOST_CONNECTIONS}`,
    does: 'most connections of each process to a PostgreSQL database, in addition to one that listens and nine for heavy requests',
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
    allowed: 'addresses or networks, separated by commas, like 127.0.0.1,10.0.0.0/8',
    does: 'proxies whose Host, X-Forwarded-Proto and X-Forwarded-For headers are trusted, for servers with several public names',
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
    does: 'whether /metrics includes the number of tenants and a line for each tenant and resource type; each replica reads all tenants for it',
  },
  traces: {
    name: 'traces',
    flag: '--traces',
    env: 'LOCKSTEP_TRACES',
    default: 'off',
    allowed: 'on or off',
    does: 'whether requests, and what apps are told because of them, are recorded as traces by the OpenTelemetry SDK that NODE_OPTIONS=--import loads',
  },
  metricsTokenFile: {
    name: 'metrics token file',
    flag: '--metrics-token-file',
    env: 'LOCKSTEP_METRICS_TOKEN_FILE',
    default: '',
    allowed: 'the path of a file with one token of 16 characters or more',
    does: 'file with the bearer token that every reader of /metrics needs',
  },
  firstToken: {
    name: 'first token',
    flag: '--first-token',
    env: 'LOCKSTEP_FIRST_TOKEN',
    default: 'terminal',
    allowed: 'terminal (printed only on a terminal), always, or never',
    does: 'where the token of a first start may be printed; elsewhere the server prints how to make one',
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
    does: 'requests per second that each connection may make, in each worker; beyond it: 429',
  },
  requestSeconds: {
    name: 'request time',
    flag: '--request-seconds',
    env: 'LOCKSTEP_REQUEST_SECONDS',
    default: '30',
    allowed: `a whole number of seconds from 1 to ${MOST_SECONDS}`,
    does: 'how long a search, Bulk or other heavy request may run, and before that wait for a thread; then a search is refused (400 tooMany) and a write is stopped (503)',
  },
  sealKeyFile: {
    name: 'seal key file',
    flag: '--seal-key-file',
    env: 'LOCKSTEP_SEAL_KEY_FILE',
    default: '',
    allowed: 'the path of a file with keys of 32 random bytes in base64, one a line',
    does: `file with the keys that seal secrets, such as credentials of apps: the first one seals, all of them open. ${SEAL_KEY_ENV} may hold the keys instead. With neither, a file is made beside a SQLite database; on PostgreSQL one of them is needed to store secrets`,
  },
  outboundAllow: {
    name: 'allowed outbound networks',
    flag: '--outbound-allow',
    env: 'LOCKSTEP_OUTBOUND_ALLOW',
    default: '',
    allowed: 'addresses or networks, separated by commas, like 10.1.0.0/16 or 127.0.0.0/8',
    does: 'networks that the server may call apps in, http and private addresses included; elsewhere it calls public addresses by https only',
  },
  outboundProxy: {
    name: 'outbound proxy',
    flag: '--outbound-proxy',
    env: 'LOCKSTEP_OUTBOUND_PROXY',
    default: '',
    allowed: 'an http or https URL without a path, like http://proxy.example.com:3128',
    does: 'a filtering proxy that calls to public names go through; it resolves the names and must refuse private addresses. Proxies of the environment (HTTPS_PROXY) are not used',
  },
  hub: {
    name: 'hub',
    flag: '--hub',
    env: 'LOCKSTEP_HUB',
    default: 'on',
    allowed: 'on or off',
    does: 'whether the server keeps apps in lockstep; off, another process has to: lockstep hub',
  },
  console: {
    name: 'console',
    flag: '--console',
    env: 'LOCKSTEP_CONSOLE',
    default: 'on',
    allowed: 'on or off',
    does: 'whether the server serves the console at /console and the setup page at /setup',
  },
  record: {
    name: 'record',
    flag: '--record',
    env: 'LOCKSTEP_RECORD',
    default: 'beside',
    allowed: 'beside, off, sqlite:PATH, or postgres://USER@HOST:PORT/DATABASE',
    does: 'where requests are recorded, without values of people: beside a SQLite database in a file of its own, or in tables of their own of a PostgreSQL database. off: nothing is recorded, and SCIM answers have no X-Request-Id',
  },
  recordDays: {
    name: 'record days',
    flag: '--record-days',
    env: 'LOCKSTEP_RECORD_DAYS',
    default: '14',
    allowed: 'a whole number of days from 1 to 90',
    does: 'how long recorded requests are kept; counts are kept for 400 days',
  },
  workers: {
    name: 'workers',
    flag: '--workers',
    env: 'LOCKSTEP_WORKERS',
    default: '1',
    allowed: `a whole number from 1 to ${MOST_WORKERS}, or auto: one for each core`,
    does: 'processes that share the port; one that dies is restarted',
  },
} as const satisfies { readonly [name: string]: SettingEntry }

/** The name of a setting. */
export type SettingName = keyof typeof SETTINGS

/** The address at which clients reach the server if no public URL is set. */
export function localUrl(host: string, port: number): string {
  // Clients can't connect to "any address"; loopback works when pasted.
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}

/** The flag that makes a command use the same database, with a space before it; empty for the default database. */
export function databaseFlag({ database, postgres }: Settings): string {
  const text = postgres === undefined ? `sqlite:${database}` : database
  return text === SETTINGS.database.default
    ? ''
    : ` ${SETTINGS.database.flag} ${/[^\w:/.@=-]/.test(text) ? `'${text}'` : text}`
}
