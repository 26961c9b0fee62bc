// What one person has in one app, and through which rules.

import { type Document, isObject, type Json } from '../../protocol/index.ts'
import { type AccessRow, type AppGrant, type Link, MapFault, type ScopeDecision } from '../contract/index.ts'
import type { Place } from '../map/place.ts'
import type { AccessApp } from './apps-then.ts'
import type { Seen } from './moment.ts'

/** A row with the groups that its rules name. */
export interface RuledRow extends AccessRow {
  readonly groups: readonly string[]
}

/** What is known of a person in an app. */
export interface Known {
  readonly person: Seen
  /** The groups that the person is in. */
  readonly groups: readonly Seen[]
  readonly link?: Link
  /** Somebody decided that the person must be out of every app. */
  readonly killed: boolean
  /** Groups whose membership the app has confirmed; undefined for a moment in the past. */
  readonly confirmedIn?: ReadonlySet<string>
}

/** Longest text of a rule. */
const SHOWN = 300

/** What a person has in an app; nothing, if that is so. Pure. */
export function rowsOf(app: AccessApp, known: Known): readonly RuledRow[] {
  const { person, link, killed } = known
  const isPast = known.confirmedIn === undefined
  const memberOf = new Set(person.groups.keys())
  const decision = app.scope.decide('User', person.document, memberOf)
  const mapped = mappedOf(app, known, memberOf)
  const active = mapped === undefined ? person.document.active !== false : mapped.active !== false
  const isOn = link?.account !== undefined && link.off === undefined && link.acked?.active !== false
  const base = {
    user: person.id,
    name: nameOf(person),
    app: app.settings.id,
    ...(link?.account === undefined ? {} : { account: link.account }),
  }
  const account = (through: string, confirmed: boolean, groups: readonly string[]): RuledRow => ({
    ...base,
    kind: 'account',
    value: String(mapped?.userName ?? link?.acked?.userName ?? nameOf(person)),
    through,
    ...(isPast ? {} : { confirmed }),
    groups,
  })
  if (!decision.in || !active || killed) {
    if (isPast || !isOn) return []
    return [account(`none: ${whyStill(app, decision, killed)}`, true, [])]
  }
  const names = new Map(known.groups.map((group) => [group.id, nameOf(group)]))
  const groupName = (id: string) => (names.get(id) === undefined ? id : `${names.get(id)} (${id})`)
  const ways = decision.clauses.filter(({ clause, holds }) => clause === 'memberOf' && holds).map(({ text }) => text)
  return [
    account(throughScope('scope', decision, groupName), isOn && link?.acked !== undefined, ways),
    ...listRows(app, known, mapped, groupName).map((row) => ({ ...base, ...row })),
    ...groupRows(app, known, groupName).map((row) => ({ ...base, ...row })),
  ]
}

type Part = Omit<RuledRow, 'user' | 'name' | 'app' | 'account'>

/** Roles and entitlements, from grants and from the map. */
function listRows(
  { granted, users }: AccessApp,
  { person, link, confirmedIn }: Known,
  mapped: Document | undefined,
  groupName: (id: string) => string,
): readonly Part[] {
  const lists = [...granted]
  for (const name of ['roles', 'entitlements']) {
    const isNew = users.managed.includes(name) && !lists.some(({ place }) => place.path === name)
    if (isNew) lists.push({ place: { path: name, name }, grants: [], complex: true })
  }
  return lists.flatMap(({ place, grants }) => {
    const acked = new Set(valuesIn(link?.acked, place))
    const kind = place.name === 'roles' ? 'role' : 'entitlement'
    const row = (value: string, rules: readonly AppGrant[]): Part => ({
      kind,
      value,
      through: rules.length === 0 ? 'map' : `grant ${rules.map(({ group }) => groupName(group)).join(', ')}`,
      ...(confirmedIn === undefined ? {} : { confirmed: acked.has(value) }),
      groups: rules.map(({ group }) => group),
    })
    const ruled = (value: string) => grants.filter((one) => one.value === value && person.groups.has(one.group))
    const wanted = mapped === undefined ? grants.map(({ value }) => value) : valuesIn(mapped, place)
    const rows = [...new Set(wanted)].flatMap((value) => {
      const rules = ruled(value)
      return mapped === undefined && rules.length === 0 ? [] : [row(value, rules)]
    })
    if (confirmedIn === undefined) return rows
    const left = [...acked].filter((value) => !wanted.includes(value))
    return [
      ...rows,
      ...left.map((value): Part => ({ ...row(value, []), through: 'none: not taken away yet', confirmed: true })),
    ]
  })
}

/** Groups that the app has, and the person is in. */
function groupRows(
  { scope, groups: map }: AccessApp,
  { person, groups, confirmedIn }: Known,
  groupName: (id: string) => string,
): readonly Part[] {
  if (map === undefined) return []
  // The directory and the log give them in orders of their own.
  const inOrder = groups.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  return inOrder.flatMap((group): readonly Part[] => {
    // Where groups stay nested, the app works out itself who is in them through others.
    const direct = person.groups.get(group.id) === true
    if (!direct && map.members?.nested === 'keep') return []
    const decision = scope.decide('Group', group.document, new Set(group.groups.keys()))
    if (!decision.in) return []
    return [
      {
        kind: 'group',
        value: nameOf(group),
        through: `member of ${groupName(group.id)}${direct ? '' : ' through another group'}; ${throughScope('scope.groups', decision, groupName)}`,
        ...(confirmedIn === undefined ? {} : { confirmed: confirmedIn.has(group.id) }),
        groups: [group.id],
      },
    ]
  })
}

/** The conditions that hold, as text. */
function throughScope(
  option: 'scope' | 'scope.groups',
  { clauses }: ScopeDecision,
  groupName: (id: string) => string,
): string {
  const filter = clauses.find(({ clause }) => clause === 'filter')
  const groups = clauses
    .filter(({ clause, holds }) => clause === 'memberOf' && holds)
    .map(({ text }) => groupName(text))
  const parts = [
    ...(filter === undefined ? [] : [`${option}.filter ${filter.text}`]),
    ...(groups.length === 0 ? [] : [`memberOf ${groups.join(', ')}`]),
  ]
  const text = parts.length === 0 ? `${option}: all` : parts.join(' and ')
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}

/** Why an account is on that no rule gives. */
function whyStill({ settings }: AccessApp, decision: ScopeDecision, killed: boolean): string {
  if (killed) return 'to be switched off everywhere, and not confirmed yet'
  if (decision.in) return 'deactivated here, and not confirmed yet'
  if (settings.policy.onLeave === 'ignore') return 'out of scope, and left as it is (onLeave: ignore)'
  return 'out of scope, and the removal is not confirmed yet'
}

/** The account as it must be; undefined where the map has a fault. */
function mappedOf({ users }: AccessApp, { person, link }: Known, memberOf: ReadonlySet<string>): Document | undefined {
  try {
    const account = link?.acked
    return users.map(
      person.document,
      { memberOf, accountOf: () => undefined, ...(account === undefined ? {} : { account }) },
      account === undefined ? 'create' : 'update',
    ).document
  } catch (error) {
    if (error instanceof MapFault) return undefined
    throw error
  }
}

function valuesIn(document: Document | undefined, { extension, name }: Place): readonly string[] {
  const holder = extension === undefined ? document : document?.[extension]
  const list: Json | undefined = isObject(holder) ? holder[name] : undefined
  if (!Array.isArray(list)) return []
  return list.flatMap((one: Json) => {
    const value = isObject(one) ? one.value : one
    return typeof value === 'string' ? [value] : []
  })
}

/** What people call it. */
export function nameOf({ id, document }: Seen): string {
  const name = document.userName ?? document.displayName
  return typeof name === 'string' ? name : id
}
