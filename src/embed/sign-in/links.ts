// The links from identities of identity providers to people, kept as work items of the tenant.

import type { Directory } from '../../directory/index.ts'
import type { Environment } from '../../environment.ts'
import { isObject, type Json } from '../../protocol/index.ts'
import { Conflict, type Item, type Store, type Stored, type WithinWrite, type Write } from '../../store/index.ts'
import type { LinkRule, SignInLink } from './outcome.ts'

/** The queue of the links. */
export const LINKS = 'sign-in-link'

/** A link as it is kept. */
export interface KeptLink extends SignInLink {
  readonly key: string
  readonly person: string
  /** What the person was when the link was made: somebody who was deleted and created again under the same id is not the same. */
  readonly created: number
  readonly version: number
}

/** Where links are kept. */
export interface Links {
  /** The link of an identity, if its person is still the one it was made for. */
  readonly find: (
    tenant: string,
    issuer: string,
    subject: string,
  ) => Promise<{ readonly link: KeptLink; readonly stored: Stored } | undefined>
  readonly ofPerson: (tenant: string, id: string) => Promise<readonly KeptLink[]>
  /** The writes that make a link of a person, to be committed with something else. */
  readonly making: (link: Omit<NewLink, 'person'>) => Promise<(person: string) => readonly LinkWrite[]>
  /** Makes it. False when the person has changed meanwhile, or somebody else has made it. */
  readonly make: (link: NewLink, stored: Stored) => Promise<boolean>
  /** Removes links of a person; how many there were. */
  readonly remove: (tenant: string, id: string, links: readonly KeptLink[], actor: string) => Promise<void>
}

/** A link that is to be made. */
export interface NewLink {
  readonly tenant: string
  readonly person: string
  readonly created: number
  readonly version: number
  readonly issuer: string
  readonly subject: string
  readonly connection: string
  readonly rule: LinkRule
  readonly actor: string
}

type LinkWrite = Extract<Write, { write: 'item' | 'note' }>

/** Most links of one person that are looked at. */
const MOST = 1_000

/** Creates the place where links are kept. */
export function createLinks({
  store,
  directory,
  environment,
}: {
  readonly store: Store
  readonly directory: Directory
  readonly environment: Environment
}): Links {
  const making: Links['making'] = async (link) => {
    const { tenant, issuer, subject, connection, rule, created, version, actor } = link
    const at = environment.now()
    const key = await keyOf(issuer, subject)
    const value: Json = { issuer, subject, connection, rule, at, created, version }
    // By a name or an address only one can be the first, however many come at once.
    const first = rule === 'userName' || rule === 'email' ? { ifAbsent: true } : {}
    return (person) => [
      { write: 'item', item: { tenant, queue: LINKS, key }, set: { tag: person, value } },
      { write: 'item', item: { tenant, queue: LINKS, key: linkedKey(person) }, set: { value: at }, ...first },
      note(tenant, person, actor, 'linked', connection, rule, at),
    ]
  }

  return {
    async find(tenant, issuer, subject) {
      const [item] = await store.items(tenant, LINKS, { keys: [await keyOf(issuer, subject)] })
      const link = item && readLink(item)
      if (link === undefined || link.issuer !== issuer || link.subject !== subject) return undefined
      const stored = await directory.get({ tenant, type: 'User', id: link.person })
      if (stored === undefined || stored.created !== link.created || stored.version < link.version) return undefined
      return { link, stored }
    },

    async ofPerson(tenant, id) {
      const items = await store.items(tenant, LINKS, { tag: id, limit: MOST })
      return items.flatMap((item) => readLink(item) ?? [])
    },

    making,

    async make(link, stored) {
      const { tenant, type, id, version } = stored
      // Nothing is changed; it fails if the person has been deactivated, renamed or deleted since it was read.
      const guard: Write = { write: 'reindex', ref: { tenant, type, id }, ifVersion: version, unindex: [], index: [] }
      try {
        await store.commit([guard, ...(await making(link))(link.person)])
        return true
      } catch (error) {
        if (error instanceof Conflict && ['version', 'missing', 'exists'].includes(error.reason)) return false
        throw error
      }
    },

    async remove(tenant, id, links, actor) {
      const at = environment.now()
      const writes = links.flatMap((link): readonly Write[] => [
        { write: 'item', item: { tenant, queue: LINKS, key: link.key }, set: undefined },
        note(tenant, id, actor, 'unlinked', link.connection, link.rule, at),
      ])
      if (writes.length === 0) return
      const left = (await store.items(tenant, LINKS, { tag: id, limit: MOST })).length - links.length
      const none: Write = { write: 'item', item: { tenant, queue: LINKS, key: linkedKey(id) }, set: undefined }
      await store.commit(left > 0 ? writes : [...writes, none])
    },
  }
}

/** The writes that take the links of a person who is deleted away with them. */
export function withoutLinks(tenant: string, person: string, links: readonly Item[]): readonly WithinWrite[] {
  const keys = [...links.map(({ key }) => key), linkedKey(person)]
  return keys.map((key) => ({ write: 'item', item: { tenant, queue: LINKS, key }, set: undefined }))
}

/** Removes all links of a person who is gone. */
export async function removeLinks(store: Store, tenant: string, person: string): Promise<void> {
  for (;;) {
    const links = await store.items(tenant, LINKS, { tag: person, limit: MOST })
    if (links.length === 0) return
    await store.commit(withoutLinks(tenant, person, links))
  }
}

/** The item that is there while a person has a link. */
function linkedKey(person: string): string {
  return `person:${person}`
}

function note(
  tenant: string,
  person: string,
  actor: string,
  verb: string,
  connection: string,
  rule: string,
  at: number,
): LinkWrite {
  const paths = [
    { path: 'verb', new: verb },
    { path: 'connection', new: connection },
    { path: 'rule', new: rule },
  ]
  return { write: 'note', ref: { tenant, type: 'SignIn', id: person }, at, log: { actor, paths } }
}

/** What an identity is kept under: a hash, for issuers and subjects are of any length and hold anything. */
async function keyOf(issuer: string, subject: string): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([issuer, subject]))
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', text))
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

function readLink({ key, tag, value }: Item): KeptLink | undefined {
  if (!isObject(value)) return undefined
  const { issuer, subject, connection, rule, at, created, version } = value
  if (typeof issuer !== 'string' || typeof subject !== 'string' || typeof connection !== 'string') return undefined
  if (typeof rule !== 'string' || typeof at !== 'number' || typeof created !== 'number' || typeof version !== 'number')
    return undefined
  return { key, person: tag, issuer, subject, connection, rule: rule as LinkRule, at, created, version }
}
