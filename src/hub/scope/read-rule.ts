// Reads scope rules and grants as they are configured, and refuses what has another shape.

import { ConfigError, didYouMean, isObject } from '../../protocol/index.ts'
import type { AppGrant, ScopeRule } from '../contract/index.ts'
import { SCOPE_LIMITS } from './scope-limits.ts'

const RULE = ['filter', 'exclude', 'memberOf', 'notMemberOf'] as const
const GRANT = ['group', 'attribute', 'value', 'display'] as const

/** A rule of the right shape; ConfigError with the option's path for any other. The filters themselves are not looked at. */
export function readRule(given: unknown, option: string): ScopeRule {
  const rule = objectOf(given, option, RULE)
  for (const name of ['filter', 'exclude'] as const) {
    const filter = rule[name]
    if (filter === undefined) continue
    if (typeof filter !== 'string') throw new ConfigError(`${option}.${name}`, 'must be a SCIM filter, as text')
    if (filter.length > SCOPE_LIMITS.FILTER_LENGTH)
      throw new ConfigError(`${option}.${name}`, `must have at most ${SCOPE_LIMITS.FILTER_LENGTH} characters`)
  }
  for (const name of ['memberOf', 'notMemberOf'] as const) {
    const ids = rule[name]
    if (ids === undefined) continue
    if (!Array.isArray(ids) || ids.length === 0)
      throw new ConfigError(
        `${option}.${name}`,
        'must be a list of at least one group id; leave it out for no condition',
      )
    if (ids.length > SCOPE_LIMITS.GROUPS)
      throw new ConfigError(`${option}.${name}`, `must have at most ${SCOPE_LIMITS.GROUPS} groups`)
    for (const [at, id] of ids.entries()) text(id, `${option}.${name}[${at}]`, 'the id of a group')
  }
  return rule
}

/** Grants of the right shape; ConfigError with the option's path for any other. */
export function readGrants(given: unknown): readonly AppGrant[] {
  if (!Array.isArray(given)) throw new ConfigError('grants', 'must be a list')
  if (given.length > SCOPE_LIMITS.GRANTS)
    throw new ConfigError('grants', `must have at most ${SCOPE_LIMITS.GRANTS} entries`)
  for (const [at, one] of given.entries()) {
    const option = `grants[${at}]`
    const grant = objectOf(one, option, GRANT)
    text(grant.group, `${option}.group`, 'the id of a group')
    text(grant.attribute, `${option}.attribute`, 'an attribute, such as roles or entitlements')
    text(grant.value, `${option}.value`, 'what the app calls the role or entitlement')
    if (grant.display !== undefined) text(grant.display, `${option}.display`, 'a name for people')
  }
  return given
}

function objectOf(given: unknown, option: string, names: readonly string[]) {
  if (!isObject(given)) throw new ConfigError(option, `must be an object with any of ${names.join(', ')}`)
  const unknown = Object.keys(given).find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new ConfigError(`${option}.${unknown.slice(0, 100)}`, `is no setting${didYouMean(unknown, names)}`)
  return given
}

function text(given: unknown, option: string, what: string): void {
  if (typeof given !== 'string' || given === '') throw new ConfigError(option, `must be ${what}`)
  if (given.length > SCOPE_LIMITS.TEXT_LENGTH)
    throw new ConfigError(option, `must have at most ${SCOPE_LIMITS.TEXT_LENGTH} characters`)
}
