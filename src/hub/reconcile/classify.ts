// What an account that an app shows is, held against the link that it should belong to.

import type { Document, Json } from '../../protocol/index.ts'
import type { AccountTraits, Drift, DriftKind, Link } from '../contract/index.ts'

/** What a link and an account come to. `changed`: the link was written since the account was read, so nothing can be said. */
export type Verdict =
  | { readonly is: 'same' }
  | { readonly is: 'changed' }
  | { readonly is: DriftKind; readonly what: string }

/** An account as it was listed, without what can't be compared. */
export interface Shown {
  /** The attributes that the map manages, as the app gives them back. */
  readonly document: Document
  /** When that was read, in milliseconds since 1970. */
  readonly at: number
}

/** The parts of a document that a map manages, in the form in which they can be compared. */
export function managedPart(document: Document, managed: readonly string[], traits: AccountTraits): Document {
  const comparable = traits.comparable(document)
  const names = managed.filter((name) => comparable[name] !== undefined)
  return Object.fromEntries(names.map((name) => [name, comparable[name] as Json]))
}

/** Whether an account is switched on: SCIM's default is that it is. RFC 7643 §4.1.1. */
export function isActive(document: Document): boolean {
  return document.active !== false
}

/**
 * What a link is, given what the app shows of its account; `shown` is undefined when the app has none of that id. `managed` are the
 * attributes that are compared.
 */
export function classify(
  link: Link,
  shown: Shown | undefined,
  traits: AccountTraits,
  managed: readonly string[],
): Verdict {
  if (link.account === undefined || link.tentative !== undefined) return { is: 'changed' }
  if (shown !== undefined && (link.ackedAt ?? 0) >= shown.at) return { is: 'changed' }
  const off = link.wanted === 'disabled' || link.wanted === 'absent'
  if (shown === undefined) {
    // An account that must be off and is gone gives nobody access.
    if (off) return { is: 'same' }
    return { is: 'missing', what: 'The app has no account of this id any more' }
  }
  if (off && isActive(shown.document)) return { is: 'zombie', what: 'It is active in the app and must not be' }
  if (off) return { is: 'same' }
  const differing = differingNames(link.acked ?? {}, shown.document, traits, managed)
  return differing.length === 0 ? { is: 'same' } : { is: 'drifted', what: differing.join(', ') }
}

/** The managed attributes that differ between what an app confirmed and what it shows, by top-level name. */
export function differingNames(
  acked: Document,
  shown: Document,
  traits: AccountTraits,
  managed: readonly string[],
): readonly string[] {
  const before = managedPart(acked, managed, traits)
  const now = managedPart(shown, managed, traits)
  // `active` is true where it isn't said.
  const value = (document: Document, name: string) => document[name] ?? (name === 'active' ? true : undefined)
  return managed.filter((name) => canonical(value(before, name)) !== canonical(value(now, name)))
}

/**
 * What a link is told that its account holds: what the app shows, and nothing any more of what it has lost. The next delivery sends the
 * difference.
 */
export function ackedAsShown(
  acked: Document,
  shown: Document,
  traits: AccountTraits,
  managed: readonly string[],
): Document {
  const lost = differingNames(acked, shown, traits, managed).filter((name) => shown[name] === undefined)
  const kept = Object.entries(acked).filter(([name]) => !lost.includes(name))
  return { ...Object.fromEntries(kept), ...shown, ...(lost.includes('active') ? { active: true } : {}) }
}

/** What people are shown of a verdict. */
export function driftOf(
  verdict: { readonly is: DriftKind; readonly what: string },
  link: Link,
  resource: string,
  done: Drift['done'],
): Drift {
  const account = link.account ?? ''
  return { kind: verdict.is, type: link.type, account, resource, name: link.name, what: verdict.what, done }
}

/** JSON with the members of objects in the order of their names, and lists of objects in an order of their own: lists of SCIM have none. */
export function canonical(value: Json | undefined): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) {
    return `[${value
      .map((each: Json) => canonical(each))
      .toSorted()
      .join(',')}]`
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(',')}}`
  }
  return JSON.stringify(value)
}
