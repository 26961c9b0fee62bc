// Reads a profile from JSON: a built-in one by name, or what departs from one.

import {
  type AppOverrides,
  type AppProfile,
  ConfigError,
  didYouMean,
  isObject,
  type Json,
} from '../../protocol/index.ts'
import { APPS, isAppName } from './apps.ts'
import { defineApp } from './define-app.ts'
import { PROFILE_SHAPE, readShape } from './profile-shape.ts'

/**
 * A profile from JSON: the name of a built-in one, or `{"base": "aws", …}` with what departs from it; `rfc` without a base. Limits of
 * which there are none are null. Throws ConfigError for what is no setting, and for values that make no sense.
 * @example
 * const profile = readAppProfile('aws')
 */
export function readAppProfile(json: Json | undefined, option = 'profile'): AppProfile {
  if (json === undefined) return APPS.rfc
  if (typeof json === 'string') return builtIn(json, option)
  if (!isObject(json)) {
    throw new ConfigError(option, `must be the name of a profile, or an object with "base" and what departs from it`)
  }
  const { base, ...own } = json
  if (base !== undefined && typeof base !== 'string')
    throw new ConfigError(`${option}.base`, 'must be the name of a profile')
  // Every leaf was read by the table that describes it.
  const overrides = readShape(PROFILE_SHAPE, own, option) as AppOverrides
  const profile = defineApp(overrides, base === undefined ? APPS.rfc : builtIn(base, `${option}.base`))
  const headers = profile.http.headers
  for (const name of Object.keys(headers)) {
    const isName = /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && name === name.toLowerCase()
    if (!isName || SECRET.has(name)) {
      const why = SECRET.has(name) ? 'holds a secret; use credentials for it' : 'is no name of a header in lower case'
      throw new ConfigError(`${option}.http.headers.${name.slice(0, 50)}`, why)
    }
  }
  return profile
}

/** Headers that hold secrets: profiles are shown and logged. */
const SECRET = new Set(['authorization', 'cookie', 'proxy-authorization'])

function builtIn(name: string, option: string): AppProfile {
  if (isAppName(name)) return APPS[name]
  const known = Object.keys(APPS)
  throw new ConfigError(
    option,
    `there is no profile "${name.slice(0, 50)}"${didYouMean(name, known)}; there are ${known.join(', ')}`,
  )
}
