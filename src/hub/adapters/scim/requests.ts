// The requests of each step, worked out before any is sent. Pure: what is shown is what goes out.

import { pathOf } from '../../../client/index.ts'
import {
  type AppProfile,
  type Difference,
  type Document,
  diff,
  equalJson,
  type JsonObject,
  memberRequests,
  PATCH_OP,
  schemasFor,
  updatesOf,
} from '../../../protocol/index.ts'
import { toScim1 } from '../../../quirks/index.ts'
import type { AccountChange, AccountType, MemberChange, ShownRequest, Step } from '../../contract/index.ts'
import type { AccountForm } from './account-form.ts'
import { overlaid } from './rewrite.ts'

/**
 * A request of a step. `rewrite` and `rewrite-members` read first: they write all that there is, with what changes changed. `unmet` is no
 * request: it says what the app has no way to be told.
 */
export type Planned =
  | {
      readonly kind: 'send'
      readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
      readonly path: string
      readonly body?: JsonObject
    }
  | {
      readonly kind: 'rewrite'
      readonly path: string
      readonly id: string
      readonly from: Document
      readonly to: Document
    }
  | { readonly kind: 'unmet'; readonly path: string; readonly why: string }
  | { readonly kind: 'rewrite-members'; readonly path: string; readonly change: MemberChange }

/** What requests are made from. */
export interface Dialect {
  readonly profile: AppProfile
  readonly forms: { readonly [type in AccountType]: AccountForm }
}

/** The requests of a step, in order. */
export function requestsOf(step: Step, dialect: Dialect): readonly Planned[] {
  const { profile, forms } = dialect
  const form = forms[step.type]
  switch (step.do) {
    case 'create':
      return [{ kind: 'send', method: 'POST', path: form.endpoint, body: created(step.document, form, profile) }]
    case 'update':
      return updates(step.id, step.change, form, profile)
    case 'disable':
      return switchOff(step.id, step.change, form, profile)
    case 'remove':
      return [{ kind: 'send', method: 'DELETE', path: pathOf(form.endpoint, step.id) }]
    default:
      return membersOf(step.id, step.change, form, profile)
  }
}

function created(document: Document, form: AccountForm, profile: AppProfile): JsonObject {
  const { members, ...own } = document
  const taken = form.asTaken(own)
  const full = members === undefined || profile.group.members.onCreate === 0 ? taken : { ...taken, members }
  return inDialect({ schemas: schemasFor(full, form.type), ...full }, profile)
}

/** A body as the app's version of SCIM has it. */
export function inDialect(body: JsonObject, { protocol }: AppProfile): JsonObject {
  return protocol === '1.1' ? toScim1(body) : body
}

function updates(id: string, change: AccountChange, form: AccountForm, profile: AppProfile): readonly Planned[] {
  const managed = new Set([...Object.keys(change.before), ...Object.keys(change.after), ...change.uncertain])
  const to = form.asTaken(change.after, managed)
  const uncertain = change.uncertain.filter((name) => !form.fixed.has(name))
  const from = alike(form.asTaken(change.before, managed), to, uncertain, form)
  return sent(diff(from, to, form.type, profile, { uncertain }), id, from, to, form, profile)
}

/** What was, with whatever the app holds for the same as what shall be: its own spelling is no difference. */
function alike(from: Document, to: Document, uncertain: readonly string[], form: AccountForm): Document {
  const was = form.comparable(from)
  const shall = form.comparable(to)
  const out: { [name: string]: Document[string] } = {}
  for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const isSame = !uncertain.includes(name) && !form.unseen.has(name) && equalJson(was[name], shall[name])
    const value = isSame ? to[name] : from[name]
    if (value !== undefined) out[name] = value
  }
  return out
}

/** A difference as requests. */
function sent(
  { put, patches, partials, notes }: Difference,
  id: string,
  from: Document,
  to: Document,
  form: AccountForm,
  profile: AppProfile,
): readonly Planned[] {
  const path = pathOf(form.endpoint, id)
  const whole: readonly Planned[] =
    put === undefined
      ? []
      : put.partial
        ? [{ kind: 'send', method: 'PUT', path, body: inDialect({ ...put.document, id }, profile) }]
        : [{ kind: 'rewrite', path, id, from, to }]
  const unmet = notes.flatMap(({ kind, why }) => (kind === 'impossible' || kind === 'refused' ? [why] : []))
  return [
    ...whole,
    ...patches.map((operations): Planned => patch(path, { schemas: [PATCH_OP], Operations: operations })),
    ...partials.map(
      (part): Planned => patch(path, inDialect({ schemas: schemasFor(part, form.type), ...part }, profile)),
    ),
    ...(unmet.length === 0 ? [] : [{ kind: 'unmet', path, why: unmet.join('; ') } as const]),
  ]
}

function patch(path: string, body: JsonObject): Planned {
  return { kind: 'send', method: 'PATCH', path, body }
}

/** What switches an account off, and nothing else: nothing that an app may refuse stands in the way. */
function switchOff(id: string, { before }: AccountChange, form: AccountForm, profile: AppProfile): readonly Planned[] {
  if (profile.off.disable === 'delete') {
    return [{ kind: 'send', method: 'DELETE', path: pathOf(form.endpoint, id) }]
  }
  const own = form.asTaken(before, new Set(Object.keys(before)))
  const on = { ...own, active: true }
  const off = { ...own, active: false }
  const difference = diff(on, off, form.type, profile, { uncertain: ['active'] })
  return sent(difference, id, { active: true }, { active: false }, form, profile)
}

function membersOf(id: string, change: MemberChange, form: AccountForm, profile: AppProfile): readonly Planned[] {
  const path = pathOf(form.endpoint, id)
  const requests = memberRequests(change.add, change.remove, updatesOf(profile, 'Group'))
  if (requests === undefined) return [{ kind: 'rewrite-members', path, change }]
  return [
    ...requests.patches.map((operations): Planned => patch(path, { schemas: [PATCH_OP], Operations: operations })),
    ...requests.partials.map(
      (part): Planned => patch(path, inDialect({ schemas: [form.type.schema.id], ...part }, profile)),
    ),
  ]
}

/** Requests as plans and attempts show them. */
export function shown(planned: readonly Planned[], form: AccountForm, profile: AppProfile): readonly ShownRequest[] {
  return planned.flatMap((each): readonly ShownRequest[] => {
    const { path: target } = each
    const first = { verb: 'GET', target }
    switch (each.kind) {
      case 'send':
        return [
          { verb: each.method, target, ...(each.body === undefined ? {} : { body: withoutSecrets(each.body, form) }) },
        ]
      case 'rewrite': {
        // What the app has besides is not known before it is read, and stays.
        const body = inDialect(overlaid({ id: each.id }, each.from, each.to, form.type), profile)
        return [first, { verb: 'PUT', target, body: withoutSecrets(body, form) }]
      }
      case 'unmet':
        return []
      default:
        // Whom the app has besides is not known before it is read.
        return [first, { verb: 'PUT', target, body: { members: { ...each.change } } }]
    }
  })
}

const SECRET = '(secret)'

/** A body without values that are never shown. RFC 7643 §7, "returned". */
function withoutSecrets(body: JsonObject, form: AccountForm): JsonObject {
  const secret = new Set(
    form.type.schema.attributes.filter(({ returned }) => returned === 'never').map(({ name }) => name),
  )
  const { Operations: operations } = body
  const hide = (object: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(object).map(([name, value]) => [name, secret.has(name) ? SECRET : value]))
  if (!Array.isArray(operations)) return hide(body)
  const kept = (operations as readonly JsonObject[]).map((each) => {
    if (typeof each.path === 'string') return secret.has(each.path) ? { ...each, value: SECRET } : each
    return typeof each.value === 'object' && each.value !== null
      ? { ...each, value: hide(each.value as JsonObject) }
      : each
  })
  return { ...body, Operations: kept }
}
