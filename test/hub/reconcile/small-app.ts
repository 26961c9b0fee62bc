// An app in memory behind the adapter contract, for tests of sweeps: a test changes its accounts by hand.

import type {
  Account,
  AccountPage,
  AccountType,
  Adapter,
  CompiledApp,
  MemberPage,
  Traits,
} from '../../../src/hub/index.ts'
import { APP_DEFAULTS, AppError } from '../../../src/hub/index.ts'
import type { Document } from '../../../src/protocol/index.ts'

/** What the app holds; tests write it directly. */
export interface SmallApp {
  readonly accounts: { readonly [type in AccountType]: Map<string, Document> }
  readonly members: Map<string, Set<string>>
  /** Ids that lists leave out although they are there. */
  readonly unlisted: Set<string>
  /** How many calls were made, by name. */
  readonly calls: Map<string, number>
  refuseLists: boolean
}

/** An app with nothing in it. */
export function createSmallApp(): SmallApp {
  return {
    accounts: { User: new Map(), Group: new Map() },
    members: new Map(),
    unlisted: new Set(),
    calls: new Map(),
    refuseLists: false,
  }
}

const PAGE = 3

/** The app, compiled for a tenant. `read` is how its members are read. */
export function compiledOf(
  app: SmallApp,
  {
    policies = {},
    read = 'list',
  }: {
    readonly policies?: Partial<CompiledApp['settings']['sweeps']['policies']>
    readonly read?: Traits['members']['read']
  } = {},
): CompiledApp {
  const map = {
    managed: ['userName', 'displayName', 'active'],
    onCreateOnly: [],
    refers: [],
    map: () => ({ document: {}, waitsFor: [] }),
  }
  return {
    tenant: 'acme',
    settings: {
      id: 'crm',
      label: 'CRM',
      mode: 'on',
      adapter: 'small',
      options: {},
      scope: { users: {} },
      grants: [],
      ...APP_DEFAULTS,
      sweeps: { ...APP_DEFAULTS.sweeps, policies: { ...APP_DEFAULTS.sweeps.policies, ...policies } },
    },
    adapter: adapterOf(app, traitsOf(read)),
    scope: { groupsThatMatter: new Set(), hasGroups: true, decide: () => ({ in: true, clauses: [] }) },
    maps: { User: map, Group: { ...map, managed: ['displayName'] } },
  }
}

function adapterOf(app: SmallApp, traits: Traits): Adapter {
  const count = (name: string) => app.calls.set(name, (app.calls.get(name) ?? 0) + 1)
  const no = () => Promise.reject(new AppError('refused', 'A sweep only reads'))
  return {
    traits,
    async list(type, after): Promise<AccountPage> {
      count('list')
      if (app.refuseLists) throw new AppError('refused', 'This app has no lists', { status: 403 })
      const ids = [...app.accounts[type].keys()].filter((id) => !app.unlisted.has(id)).toSorted()
      const rest = after === undefined ? ids : ids.filter((id) => id > after)
      const page = rest.slice(0, PAGE)
      const accounts = page.map((id): Account => ({ id, document: app.accounts[type].get(id) ?? {} }))
      const last = page.at(-1)
      return rest.length > PAGE && last !== undefined ? { accounts, next: last } : { accounts }
    },
    find: async () => [],
    async read(type, id) {
      count('read')
      const document = app.accounts[type].get(id)
      return document === undefined ? undefined : { id, document }
    },
    async readMembers(id, after): Promise<MemberPage> {
      count('readMembers')
      const ids = [...(app.members.get(id) ?? [])].toSorted().filter((member) => after === undefined || member > after)
      const page = ids.slice(0, PAGE)
      const last = page.at(-1)
      return ids.length > PAGE && last !== undefined ? { ids: page, next: last } : { ids: page }
    },
    async isMember(id, member) {
      count('isMember')
      return app.members.get(id)?.has(member) ?? false
    },
    create: no,
    update: no,
    disable: no,
    remove: no,
    members: no,
    show: () => [],
  }
}

function traitsOf(read: Traits['members']['read']): Traits {
  const users = {
    create: true,
    remove: true,
    match: ['userName'],
    unique: ['userName'],
    comparable: (d: Document) => d,
  }
  return {
    timeoutMs: 1_000,
    concurrency: 1,
    leaverShare: 0,
    buckets: [],
    readLagMs: 0,
    users,
    groups: users,
    members: { read, perRequest: 100, onCreate: 0, nested: false },
    off: { disableMeans: 'kept', disabledReads: true, reenable: 'update', removeMeans: 'removed' },
  }
}
