// Accounts as an app takes them, and as they can be compared with what it shows.

import { readResource } from '../../../client/index.ts'
import {
  type AccountProfile,
  type AppProfile,
  type Attribute,
  canonicalJson,
  type Document,
  isObject,
  type Json,
  type JsonObject,
  LENIENT,
  type Normaliser,
  normalise,
  type ResourceType,
  updatesOf,
} from '../../../protocol/index.ts'
import type { Account, AccountType } from '../../contract/index.ts'
import { changeAt, type Place, placeOf, valueAt, withValueAt } from './place.ts'

/** What an app makes of accounts of one type. */
export interface AccountForm {
  readonly type: ResourceType
  /** Below the base URL. */
  readonly endpoint: string
  readonly account: AccountProfile
  /**
   * An account as it is sent: with what the app requires, without what it doesn't keep. Of attributes that are not managed, where those
   * are named, nothing is said.
   */
  readonly asTaken: (document: Document, managed?: ReadonlySet<string>) => Document
  /** What keeps the app from taking an account that was fitted, in words; empty when nothing does. */
  readonly faults: (fitted: Document) => readonly string[]
  /** Top-level attributes that the app never changes once an account is made, or doesn't keep at all. */
  readonly fixed: ReadonlySet<string>
  /** Attributes that no app ever shows, like a password: they can't be compared. */
  readonly unseen: ReadonlySet<string>
  /** An account as it can be compared: see `AccountTraits.comparable`. */
  readonly comparable: (document: Document) => Document
  /** An account in an answer; undefined when it has no id. */
  readonly read: (body: JsonObject) => Account | undefined
  /** A text as the app gives it back. */
  readonly normalised: (path: string, value: string) => string
}

/** Members of a resource that are no part of an account. */
const NO_PART = ['id', 'meta', 'schemas', 'members', 'groups']

/** What an app makes of accounts of one type. */
export function createAccountForm(accounts: AccountType, given: ResourceType, profile: AppProfile): AccountForm {
  const endpoint = accounts === 'User' ? profile.paths.users : profile.paths.groups
  const account = accounts === 'User' ? profile.user : profile.group
  const type = { ...given, endpoint }
  const place = (path: string) => placeOf(path, type)
  const drops = account.drop.map(place)
  const singles = account.singleValued.map(place)
  const defaults = Object.entries(account.defaults).map(([path, stand]) => ({ at: place(path), stand }))
  const texts = textRules(account, place)
  const normalisers = Object.entries(account.normalise).map(([path, how]) => ({ at: place(path), how }))
  const named = (test: (attribute: Attribute) => boolean) => type.schema.attributes.filter(test).map(({ name }) => name)
  const unseen = new Set(named(({ returned }) => returned === 'never'))
  const served = named(({ mutability }) => mutability === 'readOnly')
  const fixed = fixedRoots(accounts, type, profile)
  const uncompared = new Set([...NO_PART, ...unseen, ...served, ...fixed])
  // What every account is looked up by is never rewritten: two could come to share it.
  const untouched = new Set([...account.unique, ...account.match, 'externalId'])

  const asTaken = (document: Document, managed?: ReadonlySet<string>): Document => {
    let out = document
    for (const { at, stand } of defaults) {
      if (managed !== undefined && !managed.has(at.extension ?? at.name)) continue
      const value = valueAt(out, at)
      if (value !== undefined && value !== '') continue
      const own = 'from' in stand ? valueAt(out, place(stand.from)) : stand.value
      if (own !== undefined) out = withValueAt(out, at, own)
    }
    for (const at of drops) out = changeAt(out, at, () => undefined)
    for (const at of singles) out = changeAt(out, at, onlyOne)
    return fitTexts(out, texts, account, untouched)
  }
  return {
    type,
    endpoint,
    account,
    asTaken,
    unseen,
    fixed: new Set([...account.drop, ...fixed]),
    faults: (fitted) => [
      ...account.required.filter((path) => isMissing(valueAt(fitted, place(path)))).map((path) => `it needs ${path}`),
      ...texts.flatMap((rule) => faultsOf(rule, fitted, account, untouched)),
    ],
    comparable(document) {
      let out = asTaken(normalForm(document, type))
      for (const { at, how } of normalisers) out = changeAt(out, at, (value) => rewritten(value, how))
      return (
        (canonical(Object.fromEntries(Object.entries(out).filter(([name]) => !uncompared.has(name)))) as
          | Document
          | undefined) ?? {}
      )
    },
    read(body) {
      const found = readResource(type, body) as unknown as JsonObject | undefined
      if (found === undefined) return undefined
      const own = Object.entries(normalForm(found, type)).filter(([name]) => !NO_PART.includes(name))
      return { id: String(found.id), document: Object.fromEntries(own) }
    },
    normalised(path, value) {
      const how = Object.hasOwn(account.normalise, path) ? account.normalise[path] : undefined
      return how === undefined ? value : String(rewritten(value, how))
    },
  }
}

/** Attributes that the app never changes once an account is made: to compare them would find a difference for ever. */
function fixedRoots(accounts: AccountType, type: ResourceType, profile: AppProfile): readonly string[] {
  const updates = updatesOf(profile, accounts)
  const { patchOnly } = updates
  const roots = [
    ...type.schema.attributes.map(({ name }) => name),
    'externalId',
    ...type.extensions.map(({ schema }) => schema.id),
  ]
  const isOpen = (root: string) => updates.put !== 'none' || (updates.patch && (patchOnly?.includes(root) ?? true))
  return [...(updates.fixed ?? []), ...roots.filter((root) => !isOpen(root))]
}

/** A document in normal form. An attribute that makes no sense is left out: an app may show anything. RFC 7643 §2. */
function normalForm(document: Document, type: ResourceType): Document {
  try {
    return without(normalise(document, type, LENIENT), 'schemas')
  } catch {
    const parts = Object.entries(document).map(([name, value]) => {
      try {
        return without(normalise({ [name]: value }, type, LENIENT), 'schemas')
      } catch {
        return {}
      }
    })
    return Object.assign({}, ...parts) as Document
  }
}

function without(document: JsonObject, name: string): JsonObject {
  const { [name]: _gone, ...rest } = document
  return rest
}

function isMissing(value: Json | undefined): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
}

/** The primary value of a list, else its first. RFC 7643 §2.4. */
function onlyOne(value: Json): Json {
  if (!Array.isArray(value) || value.length < 2) return value
  const list: readonly Json[] = value
  return [list.find((one) => isObject(one) && one.primary === true) ?? list[0] ?? null]
}

/** What a text may not be. */
interface TextRule {
  readonly path: string
  /** Undefined: all texts. */
  readonly at: Place | undefined
  readonly longest?: number
  readonly forbidden?: string
}

function textRules({ maxLength, forbid }: AccountProfile, place: (path: string) => Place): readonly TextRule[] {
  const at = (path: string) => (path === '*' ? undefined : place(path))
  return [
    ...Object.entries(forbid).map(([path, forbidden]) => ({ path, at: at(path), forbidden })),
    ...Object.entries(maxLength).map(([path, longest]) => ({ path, at: at(path), longest })),
  ]
}

function fitTexts(
  document: Document,
  rules: readonly TextRule[],
  { unfit }: AccountProfile,
  untouched: ReadonlySet<string>,
): Document {
  if (unfit === 'fail') return document
  let out = document
  for (const rule of rules) {
    const mend = (value: Json): Json | undefined => {
      if (typeof value !== 'string' || !isUnfit(value, rule)) return value
      return unfit === 'skip' ? undefined : mended(value, rule)
    }
    if (rule.at !== undefined) {
      if (!untouched.has(rule.path)) out = changeAt(out, rule.at, mend)
      continue
    }
    const names = Object.entries(out).filter(([name]) => !untouched.has(name))
    out = { ...out, ...Object.fromEntries(names.map(([name, value]) => [name, everyText(value, mend) ?? null])) }
    for (const [name] of names) if (out[name] === null) out = without(out, name)
  }
  return out
}

function everyText(value: Json, change: (text: Json) => Json | undefined): Json | undefined {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.flatMap((each: Json) => everyText(each, change) ?? [])
  if (!isObject(value)) return value
  const members = Object.entries(value).flatMap(([name, own]) => {
    const changed = everyText(own, change)
    return changed === undefined ? [] : [[name, changed] as const]
  })
  return Object.fromEntries(members)
}

function isUnfit(text: string, { longest, forbidden }: TextRule): boolean {
  if (longest !== undefined && lengthOf(text) > longest) return true
  return forbidden !== undefined && [...text].some((sign) => forbidden.includes(sign))
}

function mended(text: string, { longest, forbidden }: TextRule): string {
  if (forbidden !== undefined) return [...text].map((sign) => (forbidden.includes(sign) ? '_' : sign)).join('')
  return [...text].slice(0, longest).join('')
}

function lengthOf(text: string): number {
  return text.length > 1_000_000 ? text.length : [...text].length
}

/** Why a text that may not be mended keeps an account from being taken. */
function faultsOf(
  rule: TextRule,
  fitted: Document,
  { unfit }: AccountProfile,
  untouched: ReadonlySet<string>,
): readonly string[] {
  const paths = rule.at === undefined ? [...untouched].filter((path) => !path.includes('.')) : [rule.path]
  return paths.flatMap((path) => {
    if (unfit !== 'fail' && !untouched.has(path)) return []
    const value = rule.at === undefined ? fitted[path] : valueAt(fitted, rule.at)
    if (typeof value !== 'string' || !isUnfit(value, rule)) return []
    const { longest, forbidden = '' } = rule
    if (longest !== undefined) return [`${path} has ${lengthOf(value)} characters, and it takes ${longest}`]
    const sign = [...value].find((each) => forbidden.includes(each))
    return [`${path} holds ${JSON.stringify(sign)}, which it doesn't take`]
  })
}

function rewritten(value: Json, how: Normaliser): Json {
  if (typeof value !== 'string') return value
  switch (how) {
    case 'trim':
      return value.trim()
    case 'lower':
      return value.toLowerCase()
    default:
      return [...value.toLowerCase()].map((sign) => (/[a-z0-9]/.test(sign) ? sign : '-')).join('')
  }
}

/** One form for all that means the same: lists in one order, references by id, nothing that says the same as nothing. RFC 7643 §2.4, §2.5. */
function canonical(value: Json): Json | undefined {
  if (value === null || value === '') return undefined
  if (Array.isArray(value)) {
    const list = value.flatMap((each: Json) => canonical(each) ?? [])
    return list.length === 0 ? undefined : list.toSorted((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1))
  }
  if (!isObject(value)) return value
  const members = Object.keys(value)
    .toSorted()
    .flatMap((name) => {
      if (name === '$ref' || (name === 'primary' && value[name] === false)) return []
      const own = canonical(value[name] ?? null)
      return own === undefined ? [] : [[name, own] as const]
    })
  return members.length === 0 ? undefined : Object.fromEntries(members)
}
