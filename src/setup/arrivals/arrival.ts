// What arrived from an identity provider while it is set up: what it asked, or what was wrong.

import type { Answer } from '../../call.ts'
import { isObject, type Json } from '../../protocol/index.ts'
import { numberOf, textOf } from '../../store/index.ts'
import type { TokenFault } from './token-fault.ts'
import type { UrlFault } from './url-fault.ts'

/** What a request that was let in asked for. */
export const REQUESTS = [
  'features',
  'find-person',
  'find-group',
  'list-people',
  'list-groups',
  'read-person',
  'read-group',
  'make-person',
  'make-group',
  'change-person',
  'change-group',
  'remove-person',
  'remove-group',
  'bulk',
  'other',
] as const
/** One of {@link REQUESTS}. */
export type RequestWord = (typeof REQUESTS)[number]

/** Why a request was not carried out although it was let in. */
export interface Refusal {
  readonly status: number
  /** The detail error keyword. RFC 7644 §3.12. */
  readonly scimType?: string
}

/** Like requests that came one after the other. Times in milliseconds since 1970. */
export interface Arrival {
  readonly first: number
  readonly last: number
  readonly count: number
  /** What was asked, when it was let in. */
  readonly asked?: RequestWord
  /** The token that let it in, by its short name. */
  readonly token?: string
  /** How many resources the last search found. */
  readonly found?: number
  readonly refusal?: Refusal
  /** What was wrong with the token or the base URL, when it was not let in. */
  readonly wrong?: TokenFault | UrlFault
  /** The kind of identity provider that it looked like, by what it calls itself. */
  readonly looksLike?: string
}

/** A request as it is watched. */
export interface Asked {
  readonly method: string
  /** Below the base URL, percent-encoded. */
  readonly path: string
  readonly search: string
}

/** What a request asked for, in a word. RFC 7644 §3.2. */
export function wordOf({ method, path, search }: Asked): RequestWord {
  const [, endpoint = '', id] = path.split('/')
  const what = endpoint.toLowerCase()
  if (['serviceproviderconfig', 'serviceproviderconfigs', 'schemas', 'resourcetypes'].includes(what)) return 'features'
  if (what === 'bulk') return 'bulk'
  const person = what === 'users'
  if (!person && what !== 'groups') return 'other'
  const word = (verb: 'find' | 'read' | 'make' | 'change' | 'remove') =>
    `${verb}-${person ? 'person' : 'group'}` as RequestWord
  if (method === 'POST') return id === undefined || id === '' ? word('make') : id === '.search' ? word('find') : 'other'
  if (method === 'DELETE') return word('remove')
  if (method === 'PATCH' || method === 'PUT') return word('change')
  if (id !== undefined && id !== '') return word('read')
  if (/(?:^|&)filter=/.test(search)) return word('find')
  return person ? 'list-people' : 'list-groups'
}

/** How many resources a list found; undefined for other answers. RFC 7644 §3.4.2. */
export function foundIn({ status, body }: Pick<Answer, 'status' | 'body'>): number | undefined {
  if (status !== 200 || typeof body !== 'string') return undefined
  const [, total] = /"totalResults":(\d{1,9})/.exec(body.slice(0, 200)) ?? []
  return total === undefined ? undefined : Number(total)
}

/** Why an answer does not give what was asked. That somebody is not there is an answer like any other. */
export function refusalIn(word: RequestWord, { status, body }: Pick<Answer, 'status' | 'body'>): Refusal | undefined {
  if (status < 400 || (status === 404 && /^(?:read|remove|change)-/.test(word))) return undefined
  const [, scimType] = typeof body === 'string' ? (/"scimType":"([A-Za-z]{1,40})"/.exec(body.slice(0, 300)) ?? []) : []
  return { status, ...(scimType === undefined ? {} : { scimType }) }
}

/** What identity providers call themselves in User-Agent, as seen in recorded conversations. */
const AGENTS: readonly (readonly [RegExp, string])[] = [
  [/okta/i, 'okta'],
  [/google-auto-?provisioning/i, 'google'],
  [/goauthentik/i, 'authentik'],
  [/jumpcloud/i, 'jumpcloud'],
  [/onelogin/i, 'onelogin'],
  [/keycloak/i, 'keycloak'],
  [/auth0/i, 'auth0'],
  [/pingfederate|pingone/i, 'ping'],
  [/rippling/i, 'rippling'],
  [/azure|microsoft|entra/i, 'entra'],
]

/** The kind of identity provider that a User-Agent names, if it names one. */
export function kindOfAgent(agent: string | undefined): string | undefined {
  const text = agent?.slice(0, 200)
  return text === undefined ? undefined : AGENTS.find(([pattern]) => pattern.test(text))?.[1]
}

/** Whether two arrivals are alike, so that they are told as one. */
export function isAlike(a: Arrival, b: Arrival): boolean {
  return (
    a.asked === b.asked &&
    a.token === b.token &&
    (a.found === 0) === (b.found === 0) &&
    JSON.stringify(a.refusal) === JSON.stringify(b.refusal) &&
    JSON.stringify(a.wrong) === JSON.stringify(b.wrong)
  )
}

/** An arrival as it was kept. */
export function toArrival(value: Json): Arrival | undefined {
  if (!isObject(value)) return undefined
  const { first, last, count, asked, token, found, refusal, wrong, looksLike } = value
  const word = REQUESTS.find((one) => one === asked)
  if (word === undefined && !isObject(wrong)) return undefined
  return {
    first: numberOf(first) ?? 0,
    last: numberOf(last) ?? 0,
    count: numberOf(count) ?? 1,
    ...(word === undefined ? {} : { asked: word }),
    ...(typeof token === 'string' ? { token } : {}),
    ...(typeof found === 'number' ? { found } : {}),
    ...(isObject(refusal)
      ? {
          refusal: {
            status: numberOf(refusal.status) ?? 500,
            ...(typeof refusal.scimType === 'string' ? { scimType: refusal.scimType } : {}),
          },
        }
      : {}),
    ...(isObject(wrong) && textOf(wrong.fault) !== undefined ? { wrong: wrong as unknown as TokenFault } : {}),
    ...(typeof looksLike === 'string' ? { looksLike } : {}),
  }
}
