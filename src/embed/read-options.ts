// Checks the options of `lockstep` when they are given, so that a mistake shows at once and in words.

import { ConfigError, didYouMean } from '../protocol/index.ts'
import { EVENT_OPTIONS } from './events/options.ts'
import { PEOPLE_OPTIONS } from './people/options.ts'

const NAMES = [
  'store',
  'url',
  'trustProxy',
  'types',
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
  if (trustProxy !== undefined && typeof trustProxy !== 'boolean')
    throw new ConfigError('trustProxy', 'must be true or false')
  if (types !== undefined && typeof types !== 'function' && !Array.isArray(types)) {
    throw new ConfigError(
      'types',
      'must be a list of resource types, like [User, Group], or a function from a tenant to one',
    )
  }
}

function isStore(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return 'then' in value || ('commit' in value && 'find' in value)
}
