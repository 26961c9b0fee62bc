// Allowances of a connection: the exceptions to its profile, checked and stored.

import { type Allowances, didYouMean, type Json, STRICT } from '../protocol/index.ts'
import type { AllowanceChoice } from '../quirks/index.ts'
import { invalid } from './errors.ts'

/** Names of allowances as they are given. */
export interface AllowanceDraft {
  /** Names of allowances that apply whatever the profile says. */
  readonly allow?: readonly string[]
  /** Names of allowances that don't apply whatever the profile says. */
  readonly forbid?: readonly string[]
}

/** Allowances of a connection as stored; one that this version doesn't know (the database is newer) is ignored. */
export function keptAllowances(side: 'allow' | 'forbid', value: Json | undefined): AllowanceChoice {
  const known = Array.isArray(value) ? value.filter(isAllowance) : []
  return known.length === 0 ? {} : { [side]: known }
}

function isAllowance(name: Json): name is keyof Allowances {
  return typeof name === 'string' && Object.hasOwn(STRICT, name)
}

/** The allowances that a draft names. Refuses unknown ones, and one that is on both sides. */
export function readAllowances({ allow = [], forbid = [] }: AllowanceDraft): AllowanceChoice {
  for (const name of [...allow, ...forbid]) {
    if (isAllowance(name)) continue
    const names = Object.keys(STRICT)
    const near = didYouMean(name, names)
    throw invalid(
      `There is no allowance "${name}"${near === '' ? '.' : near} There are ${names.join(', ')}`,
      allow.includes(name) ? 'allow' : 'forbid',
    )
  }
  const both = allow.find((name) => forbid.includes(name))
  if (both !== undefined) throw invalid(`The allowance "${both}" is both allowed and forbidden; choose one`, 'forbid')
  return {
    ...keptAllowances('allow', [...new Set(allow)]),
    ...keptAllowances('forbid', [...new Set(forbid)]),
  }
}
