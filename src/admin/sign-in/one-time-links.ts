// Links that sign in once: 256 random bits, of which only the hash is kept.

import { hashToken, isExpired } from '../../access/index.ts'
import { toBase64url } from '../../base64url.ts'
import type { Environment } from '../../environment.ts'
import {
  allRecords,
  createNote,
  factsOf,
  numberOf,
  oneRecord,
  putIfSame,
  type Store,
  textOf,
  type Write,
} from '../../store/index.ts'
import type { Giver } from '../../tenancy/index.ts'

const LINK = 'sign-in-link'
const SECRET_BYTES = 32
/** Most links that are waiting to be used; the oldest give way. */
const LINKS = 1_000

/** How long links live: that of a first start, one made by a command, and the longest that one made in the console may. */
export const LINK_MS = { first: 1_800_000, command: 600_000, longest: 1_800_000 } as const

/** Whom a link signs in: an operator, or whoever becomes the first owner. */
export type LinkFor = { readonly operator: string } | { readonly first: true }

/** The links of an installation. */
export interface OneTimeLinks {
  /** Makes one; returns its secret, which is shown only once. */
  readonly make: (
    whom: LinkFor,
    lifetimeMs: number,
    by: Pick<Giver, 'actor' | 'told'>,
  ) => Promise<{ readonly secret: string; readonly expires: number }>
  /** Whom a secret signs in, with the write that uses it up: it fails if somebody else was quicker. */
  readonly find: (secret: string) => Promise<{ readonly whom: LinkFor; readonly use: Write } | undefined>
}

/** Creates the links. */
export function createOneTimeLinks(store: Store, environment: Environment): OneTimeLinks {
  return {
    async make(whom, lifetimeMs, by) {
      const now = environment.now()
      const all = await allRecords(store, '', LINK)
      const made = (value: (typeof all)[number]) => numberOf(factsOf(value).made) ?? 0
      const open = all
        .filter((one) => !isExpired(numberOf(factsOf(one).expires), now))
        .sort((a, b) => made(b) - made(a))
      const kept = new Set(open.slice(0, LINKS - 1))
      const secret = toBase64url(environment.random(new Uint8Array(SECRET_BYTES)))
      const expires = now + lifetimeMs
      const note = createNote(environment, by.actor, by.told)
      const id = 'operator' in whom ? whom.operator : 'first'
      await store.commit([
        ...all
          .filter((one) => !kept.has(one))
          .map(({ key }): Write => ({ write: 'record', record: { tenant: '', kind: LINK, key }, value: undefined })),
        {
          write: 'record',
          record: { tenant: '', kind: LINK, key: hashToken(secret) },
          value: { ...whom, made: now, expires },
          ifAbsent: true,
        },
        note('', 'SignInLink', id, 'created', { expires: new Date(expires).toISOString() }),
      ])
      return { secret, expires }
    },
    async find(secret) {
      // The same look for every secret, so that the time tells nothing of whether there was such a link.
      const record = await oneRecord(store, '', LINK, hashToken(secret))
      if (record === undefined) return undefined
      const facts = factsOf(record)
      if (isExpired(numberOf(facts.expires) ?? 0, environment.now())) return undefined
      const operator = textOf(facts.operator)
      const use = putIfSame(record, undefined)
      if (operator !== undefined) return { whom: { operator }, use }
      return facts.first === true ? { whom: { first: true }, use } : undefined
    },
  }
}
