// A setup link as it is stored: for one tenant, known by the hash of its secret.

import { hashToken, tokenId } from '../../access/index.ts'
import { fromBase64url, isBase64url, toBase64url } from '../../base64url.ts'
import type { Environment } from '../../environment.ts'
import { isObject, type JsonObject } from '../../protocol/index.ts'
import { isKind, type Kind } from '../../quirks/index.ts'
import { factsOf, numberOf, type StoredRecord, textOf } from '../../store/index.ts'

/** Kind of the records of setup links, by the hash of their secret. */
export const SETUP_LINK = 'setup-link'

/** The kinds of identity provider that a customer can choose from, in the order of the page. */
export const OFFERED_KINDS = [
  'entra',
  'okta',
  'google',
  'onelogin',
  'ping',
  'jumpcloud',
  'auth0',
  'keycloak',
  'authentik',
  'rippling',
  'generic',
] as const satisfies readonly Kind[]

/** A token that was made through a link. */
export interface SetupToken {
  /** Its short name. */
  readonly id: string
  /** Milliseconds since 1970. */
  readonly made: number
  /** How many characters it has. */
  readonly length: number
  /** When a later one took its place, milliseconds since 1970; absent: it is the one in use. */
  readonly ended?: number
}

/** Why a link is over before its time. */
export type EndReason = 'revoked' | 'guessed'

/** A setup link, without its secret, which nobody keeps. */
export interface SetupLink {
  readonly tenant: string
  /** Its short name in lists and commands. */
  readonly id: string
  readonly kinds: readonly Kind[]
  /** The connection that it is for; absent until the first token is made. */
  readonly connection?: string
  /** How people call the connection. */
  readonly label?: string
  /** For whom it is: only the vendor sees it. */
  readonly note?: string
  /** Milliseconds since 1970. */
  readonly created: number
  /** Who made it. */
  readonly by: string
  /** Milliseconds since 1970. */
  readonly expires: number
  /** Whether it asks for a spoken code. */
  readonly hasCode: boolean
  /** The tokens made through it, oldest first, twenty at most. */
  readonly tokens: readonly SetupToken[]
  /** The last place of the tenant's log when the first token was made. */
  readonly place?: number
  /** Present when it is over before its time. */
  readonly ended?: { readonly at: number; readonly why: EndReason }
}

/** A link with what is needed to check and change it. */
export interface KeptLink {
  readonly link: SetupLink
  readonly record: StoredRecord
  /** The hash of its code, if it has one. */
  readonly code: string | undefined
}

/** A link as kept; a damaged record is a link that is over. */
export function toLink(record: StoredRecord): KeptLink {
  const facts = factsOf(record)
  const { kinds, ended } = facts
  const code = textOf(facts.code)
  const offered = (Array.isArray(kinds) ? kinds : []).filter((kind): kind is Kind => isKind(String(kind)))
  const place = numberOf(facts.place)
  const link: SetupLink = {
    tenant: record.tenant,
    id: tokenId(record.key),
    kinds: offered,
    ...optional('connection', textOf(facts.connection)),
    ...optional('label', textOf(facts.label)),
    ...optional('note', textOf(facts.note)),
    created: numberOf(facts.created) ?? 0,
    by: textOf(facts.by) ?? '',
    expires: numberOf(facts.expires) ?? 0,
    hasCode: code !== undefined,
    tokens: tokensOf(facts),
    ...(place === undefined ? {} : { place }),
    ...(isObject(ended)
      ? { ended: { at: numberOf(ended.at) ?? 0, why: ended.why === 'guessed' ? ('guessed' as const) : 'revoked' } }
      : {}),
  }
  return { link, record, code }
}

function tokensOf({ tokens }: JsonObject): readonly SetupToken[] {
  if (!Array.isArray(tokens)) return []
  return tokens.filter(isObject).map((token) => {
    const ended = numberOf(token.ended)
    return {
      id: textOf(token.id) ?? '',
      made: numberOf(token.made) ?? 0,
      length: numberOf(token.length) ?? 0,
      ...(ended === undefined ? {} : { ended }),
    }
  })
}

function optional<Name extends string>(name: Name, value: string | undefined): { readonly [key in Name]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [key in Name]?: string }
}

/** Whether a link still opens. */
export function isOpen({ ended, expires }: Pick<SetupLink, 'ended' | 'expires'>, now: number): boolean {
  return ended === undefined && now < expires
}

/** The state of a link in one word. */
export function stateOf(link: SetupLink, now: number): 'open' | 'expired' | EndReason {
  return link.ended?.why ?? (now < link.expires ? 'open' : 'expired')
}

/** 256 random bits, too many to guess. */
const SECRET_BYTES = 32
/** The same in base64url. */
const SECRET = /^[A-Za-z0-9_-]{43}$/
/** Longest key that is looked at. */
const KEY_LENGTH = 1_000

/** A new secret of a tenant, for a link or a cookie: `<tenant>.<256 random bits>`. Kept only as a hash. */
export function makeSetupKey(tenant: string, environment: Environment): string {
  // A tenant of an app may have any name; that of a server has only plain characters.
  const name = /^[A-Za-z0-9_-]+$/.test(tenant) ? tenant : `~${toBase64url(new TextEncoder().encode(tenant))}`
  return `${name}.${toBase64url(environment.random(new Uint8Array(SECRET_BYTES)))}`
}

/** The tenant that a secret names, and the hash under which it is kept; undefined for a text in another form. */
export function readSetupKey(key: string): { readonly tenant: string; readonly hash: string } | undefined {
  if (key.length > KEY_LENGTH) return undefined
  const dot = key.lastIndexOf('.')
  if (dot < 1 || !SECRET.test(key.slice(dot + 1))) return undefined
  const tenant = tenantNamed(key.slice(0, dot))
  return tenant === undefined ? undefined : { tenant, hash: hashToken(key) }
}

function tenantNamed(name: string): string | undefined {
  if (!name.startsWith('~')) return /^[A-Za-z0-9_-]+$/.test(name) ? name : undefined
  const encoded = name.slice(1)
  return isBase64url(encoded) ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(fromBase64url(encoded)) : undefined
}

/** Six random digits, to be told by another way than the link. */
export function makeCode(environment: Environment): string {
  const most = 1_000_000
  // Numbers above the last whole million would make some codes likelier than others.
  const bound = Math.floor(2 ** 32 / most) * most
  for (;;) {
    const [number = 0] = new Uint32Array(environment.random(new Uint8Array(4)).slice().buffer)
    if (number < bound) return String(number % most).padStart(6, '0')
  }
}

/** What is kept of a code: hashed with the hash of its link, so that equal codes look different. */
export function hashCode(link: string, code: string): string {
  return hashToken(`${link}:${code}`)
}
