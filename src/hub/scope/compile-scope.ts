// Compiles the scope of an app: who has an account there, which groups it has, and why.

import { ConfigError, didYouMean, isObject, type ResourceType } from '../../protocol/index.ts'
import type {
  AccountType,
  AppGrant,
  AppScope,
  CompiledScope,
  ScopeClause,
  ScopeDecision,
  ScopeRule,
} from '../contract/index.ts'
import { readGrants, readRule } from './read-rule.ts'
import { compileFilter, type ScopeFilter } from './scope-filter.ts'
import { SCOPE_LIMITS } from './scope-limits.ts'

/** Most groups that a clause lists. */
const LISTED = 10

/**
 * The scope of an app as a function. Filters mean what they mean in a query of the tenant's resources. Pure. ConfigError with the
 * option's path (`scope.users.filter`, `grants[2].group`) for what can't be carried out. RFC 7644 §3.4.2.2.
 */
export function compileScope(
  scope: AppScope,
  grants: readonly AppGrant[],
  types: readonly ResourceType[],
): CompiledScope {
  if (!isObject(scope)) throw new ConfigError('scope', 'must be an object with users and perhaps groups')
  const unknown = Object.keys(scope).find((name) => name !== 'users' && name !== 'groups')
  if (unknown !== undefined)
    throw new ConfigError(`scope.${unknown.slice(0, 100)}`, `is no setting${didYouMean(unknown, ['users', 'groups'])}`)
  const users = readRule(scope.users, 'scope.users')
  const groups = scope.groups === undefined ? undefined : readRule(scope.groups, 'scope.groups')
  const decideUser = compileRule(users, 'User', 'scope.users', types)
  const decideGroup = groups === undefined ? noGroups : compileRule(groups, 'Group', 'scope.groups', types)
  return {
    groupsThatMatter: groupsIn([users, groups ?? {}], readGrants(grants)),
    hasGroups: groups !== undefined,
    decide: (type, document, memberOf) => (type === 'User' ? decideUser : decideGroup)(document, memberOf),
  }
}

type Decide = (
  document: Parameters<CompiledScope['decide']>[1],
  memberOf: Parameters<CompiledScope['decide']>[2],
) => ScopeDecision

function compileRule(rule: ScopeRule, name: AccountType, option: string, types: readonly ResourceType[]): Decide {
  const type = types.find((one) => one.name === name)
  if (type === undefined) throw new ConfigError(option, `the tenant has no resource type ${name}`)
  const filterOf = (which: 'filter' | 'exclude'): ScopeFilter | undefined =>
    rule[which] === undefined ? undefined : compileFilter(rule[which], type, which, `${option}.${which}`)
  const filter = filterOf('filter')
  const exclude = filterOf('exclude')
  const { memberOf: wanted, notMemberOf: unwanted } = rule
  return (document, memberOf) => ({
    in:
      (filter === undefined || filter.matches(document)) &&
      (exclude === undefined || !exclude.matches(document)) &&
      (wanted === undefined || wanted.some((id) => memberOf.has(id))) &&
      (unwanted === undefined || !unwanted.some((id) => memberOf.has(id))),
    // Most decisions are never shown to anybody.
    get clauses() {
      return [
        ...(filter?.clauses(document) ?? []),
        ...(exclude?.clauses(document) ?? []),
        ...membershipClauses('memberOf', wanted, memberOf),
        ...membershipClauses('notMemberOf', unwanted, memberOf),
      ]
    },
  })
}

const noGroups: Decide = () => ({
  in: false,
  clauses: [{ clause: 'groups', text: 'the app has no groups', holds: false }],
})

/** The groups of a list that the resource is in, one by one; or that it is in none of them. */
function membershipClauses(
  clause: 'memberOf' | 'notMemberOf',
  ids: readonly string[] | undefined,
  memberOf: ReadonlySet<string>,
): readonly ScopeClause[] {
  if (ids === undefined) return []
  const own = ids.filter((id) => memberOf.has(id))
  if (own.length > 0) return own.map((id) => ({ clause, text: id, holds: clause === 'memberOf' }))
  const more = ids.length > LISTED ? ` and ${ids.length - LISTED} more` : ''
  return [{ clause, text: `${ids.slice(0, LISTED).join(', ')}${more}`, holds: clause === 'notMemberOf' }]
}

function groupsIn(rules: readonly ScopeRule[], grants: readonly AppGrant[]): ReadonlySet<string> {
  const ids = new Set([
    ...rules.flatMap(({ memberOf = [], notMemberOf = [] }) => [...memberOf, ...notMemberOf]),
    ...grants.map(({ group }) => group),
  ])
  if (ids.size > SCOPE_LIMITS.GROUPS)
    throw new ConfigError('scope', `must name at most ${SCOPE_LIMITS.GROUPS} groups, those of grants included`)
  return ids
}
