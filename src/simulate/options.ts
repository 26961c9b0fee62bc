// The options of a simulation, and the words in which wrong ones are refused.

import { type Environment, environment } from '../environment.ts'
import { ConfigError } from '../protocol/index.ts'
import type { ActResult, StepResult } from './result.ts'
import { ACTS, type ActName } from './scenario.ts'

/** What to simulate, against which server. Either `url` or `fetch` is needed. */
export interface SimulateOptions {
  /** Base URL of the SCIM server, like `https://scim.example.com/scim/v2`. */
  readonly url?: string | undefined
  /**
   * Answers the requests instead of the network: the `fetch` of a provider in this process. Then `url` only says what the
   * requests are addressed to; `http://localhost/scim/v2` by default.
   */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined
  /** The bearer token. */
  readonly token?: string | undefined
  /** Headers of every request beyond the provider's own. */
  readonly headers?: { readonly [name: string]: string } | undefined
  /** Only these acts, and those that they need; all by default. */
  readonly only?: readonly ActName[] | undefined
  /** How many people there are: 1 to 1,000, 3 by default. */
  readonly people?: number | undefined
  /** The same seed makes the same people with the same names; a new one by default. 0 to 4,294,967,295. */
  readonly seed?: number | undefined
  /** The domain of the people's addresses; `example.com` by default. */
  readonly domain?: string | undefined
  /**
   * The name of the group that is pushed, until it is renamed; one that nothing else has by default. A name that the server gives a meaning,
   * like that of a group with a role, lets it act on it.
   */
  readonly group?: string | undefined
  /** Longest wait for an answer in milliseconds, where the provider itself would wait longer. */
  readonly timeoutMs?: number | undefined
  /** Leaves everything that was made on the server. */
  readonly keep?: boolean | undefined
  /** Called with each step as it is done, and with each act; the simulation waits for what they return. */
  readonly onStep?: ((step: StepResult) => void | Promise<void>) | undefined
  readonly onAct?: ((act: ActResult) => void | Promise<void>) | undefined
  /** Stops the simulation; what it has made is removed all the same. */
  readonly signal?: AbortSignal | undefined
  /** Time and timers, for tests. */
  readonly environment?: Environment | undefined
}

/** Options that have been checked, with all that was left out. */
export interface Settings extends SimulateOptions {
  /** Without a slash at its end. */
  readonly url: string
  readonly only: readonly ActName[]
  readonly people: number
  readonly seed: number
  readonly domain: string
  readonly environment: Environment
}

/** Most people in a simulation. */
const MOST_PEOPLE = 1_000

/** The highest seed. */
const MOST_SEED = 0xffff_ffff

/** Checks options. Throws `ConfigError`. */
export function readOptions(options: SimulateOptions): Settings {
  const world = options.environment ?? environment
  const { people = 3, domain = 'example.com', only = ACTS, seed = newSeed(world), timeoutMs = 1 } = options
  if (options.url === undefined && options.fetch === undefined)
    throw new ConfigError('url', 'give the base URL of a SCIM server, or the fetch of one in this process')
  const url = options.url ?? 'http://localhost/scim/v2'
  checkUrl(url)
  if (!isWhole(people, 1, MOST_PEOPLE))
    throw new ConfigError('people', `must be a whole number from 1 to ${MOST_PEOPLE}, not ${people}`)
  if (!isWhole(seed, 0, MOST_SEED)) throw new ConfigError('seed', `must be from 0 to ${MOST_SEED}, not ${seed}`)
  if (!isWhole(timeoutMs, 1, 600_000))
    throw new ConfigError('timeoutMs', `must be from 1 to 600000 milliseconds, not ${timeoutMs}`)
  if (!/^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}$/i.test(domain))
    throw new ConfigError('domain', `must be a domain name like example.com, not "${domain}"`)
  // Quotes would have to be escaped in each provider's own way.
  if (options.group !== undefined && !/^[^"'\\\p{C}]{1,200}$/u.test(options.group))
    throw new ConfigError('group', 'must be a name of 1 to 200 characters without quotes and backslashes')
  const unknown = only.find((one) => !ACTS.includes(one))
  if (unknown !== undefined || only.length === 0)
    throw new ConfigError('only', `must be some of ${ACTS.join(', ')}, not "${unknown ?? ''}"`)
  const end = url.length - (url.endsWith('/') ? 1 : 0)
  return { ...options, url: url.slice(0, end), people, seed, domain, only, environment: world }
}

function checkUrl(url: string): void {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new ConfigError('url', `must be an address like https://scim.example.com/scim/v2, not "${url}"`)
  const { username, password, search, hash } = new URL(url)
  if (username !== '' || password !== '') throw new ConfigError('url', 'must not hold credentials; give them as token')
  if (search !== '' || hash !== '') throw new ConfigError('url', 'must be a base URL, without a query')
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}

function newSeed({ random }: Environment): number {
  return new DataView(random(new Uint8Array(4)).buffer).getUint32(0)
}
