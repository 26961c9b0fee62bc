// The differences in an app that administrators leave for some days: said with a reason, and taken back.

import type { Environment } from '../../environment.ts'
import { createNote, type Store, type Work } from '../../store/index.ts'
import { accountTag, type IgnoredDrift, type Link, QUEUES } from '../contract/index.ts'
import { ignoredKey, ignoredWrite } from '../reconcile/ignored.ts'
import { AppRefusal, refusedBy } from './app-refusal.ts'
import { requireApp } from './require-app.ts'

/** What is to be ignored. */
export interface IgnoreDraft extends Pick<IgnoredDrift, 'kind' | 'type' | 'account' | 'reason'> {
  readonly attributes?: readonly string[] | undefined
  readonly days: number
}

/** What is ignored, as it is shown: by whose account it is. */
export interface IgnoredRow extends IgnoredDrift {
  readonly id: string
  /** Whose account it is; absent where nobody here has it. */
  readonly resource?: string
  readonly name?: string
}

/** Differences that are left. All throw {@link AppRefusal}. */
export interface Ignoring {
  /** All of an app. */
  readonly list: (tenant: string, app: string) => Promise<readonly IgnoredRow[]>
  /** Leaves a difference for so many days; what was said of the same account before is replaced. */
  readonly ignore: (tenant: string, app: string, draft: IgnoreDraft) => Promise<IgnoredRow>
  /** Counts it as a difference again. */
  readonly end: (tenant: string, app: string, id: string) => Promise<void>
}

/** What it works with. */
export interface IgnoringDeps {
  readonly store: Store & Work
  readonly environment: Environment
  readonly types: (tenant: string) => Promise<unknown>
  readonly actor: string
}

const DAY_MS = 86_400_000
/** Most days, and most that are ignored of one app. */
export const IGNORED = { days: 90, most: 1_000, reason: 500 } as const

/** Creates the access to what is left, for one administrator. */
export function createIgnoring(deps: IgnoringDeps): Ignoring {
  const { store, environment, actor } = deps
  const note = createNote(environment, actor)
  const read = async (tenant: string, app: string, keys?: readonly string[]) => {
    const where = keys === undefined ? { limit: IGNORED.most } : { keys }
    const items = await store.items(tenant, QUEUES.ignored(app), where)
    const rows = items.map(({ key, value }) => ({ id: key, ...(value as unknown as IgnoredDrift) }))
    return rows.filter(({ until }) => until > environment.now())
  }
  const ownerOf = async (tenant: string, app: string, { type, account }: Pick<IgnoredDrift, 'type' | 'account'>) => {
    const items = await store.items(tenant, QUEUES.links(app), { tag: accountTag(type, account), limit: 10 })
    return items
      .map(({ key, value }) => ({ resource: key, link: value as unknown as Link }))
      .find(({ link }) => link.type === type && link.account === account)
  }
  const row = async (tenant: string, app: string, ignored: IgnoredDrift & { readonly id: string }) => {
    const owner = await ownerOf(tenant, app, ignored)
    return owner === undefined ? ignored : { ...ignored, resource: owner.resource, name: owner.link.name }
  }
  return {
    async list(tenant, app) {
      await requireApp(deps, tenant, app)
      const rows: IgnoredRow[] = []
      for (const ignored of await read(tenant, app)) rows.push(await row(tenant, app, ignored))
      return rows
    },
    async ignore(tenant, app, { days, ...draft }) {
      await requireApp(deps, tenant, app)
      requireSound(draft, days)
      requireIgnorable(draft, (await ownerOf(tenant, app, draft))?.link)
      if ((await read(tenant, app)).length >= IGNORED.most)
        throw new AppRefusal('ERR_IN_USE', `At most ${IGNORED.most} differences of an app are ignored; end some`)
      const now = environment.now()
      const { kind, type, account, attributes, reason } = draft
      const own = kind === 'drifted' ? { attributes: attributes ?? [] } : {}
      const ignored = {
        kind,
        type,
        account,
        ...own,
        reason: reason.trim(),
        by: actor,
        at: now,
        until: now + days * DAY_MS,
      }
      const told = { account, attributes: [...(own.attributes ?? [])], reason: ignored.reason, days }
      await store.commit([ignoredWrite(tenant, app, ignored), note(tenant, 'App', app, 'drift ignored', told)])
      return row(tenant, app, { id: ignoredKey(type, account), ...ignored })
    },
    async end(tenant, app, id) {
      await requireApp(deps, tenant, app)
      const [ignored] = await read(tenant, app, [id])
      if (ignored === undefined)
        throw new AppRefusal('ERR_NOT_FOUND', `Nothing "${id.slice(0, 100)}" of app "${app}" is ignored`)
      await store.commit([
        { write: 'item', item: { tenant, queue: QUEUES.ignored(app), key: id }, set: undefined },
        note(tenant, 'App', app, 'drift no longer ignored', { account: ignored.account }),
      ])
    },
  }
}

function requireSound({ kind, attributes, reason }: Omit<IgnoreDraft, 'days'>, days: number): void {
  const faults = [
    ...(reason.trim() === '' || reason.length > IGNORED.reason
      ? [{ field: 'reason', message: `Say why, in 1 to ${IGNORED.reason} characters` }]
      : []),
    ...(Number.isInteger(days) && days >= 1 && days <= IGNORED.days
      ? []
      : [{ field: 'days', message: `It ends after 1 to ${IGNORED.days} days` }]),
    ...(kind === 'drifted' && (attributes ?? []).length === 0
      ? [{ field: 'attributes', message: 'Name the attributes that may differ' }]
      : []),
  ]
  if (faults.length > 0) throw refusedBy(faults)
}

/** Access that must have ended is never ignored, nor is an account taken for another than it is. */
function requireIgnorable({ kind, account }: Pick<IgnoredDrift, 'kind' | 'account'>, link: Link | undefined): void {
  const message = (text: string) => refusedBy([{ field: 'account', message: text }])
  if (kind === 'stranger') {
    if (link !== undefined) throw message(`Account "${account}" is that of ${link.name}; nobody's are ignored as such`)
    return
  }
  if (link === undefined) throw message(`Nobody here has the account "${account}" in this app`)
  if (link.wanted === 'disabled' || link.wanted === 'absent')
    throw message('Whoever has this account must have no access: that is never ignored; have it mended')
}
