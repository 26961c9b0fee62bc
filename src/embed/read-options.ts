// Checks the options of `lockstep` when they are given, so that a mistake shows at once and in words.

import { ConfigError, didYouMean } from '../protocol/index.ts'
import { EVENT_OPTIONS } from './events/contract/options.ts'
import { PEOPLE_OPTIONS } from './people/options.ts'

const NAMES = [
  'store',
  'url',
  'trustProxy',
  'types',
  'credentials',
  'authenticate',
  'features',
  'unique',
  'hooks',
  'report',
  'skipped',
  'environment',
  ...EVENT_OPTIONS,
  ...PEOPLE_OPTIONS,
] as const

/** Options that are functions. */
const FUNCTIONS = ['authenticate', 'features', 'unique', 'report', 'skipped', 'transaction'] as const

/** Throws ConfigError for options that `lockstep` doesn't have, misses or can't use. */
export function checkOptions(options: object): void {
  if (typeof options !== 'object' || options === null)
    throw new ConfigError('options', 'must be an object: lockstep({ store, authenticate })')
  const given = options as { readonly [name: string]: unknown }
  for (const name of Object.keys(given)) {
    if (!(NAMES as readonly string[]).includes(name))
      throw new ConfigError(name, `is no option of lockstep${didYouMean(name, NAMES)}`)
  }
  const { store, types, trustProxy } = given
  if (store === undefined || store === null)
    throw new ConfigError(
      'store',
      'is needed: memoryStore(), sqliteStore(file), postgresStore(options), or a function that opens one',
    )
  if (typeof store !== 'function' && !isStore(store))
    throw new ConfigError(
      'store',
      'must be a store, a promise of one, or a function that opens one, like () => postgresStore({ pool })',
    )
  for (const name of FUNCTIONS) {
    if (given[name] !== undefined && typeof given[name] !== 'function')
      throw new ConfigError(name, 'must be a function')
  }
  checkCredentials(given)
  checkHooks(given.hooks)
  if (trustProxy !== undefined && typeof trustProxy !== 'boolean')
    throw new ConfigError('trustProxy', 'must be true or false')
  if (types !== undefined && typeof types !== 'function' && !Array.isArray(types)) {
    throw new ConfigError(
      'types',
      'must be a list of resource types, like [User, Group], or a function from a tenant to one',
    )
  }
}

function checkCredentials({ credentials, authenticate }: { readonly [name: string]: unknown }): void {
  if (credentials === undefined) return
  if (authenticate !== undefined) {
    throw new ConfigError('credentials', 'is given as well as authenticate; give the one that is to decide who calls')
  }
  const given = (typeof credentials === 'object' && credentials !== null ? credentials : {}) as {
    readonly [name: string]: unknown
  }
  const { find, used, ...others } = given
  if (typeof find !== 'function') {
    throw new ConfigError(
      'credentials.find',
      'must be a function from the hash of a token to its row; leave credentials out to keep them in the store',
    )
  }
  if (used !== undefined && typeof used !== 'function') throw new ConfigError('credentials.used', 'must be a function')
  for (const name of Object.keys(others))
    throw new ConfigError(`credentials.${name}`, `is no option of credentials${didYouMean(name, ['find', 'used'])}`)
}

const HOOKS = ['prepare', 'commit', 'password']

function checkHooks(hooks: unknown): void {
  if (hooks === undefined) return
  if (typeof hooks !== 'object' || hooks === null) throw new ConfigError('hooks', 'must be an object with functions')
  for (const [name, hook] of Object.entries(hooks)) {
    if (!HOOKS.includes(name)) throw new ConfigError(`hooks.${name}`, `is no hook here${didYouMean(name, HOOKS)}`)
    if (hook !== undefined && typeof hook !== 'function') throw new ConfigError(`hooks.${name}`, 'must be a function')
  }
}

function isStore(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return 'then' in value || ('commit' in value && 'find' in value)
}
