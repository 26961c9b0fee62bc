// The steps that bring an account from what the app has confirmed to what it should hold. Pure.

import { type Document, equalJson, fitsInBytes, isObject, type Json } from '../../protocol/index.ts'
import {
  type AccountTraits,
  AppError,
  type AppSettings,
  type CompiledApp,
  type Link,
  type PlanItem,
  type Step,
  type Traits,
} from '../contract/index.ts'
import type { Want } from './want.ts'

/** A step that concerns an account itself. */
export type AccountStep = Exclude<Step, { do: 'members' }>

/** What is to be done about one account, in order. */
export interface Steps {
  readonly action: Extract<
    PlanItem['action'],
    'create' | 'adopt' | 'update' | 'enable' | 'disable' | 'remove' | 'unlink' | 'same'
  >
  readonly steps: readonly AccountStep[]
  /** The app has to be searched first: for an account that is there already, or that a lost answer has made. */
  readonly needsMatch: boolean
  /** Accounts that lose access by it which had it before: 0 or 1. */
  readonly removes: 0 | 1
}

const NOTHING: Steps = { action: 'same', steps: [], needsMatch: false, removes: 0 }

/**
 * Attributes of an account that a link keeps: what the map manages, and whether it is switched on. Those that are written once are among
 * them while the account is made or taken over. AppError refused for accounts that are too large to be kept.
 */
export function managedOf(
  app: Pick<CompiledApp, 'maps'>,
  link: Pick<Link, 'type' | 'adopting'>,
  document: Document,
): Document {
  const map = link.type === 'User' ? app.maps.User : app.maps.Group
  const { managed: names = [], onCreateOnly = [] } = map ?? {}
  const managed: { [name: string]: Json } = {}
  for (const [name, value] of Object.entries(document)) {
    const isManaged = names.includes(name) && (link.adopting === true || !onCreateOnly.includes(name))
    if (isManaged || (link.type === 'User' && name === 'active')) managed[name] = value
  }
  if (fitsInBytes(managed, ACCOUNT_BYTES)) return managed
  throw new AppError(
    'refused',
    `The account is larger than the ${ACCOUNT_BYTES} bytes of JSON that the hub keeps of one`,
  )
}

/** Largest account that is kept of a link: an item of work holds little more. */
const ACCOUNT_BYTES = 200_000

/** The traits of an account's type; undefined where the app has no such accounts. */
export function accountTraits(traits: Traits, type: Link['type']): AccountTraits | undefined {
  return type === 'User' ? traits.users : traits.groups
}

/** Whether there is an account in the app, as far as it was confirmed. Where switching off deletes, one that is off is not there. */
export function isThere(traits: Traits, link: Pick<Link, 'type' | 'account' | 'acked'> | undefined): boolean {
  if (link?.account === undefined) return false
  return link.type === 'Group' || traits.off.disableMeans === 'kept' || link.acked?.active !== false
}

/** The steps from a link to what is wanted of its account. Pure: plans, explanations and the deliverer use the very same. */
export function stepsOf(app: Pick<CompiledApp, 'adapter' | 'maps' | 'settings'>, link: Link, want: Want): Steps {
  const { traits } = app.adapter
  const own = accountTraits(traits, link.type)
  if (own === undefined) return NOTHING
  if (want.leave !== undefined) return want.leave === 'unlink' && link.account !== undefined ? unlink() : NOTHING
  const isMadeAgain = want.wanted === 'active' || link.tentative?.create === true
  if (link.account === undefined || (isMadeAgain && comesBackByCreate(traits, link))) {
    return withoutAccount(app, own, link, want)
  }
  if (want.wanted === 'absent') {
    // If it stays there, switched off, however often it is removed, all that is left to do is its name.
    return isRemoved(traits, link) ? changes(app, own, link, link.account, want) : removal(own, link, link.account)
  }
  return changes(app, own, link, link.account, want)
}

function unlink(): Steps {
  return { action: 'unlink', steps: [], needsMatch: false, removes: 1 }
}

/** Whether an account that is off can only be made again. */
export function comesBackByCreate({ off }: Traits, link: Link): boolean {
  return link.type === 'User' && off.reenable === 'create' && link.acked?.active === false
}

function withoutAccount(app: Pick<CompiledApp, 'maps'>, own: AccountTraits, link: Link, want: Want): Steps {
  const { type } = link
  if (want.wanted !== 'active' || want.document === undefined) {
    // A create of unknown outcome may have left an account that must go.
    return link.tentative?.create === true ? { ...NOTHING, needsMatch: true } : NOTHING
  }
  // Refused before it is made.
  managedOf(app, link, want.document)
  if (!own.create) return { action: 'adopt', steps: [], needsMatch: true, removes: 0 }
  return { action: 'create', steps: [{ do: 'create', type, document: want.document }], needsMatch: true, removes: 0 }
}

function isOff(link: Link): boolean {
  return link.type === 'User' && link.acked?.active === false && !isUncertain(link, 'active')
}

/**
 * Whether nothing is left to remove: where the app only switches such accounts off, and where it has deleted the account as that was switched
 * off. Its id may be another's by now.
 */
function isRemoved({ off }: Traits, link: Link): boolean {
  if (!isOff(link) || link.tentative?.remove === true) return false
  const isDeleted = off.disableMeans === 'deleted' && link.off?.account === link.account
  return off.removeMeans === 'deactivates' || (isDeleted && link.off?.readBack?.found !== 'off')
}

/**
 * Whether a request of unknown outcome may have ended an account so that the app may give its id to another one. Before anything more is sent
 * about it, it has to be read.
 */
export function isPerhapsFreed({ off }: Traits, { type, account, tentative = {} }: Link): boolean {
  if (account === undefined) return false
  if (tentative.remove === true && off.removeMeans === 'removed') return true
  return type === 'User' && off.disableMeans === 'deleted' && isUncertain({ tentative }, 'active')
}

function removal(own: AccountTraits, link: Link, id: string): Steps {
  const { type, acked } = link
  const hadAccess = acked?.active !== false || isUncertain(link, 'active')
  const counted = hadAccess && link.counted !== true ? 1 : 0
  if (own.remove) {
    return { action: 'remove', steps: [{ do: 'remove', type, id }], needsMatch: false, removes: counted }
  }
  if (type === 'Group' || isOff(link)) return NOTHING
  return { action: 'disable', steps: [disable(link, id)], needsMatch: false, removes: counted }
}

function changes(
  app: Pick<CompiledApp, 'adapter' | 'maps' | 'settings'>,
  own: AccountTraits,
  link: Link,
  id: string,
  want: Want,
): Steps {
  const { type, acked = {}, tentative } = link
  const { document = {}, wanted } = want
  const steps: AccountStep[] = []
  const isOn = acked.active !== false
  const ended = endedGrants(app, link)
  let before = { ...stillManaged(app, link, acked), ...holdersOf(ended, acked) }
  const switchesOff = type === 'User' && wanted === 'disabled' && (isOn || isUncertain(link, 'active'))
  if (switchesOff) {
    steps.push(disable(link, id))
    before = { ...before, active: false }
  }
  // What is deleted, or out of reach, when it is off can't be renamed.
  if (wanted === 'active' || (want.document !== undefined && app.adapter.traits.off.disableMeans === 'kept')) {
    const managed = withSwapName(link, managedOf(app, link, document))
    const after = ended.length === 0 ? managed : withoutGrants({ ...holdersOf(ended, acked), ...managed }, ended)
    const uncertain = (tentative?.attributes ?? []).filter((name) => !(switchesOff && name === 'active'))
    const isSame = equalJson(before, after) || equalJson(own.comparable(before), own.comparable(after))
    if (uncertain.length > 0 || !isSame) {
      steps.push({ do: 'update', type, id, change: { before, after, uncertain } })
    }
  }
  if (steps.length === 0) return NOTHING
  const action = switchesOff ? 'disable' : type === 'User' && !isOn && wanted === 'active' ? 'enable' : 'update'
  return { action, steps, needsMatch: false, removes: switchesOff && link.counted !== true ? 1 : 0 }
}

/** Attributes that give rights. */
const RIGHTS = ['roles', 'entitlements']

/** What the map no longer names is left alone, except rights: those that the hub gave go with the last rule or grant that gave them. */
function stillManaged({ maps }: Pick<CompiledApp, 'maps'>, { type }: Pick<Link, 'type'>, acked: Document): Document {
  const names = (type === 'User' ? maps.User : maps.Group)?.managed ?? []
  const isKept = (name: string) => names.includes(name) || name === 'active' || RIGHTS.includes(name)
  return Object.keys(acked).every(isKept)
    ? acked
    : Object.fromEntries(Object.entries(acked).filter(([name]) => isKept(name)))
}

/** Attributes of extensions, by path, that grants give: what the app had of its own beside them is not ours to take away. */
export function extensionGrants({ grants }: Pick<AppSettings, 'grants'>): readonly string[] {
  return [...new Set(grants.map(({ attribute }) => attribute).filter((path) => path.includes(':')))]
}

/** Those that grants gave this account and that none gives any more. */
function endedGrants(
  { settings }: Pick<CompiledApp, 'settings'>,
  { granted }: Pick<Link, 'granted'>,
): readonly string[] {
  if (granted === undefined) return []
  const now = extensionGrants(settings)
  return granted.filter((path) => !now.includes(path))
}

/** The extensions that the attributes are in, as the account has them. */
function holdersOf(paths: readonly string[], acked: Document): Document {
  const names = new Set(paths.map((path) => path.slice(0, path.lastIndexOf(':')).toLowerCase()))
  return Object.fromEntries(Object.entries(acked).filter(([name]) => names.has(name.toLowerCase())))
}

function withoutGrants(document: Document, paths: readonly string[]): Document {
  const out = { ...document }
  for (const path of paths) {
    const colon = path.lastIndexOf(':')
    for (const [extension, holder] of Object.entries(holdersOf([path], out))) {
      if (!isObject(holder)) continue
      const own = Object.entries(holder).filter(([name]) => name.toLowerCase() !== path.slice(colon + 1).toLowerCase())
      if (own.length === 0) delete out[extension]
      else out[extension] = Object.fromEntries(own)
    }
  }
  return out
}

/** While two people swap names, one of them has a name of its own for a while. */
function withSwapName(link: Link, document: Document): Document {
  if (link.swap === undefined) return document
  return { ...document, [link.type === 'User' ? 'userName' : 'displayName']: link.swap }
}

function disable(link: Link, id: string): AccountStep {
  const { acked = {}, tentative } = link
  const uncertain = (tentative?.attributes ?? []).filter((name) => name === 'active')
  return { do: 'disable', type: 'User', id, change: { before: acked, after: { ...acked, active: false }, uncertain } }
}

/** Whether a request of unknown outcome may have set an attribute. */
export function isUncertain({ tentative }: Pick<Link, 'tentative'>, attribute: string): boolean {
  return tentative?.attributes?.includes(attribute) === true
}

/** What an account is known by: its name and its externalId, as far as it has them. */
export function knownBy(document: Document): Document {
  const names = ['userName', 'displayName', 'externalId'] as const
  return Object.fromEntries(names.flatMap((name) => (document[name] === undefined ? [] : [[name, document[name]]])))
}

/** Top-level attributes in which two documents differ. */
export function differing(before: Document, after: Document): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => !equalJson(before[name], after[name]))
}
