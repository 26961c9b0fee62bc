// The setup links of tenants, as a vendor makes, lists, extends and revokes them.

import { hashToken, tokenId } from '../../access/index.ts'
import type { Environment } from '../../environment.ts'
import type { JsonObject } from '../../protocol/index.ts'
import { isKind, type Kind } from '../../quirks/index.ts'
import {
  allRecords,
  createNote,
  cutPage,
  factsOf,
  type ListPage,
  type ListRequest,
  numberOf,
  putIfSame,
  type Store,
  untilUnchanged,
  type Write,
} from '../../store/index.ts'
import { invalid, SetupError } from '../errors.ts'
import type { ConnectionDoor } from './connection-door.ts'
import {
  hashCode,
  isOpen,
  type KeptLink,
  makeCode,
  makeSetupKey,
  OFFERED_KINDS,
  SETUP_LINK,
  type SetupLink,
  toLink,
} from './link.ts'
import { KEPT_MS, type Progress, readProgress, readProgresses } from './progress.ts'

const DAY_MS = 86_400_000
/** How long a link opens unless something else is asked for, and at most. */
export const LINK_DAYS = { DEFAULT: 7, MOST: 30 } as const
/** Most links of one tenant that open at the same time. */
const OPEN_LINKS = 50
/** Longest note and label. */
const NOTE_LENGTH = 200

/** What a new link is to be. */
export interface SetupLinkDraft {
  /** The identity providers to choose from. Default: all that the page has. */
  readonly kinds?: readonly string[]
  /** An existing connection, whose token the customer replaces. Default: a new one is made with the first token. */
  readonly connection?: string
  /** How people call the connection. */
  readonly label?: string
  /** Days that it opens: 7, at most 30. */
  readonly days?: number
  /** Whether it asks for six digits that are told by another way. */
  readonly code?: boolean
  /** For whom it is: only the vendor sees it. */
  readonly note?: string
}

/** A link just made: the only time that its secret and its code are shown. */
export interface MadeLink {
  readonly link: SetupLink
  /** What stands behind `#k=` in its address. */
  readonly key: string
  readonly code?: string
}

/** A link with how far its customer has come. */
export interface ShownLink {
  readonly link: SetupLink
  readonly progress: Progress
}

/** The setup links of a database's tenants. All reject with SetupError, and for a tenant that is not there as `requireTenant` does. */
export interface SetupLinks {
  readonly create: (tenant: string, draft?: SetupLinkDraft) => Promise<MadeLink>
  /** A page, newest first within ids; `search` looks at ids and notes. */
  readonly page: (tenant: string, request: ListRequest) => Promise<ListPage<ShownLink>>
  readonly show: (tenant: string, id: string) => Promise<ShownLink>
  /** Lets a link open for so many days from now, at most 30. */
  readonly extend: (tenant: string, id: string, days: number) => Promise<SetupLink>
  /** Ends a link at once; `tokens`: with the connection that was made through it. */
  readonly revoke: (tenant: string, id: string, options?: { readonly tokens?: boolean }) => Promise<SetupLink>
}

/** What links work with. */
export interface SetupLinkDeps {
  readonly store: Store
  readonly environment: Environment
  /** Rejects for a tenant that is not there. */
  readonly requireTenant: (tenant: string) => Promise<unknown>
  /** The connections of tenants, under the same name in the log. */
  readonly connections: ConnectionDoor
  /** The name in the log. */
  readonly actor: string
}

/** Creates the links as one administrator handles them. */
export function createSetupLinks(deps: SetupLinkDeps): SetupLinks {
  const { store, environment, requireTenant } = deps
  return {
    create: (tenant, draft = {}) => create(deps, tenant, draft),
    async page(tenant, request) {
      await requireTenant(tenant)
      const links = (await allRecords(store, tenant, SETUP_LINK)).map((record) => toLink(record).link)
      const { items, ...rest } = cutPage(links, request, newestFirst, ({ id, note = '' }) => [id, note])
      const progress = await readProgresses(
        store,
        tenant,
        items.map(({ id }) => id),
      )
      return { items: items.map((link) => ({ link, progress: progress.get(link.id) as Progress })), ...rest }
    },
    async show(tenant, id) {
      const { link } = await find(deps, tenant, id)
      return { link, progress: await readProgress(store, tenant, id) }
    },
    extend: (tenant, id, days) => {
      const expires = environment.now() + daysMs(days)
      return change(deps, tenant, id, 'extended', { expires: new Date(expires).toISOString() }, (link) => {
        if (link.ended !== undefined)
          throw new SetupError('ERR_IN_USE', `Setup link "${id}" was revoked; make another one`)
        return { expires }
      })
    },
    revoke: (tenant, id, options = {}) => revoke(deps, tenant, id, options),
  }
}

/** Keys of a list in the order of time, newest first. */
function newestFirst({ created, id }: SetupLink): string {
  return `${String(Number.MAX_SAFE_INTEGER - created).padStart(16, '0')} ${id}`
}

async function create(deps: SetupLinkDeps, tenant: string, draft: SetupLinkDraft): Promise<MadeLink> {
  const { store, environment, actor } = deps
  await deps.requireTenant(tenant)
  const now = environment.now()
  const facts = await checkDraft(deps, tenant, draft)
  const kept = (await allRecords(store, tenant, SETUP_LINK)).map(toLink)
  if (kept.filter(({ link }) => isOpen(link, now)).length >= OPEN_LINKS) {
    throw new SetupError('ERR_IN_USE', `Tenant "${tenant}" has ${OPEN_LINKS} open setup links; revoke one first`)
  }
  const key = makeSetupKey(tenant, environment)
  const hash = hashToken(key)
  const code = draft.code === true ? makeCode(environment) : undefined
  const value: JsonObject = {
    ...facts,
    created: now,
    by: actor,
    expires: now + daysMs(draft.days ?? LINK_DAYS.DEFAULT),
    ...(code === undefined ? {} : { code: hashCode(hash, code) }),
  }
  const record = { tenant, kind: SETUP_LINK, key: hash }
  await store.commit([
    { write: 'record', record, value, ifAbsent: true },
    ...kept.flatMap((one) => forget(one, now)),
    createNote(environment, actor)(tenant, 'SetupLink', tokenId(hash), 'created', {
      ...facts,
      expires: new Date(Number(value.expires)).toISOString(),
      code: code !== undefined,
    }),
  ])
  return { link: toLink({ ...record, value }).link, key, ...(code === undefined ? {} : { code }) }
}

/** Takes a link away that has been over for a month. */
function forget({ link, record }: KeptLink, now: number): readonly Write[] {
  const over = Math.min(link.ended?.at ?? link.expires, link.expires)
  if (now - over < KEPT_MS) return []
  return [{ write: 'record', record: { tenant: record.tenant, kind: SETUP_LINK, key: record.key }, value: undefined }]
}

async function checkDraft(deps: SetupLinkDeps, tenant: string, draft: SetupLinkDraft): Promise<JsonObject> {
  const { label, note, connection } = draft
  for (const [field, text] of [
    ['label', label],
    ['note', note],
  ] as const) {
    if (text !== undefined && (text.trim() === '' || text.length > NOTE_LENGTH))
      throw invalid(`The ${field} of a setup link is 1 to ${NOTE_LENGTH} characters long`, field)
  }
  let kinds = kindsOf(draft.kinds)
  if (connection !== undefined) {
    const { kind } = await deps.connections.show(tenant, connection)
    if (draft.kinds !== undefined && !kinds.includes(kind))
      throw invalid(`Connection "${connection}" is of the kind ${kind}, which is not among the kinds given`, 'kinds')
    kinds = [kind]
  }
  return {
    kinds: [...kinds],
    ...(connection === undefined ? {} : { connection }),
    ...(label === undefined ? {} : { label: label.trim() }),
    ...(note === undefined ? {} : { note: note.trim() }),
  }
}

function kindsOf(kinds: readonly string[] = OFFERED_KINDS): readonly Kind[] {
  if (kinds.length === 0) throw invalid('A setup link offers one kind of identity provider at least', 'kinds')
  return [...new Set(kinds)].map((kind) => {
    if (isKind(kind) && (OFFERED_KINDS as readonly string[]).includes(kind)) return kind
    throw invalid(`"${kind}" is not a kind for a setup link; the kinds are ${OFFERED_KINDS.join(', ')}`, 'kinds')
  })
}

function daysMs(days: number): number {
  if (!(days > 0 && days <= LINK_DAYS.MOST))
    throw invalid(`A setup link opens for more than 0 and at most ${LINK_DAYS.MOST} days`, 'days')
  return days * DAY_MS
}

async function find({ store, requireTenant }: SetupLinkDeps, tenant: string, id: string): Promise<KeptLink> {
  const record = (await allRecords(store, tenant, SETUP_LINK)).find(({ key }) => tokenId(key) === id)
  if (record !== undefined) return toLink(record)
  await requireTenant(tenant)
  throw new SetupError(
    'ERR_NOT_FOUND',
    `Tenant "${tenant}" has no setup link "${id}"; see them with: lockstep setup-link list ${tenant}`,
  )
}

async function change(
  deps: SetupLinkDeps,
  tenant: string,
  id: string,
  verb: string,
  facts: JsonObject,
  edit: (link: SetupLink) => JsonObject,
): Promise<SetupLink> {
  const { record } = await find(deps, tenant, id)
  return untilUnchanged(record.key, async () => {
    const found = await find(deps, tenant, id)
    const value = { ...factsOf(found.record), ...edit(found.link) }
    const note = createNote(deps.environment, deps.actor)(tenant, 'SetupLink', id, verb, facts)
    await deps.store.commit([putIfSame(found.record, value), note])
    return toLink({ ...found.record, value }).link
  })
}

async function revoke(
  deps: SetupLinkDeps,
  tenant: string,
  id: string,
  { tokens = false }: { readonly tokens?: boolean },
): Promise<SetupLink> {
  const at = deps.environment.now()
  const link = await change(deps, tenant, id, 'revoked', { tokens }, (now) => ({
    ended: { at: now.ended?.at ?? at, why: now.ended?.why ?? 'revoked' },
  }))
  if (tokens && link.connection !== undefined && numberOf(link.place) !== undefined)
    await deps.connections.revoke(tenant, link.connection)
  return link
}
