// A simulated app: accounts, what it does with each request, and a trace of what took effect.

import { type Account, AppError, type MatchKey, type Step } from '../../../src/hub/contract/index.ts'
import type { Document } from '../../../src/protocol/index.ts'
import type { Habits } from './habits.ts'

/** An account, as the app holds it. */
export interface SimAccount {
  readonly id: string
  readonly type: 'User' | 'Group'
  document: Document
  readonly members: Set<string>
  /** When it was made. */
  readonly made: number
  /** Whether a request of the hub has made it. */
  readonly ours: boolean
  /** Reads say that it is not there. */
  hidden: boolean
  /** What reads show: versions with the time from which they are. */
  shown: { readonly at: number; readonly document: Document; readonly hidden: boolean }[]
}

/** What a request asks for. */
export type Request =
  | Step
  | { readonly do: 'list'; readonly type: 'User' | 'Group'; readonly after: string | undefined }
  | { readonly do: 'find'; readonly type: 'User' | 'Group'; readonly key: MatchKey }
  | { readonly do: 'read'; readonly type: 'User' | 'Group'; readonly id: string }
  | { readonly do: 'readMembers'; readonly id: string; readonly after: string | undefined }
  | { readonly do: 'isMember'; readonly id: string; readonly member: string }

/** A change of an account. */
export interface Effect {
  readonly at: number
  readonly by: 'hub' | 'hand'
  /** It came later than, or beside, its own answer. */
  readonly late: boolean
  /** It was done before, and its answer told: nobody hears of it. */
  readonly twice: boolean
  readonly what: 'made' | 'changed' | 'on' | 'off' | 'gone' | 'joined' | 'left'
  readonly type: 'User' | 'Group'
  readonly id: string
  readonly member?: string
  /** Whose account it is: its externalId. */
  readonly person?: string
}

/** A simulated app. */
export interface SimApp {
  readonly name: string
  readonly habits: Habits
  readonly accounts: Map<string, SimAccount>
  /** Carries a request out. Throws AppError. */
  readonly carryOut: (request: Request, options?: { readonly late?: boolean; readonly twice?: boolean }) => unknown
  /** An administrator's hand; ids are those of living accounts, or undefined is returned. */
  readonly make: (type: 'User' | 'Group', document: Document) => string
  readonly change: (id: string, document: Document) => void
  readonly erase: (id: string) => void
  readonly effects: readonly Effect[]
  /** Ids that were ever handed out. */
  readonly ever: ReadonlySet<string>
}

const PAGE = 3

/** Creates a simulated app. */
export function createSimApp(name: string, habits: Habits, now: () => number): SimApp {
  const accounts = new Map<string, SimAccount>()
  const effects: Effect[] = []
  const ever = new Set<string>()
  const free = { User: [] as string[], Group: [] as string[] }
  let made = 0
  let late = false
  let twice = false

  const effect = (what: Effect['what'], { id, type, document }: SimAccount, by: Effect['by'], member?: string) =>
    effects.push({
      at: now(),
      by,
      late,
      twice,
      what,
      type,
      id,
      person: String(document.externalId),
      ...(member === undefined ? {} : { member }),
    })

  function show(account: SimAccount): void {
    const { document, hidden } = account
    const until = now() - habits.readLagMs
    const kept = account.shown.findLastIndex(({ at }) => at <= until)
    account.shown = [...account.shown.slice(Math.max(0, kept)), { at: now(), document, hidden }]
  }

  function seen(account: SimAccount | undefined): Account | undefined {
    if (account === undefined) return undefined
    const version = account.shown.findLast(({ at }) => at <= now() - habits.readLagMs)
    return version === undefined || version.hidden ? undefined : { id: account.id, document: version.document }
  }

  function normal(type: 'User' | 'Group', document: Document): Document {
    const { userName } = document
    const lower = type === 'User' && habits.lower && typeof userName === 'string'
    return lower ? { ...document, userName: userName.toLowerCase() } : document
  }

  function requireFree(type: 'User' | 'Group', document: Document, own?: string): void {
    const attribute = type === 'User' ? 'userName' : 'displayName'
    if (type === 'User' ? !habits.unique : !habits.uniqueGroups) return
    const value = String(document[attribute] ?? '').toLowerCase()
    for (const other of accounts.values()) {
      if (other.id === own || other.type !== type) continue
      if (String(other.document[attribute] ?? '').toLowerCase() === value)
        throw new AppError('conflict', `${attribute} is taken`, { status: 409 })
    }
  }

  function requireTaken(document: Document): void {
    if (habits.refusesBad && String(document.title ?? '').startsWith('bad'))
      throw new AppError('refused', 'title is not supported', { status: 400 })
    const manager = managerOf(document)
    if (manager !== undefined && !accounts.has(manager))
      throw new AppError('refused', `There is no account ${manager} to be a manager`, { status: 400 })
  }

  function get(type: 'User' | 'Group', id: string): SimAccount {
    const account = accounts.get(id)
    if (account === undefined || account.type !== type || (account.hidden && habits.reenable === 'create'))
      throw new AppError('gone', `There is no account ${id}`, { status: 404 })
    return account
  }

  function make(type: 'User' | 'Group', given: Document, by: Effect['by']): SimAccount {
    const again = habits.reusesIds ? free[type].pop() : undefined
    made += 1
    const id = again ?? `${name}-${type === 'User' ? 'u' : 'g'}${made}`
    const document = type === 'User' ? { active: true, ...given } : given
    const account: SimAccount = {
      id,
      type,
      document: normal(type, document),
      members: new Set(),
      made: now(),
      ours: by === 'hub',
      hidden: false,
      shown: [],
    }
    accounts.set(id, account)
    ever.add(id)
    show(account)
    effect('made', account, by)
    if (type === 'User' && account.document.active !== false) effect('on', account, by)
    return account
  }

  function erase(account: SimAccount, by: Effect['by']): void {
    if (account.type === 'User' && account.document.active !== false) effect('off', account, by)
    for (const group of accounts.values()) {
      if (group.members.delete(account.id)) effect('left', group, by, account.id)
    }
    accounts.delete(account.id)
    free[account.type].push(account.id)
    effect('gone', account, by)
  }

  function set(account: SimAccount, document: Document, by: Effect['by']): void {
    const was = account.document.active !== false
    const changed = normal(account.type, document)
    const same = JSON.stringify(sorted(changed)) === JSON.stringify(sorted(account.document))
    if (same) return
    account.document = changed
    const is = account.type === 'Group' || changed.active !== false
    account.hidden = !is && habits.disableMeans === 'removed'
    show(account)
    effect('changed', account, by)
    if (account.type === 'User' && was !== is) effect(is ? 'on' : 'off', account, by)
    if (!is && habits.disableMeans === 'deleted') erase(account, by)
  }

  function write(
    type: 'User' | 'Group',
    id: string,
    before: Document,
    after: Document,
    uncertain: readonly string[],
  ): void {
    const account = get(type, id)
    const document: { [name: string]: Document[string] } = { ...account.document }
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const same = JSON.stringify(before[name]) === JSON.stringify(after[name])
      if (same && !uncertain.includes(name)) continue
      const value = after[name]
      if (value === undefined) delete document[name]
      else document[name] = value
    }
    requireTaken(document)
    requireFree(type, document, id)
    set(account, document, 'hub')
  }

  function members(id: string, add: readonly string[], remove: readonly string[]): void {
    const group = get('Group', id)
    if (add.length + remove.length > habits.perRequest)
      throw new AppError('too-large', `${habits.perRequest} members at most`, { status: 413 })
    for (const member of add) {
      if (!accounts.has(member)) throw new AppError('refused', `There is no account ${member}`, { status: 400 })
    }
    for (const member of add) {
      if (group.members.has(member)) continue
      group.members.add(member)
      effect('joined', group, 'hub', member)
    }
    for (const member of remove) if (group.members.delete(member)) effect('left', group, 'hub', member)
  }

  function carryOut(request: Request): unknown {
    switch (request.do) {
      case 'create': {
        const { type, document } = request
        requireTaken(document)
        requireFree(type, document)
        const account = make(type, document, 'hub')
        return { id: account.id, document: account.document }
      }
      case 'update':
        return write(request.type, request.id, request.change.before, request.change.after, request.change.uncertain)
      case 'disable': {
        const account = accounts.get(request.id)
        if (account === undefined || account.type !== 'User') return
        if (account.document.active !== false) set(account, { ...account.document, active: false }, 'hub')
        return
      }
      case 'remove': {
        const account = accounts.get(request.id)
        if (account === undefined || account.type !== request.type) return
        if (account.type === 'User' && habits.removeMeans === 'deactivates')
          set(account, { ...account.document, active: false }, 'hub')
        else erase(account, 'hub')
        return
      }
      case 'members':
        return members(request.id, request.change.add, request.change.remove)
      case 'read': {
        const account = accounts.get(request.id)
        return account?.type === request.type ? seen(account) : undefined
      }
      case 'find': {
        const { attribute, value } = request.key
        const all = [...accounts.values()].filter(({ type }) => type === request.type).flatMap((one) => seen(one) ?? [])
        const fold = (text: unknown) =>
          attribute === 'externalId' ? String(text ?? '') : String(text ?? '').toLowerCase()
        return all.filter(({ document }) => fold(document[attribute]) === fold(value))
      }
      case 'list': {
        const all = [...accounts.values()].filter(({ type }) => type === request.type).flatMap((one) => seen(one) ?? [])
        const from = Number(request.after ?? 0)
        const page = all.slice(from, from + PAGE)
        return { accounts: page, ...(from + PAGE < all.length ? { next: String(from + PAGE) } : {}) }
      }
      case 'readMembers': {
        const all = [...get('Group', request.id).members]
        const from = Number(request.after ?? 0)
        return { ids: all.slice(from, from + PAGE), ...(from + PAGE < all.length ? { next: String(from + PAGE) } : {}) }
      }
      case 'isMember':
        return get('Group', request.id).members.has(request.member)
    }
  }

  return {
    name,
    habits,
    accounts,
    effects,
    ever,
    carryOut(request, options = {}) {
      late = options.late === true
      twice = options.twice === true
      try {
        return carryOut(request)
      } finally {
        late = false
        twice = false
      }
    },
    make: (type, document) => make(type, document, 'hand').id,
    change(id, document) {
      const account = accounts.get(id)
      if (account !== undefined) set(account, { ...account.document, ...document }, 'hand')
    },
    erase(id) {
      const account = accounts.get(id)
      if (account !== undefined) erase(account, 'hand')
    },
  }
}

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** The app's id of somebody's manager. */
export function managerOf(document: Document): string | undefined {
  const extension = document[ENTERPRISE] as { readonly manager?: { readonly value?: string } } | undefined
  return extension?.manager?.value
}

function sorted(document: Document): Document {
  return Object.fromEntries(Object.entries(document).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
