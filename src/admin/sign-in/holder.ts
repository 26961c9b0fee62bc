// Whom a session belongs to, as it is kept: a name to look up with each request, never rights.

import { isObject, type Json, type JsonObject } from '../../protocol/index.ts'

/** Who has signed in, and how. What they may do is looked up with each request, so that it ends when it is taken away. */
export type Holder =
  /** An operator, by a one-time link. */
  | { readonly by: 'link'; readonly operator: string }
  /** Whoever has an admin token, by the hash of it. */
  | { readonly by: 'token'; readonly token: string }
  /** Somebody whom the identity provider of the console knows; `claims` are those that rules look at. */
  | {
      readonly by: 'oidc'
      readonly issuer: string
      readonly subject: string
      readonly name: string
      readonly claims: { readonly [claim: string]: readonly string[] }
    }
  /** A person of a tenant, whom the identity provider of the console knows too. */
  | { readonly by: 'person'; readonly issuer: string; readonly tenant: string; readonly person: string }

/** A holder as it is kept. */
export function holderJson(holder: Holder): JsonObject {
  return { ...holder } as JsonObject
}

/** Reads a holder; undefined if this version doesn't know such a one: then the session counts as ended. */
export function readHolder(json: Json | undefined): Holder | undefined {
  if (!isObject(json)) return undefined
  const { by } = json
  const text = (name: string) => (typeof json[name] === 'string' ? json[name] : undefined)
  const [operator, token, issuer, subject, tenant, person] = [
    text('operator'),
    text('token'),
    text('issuer'),
    text('subject'),
    text('tenant'),
    text('person'),
  ]
  if (by === 'link' && operator !== undefined) return { by, operator }
  if (by === 'token' && token !== undefined) return { by, token }
  if (issuer === undefined) return undefined
  if (by === 'person' && tenant !== undefined && person !== undefined) return { by, issuer, tenant, person }
  if (by !== 'oidc' || subject === undefined) return undefined
  return { by, issuer, subject, name: text('name') ?? subject, claims: readClaims(json.claims) }
}

function readClaims(json: Json | undefined): { readonly [claim: string]: readonly string[] } {
  if (!isObject(json)) return {}
  const entries = Object.entries(json).map(([claim, values]) => [
    claim,
    Array.isArray(values) ? values.filter((value) => typeof value === 'string') : [],
  ])
  return Object.fromEntries(entries)
}

/** Whether two holders are the same person or token, signed in at different times. */
export function isSameHolder(a: Holder, b: Holder): boolean {
  return idOf(a) === idOf(b)
}

/** What tells holders apart. */
export function idOf(holder: Holder): string {
  switch (holder.by) {
    case 'link':
      return `operator ${holder.operator}`
    case 'token':
      return `token ${holder.token}`
    case 'oidc':
      return `oidc ${holder.issuer} ${holder.subject}`
    case 'person':
      return `person ${holder.tenant} ${holder.person}`
  }
}
