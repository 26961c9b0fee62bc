// An app in memory for tests of the engine: accounts in a map, an adapter over it, and faults by request.

import type { Environment } from '../../../src/environment.ts'
import {
  type Account,
  type AccountTraits,
  type AccountType,
  type Adapter,
  type AdapterCall,
  type AdapterKind,
  AppError,
  type MatchKey,
  type Step,
  type Traits,
} from '../../../src/hub/contract/index.ts'
import type { Document, JsonObject } from '../../../src/protocol/index.ts'

/** What an app does with one request: carry it out, or fail before or after. */
export type Fault = { readonly error: AppError; readonly after?: boolean } | undefined

/** An app in memory. */
export interface MemoryApp {
  readonly users: Map<string, Document>
  readonly groups: Map<string, Document>
  readonly members: Map<string, Set<string>>
  /** What was asked for, in order: `create User bjensen`, `disable User a1`. */
  readonly requests: string[]
  /** What went with each create and update. */
  readonly calls: AdapterCall[]
  /** Called before each request; what it returns goes wrong. */
  fault: (request: string) => Fault
  /** What becomes of an account that is switched off. */
  onDisable: 'keep' | 'delete' | 'hide'
  /** Ids that are given to the next new accounts. */
  readonly nextIds: string[]
  /** How long a request takes, in milliseconds. */
  ms: number
  traits: Traits
}

const ACCOUNT: AccountTraits = {
  create: true,
  remove: true,
  match: ['externalId', 'userName'],
  unique: ['userName'],
  comparable: (document) => document,
}

const TRAITS: Traits = {
  timeoutMs: 5_000,
  concurrency: 4,
  leaverShare: 0.3,
  buckets: [],
  readLagMs: 0,
  users: ACCOUNT,
  groups: { ...ACCOUNT, match: ['displayName'], unique: ['displayName'] },
  members: { read: 'list', perRequest: 2, onCreate: 0, nested: true },
  off: {
    disableMeans: 'kept',
    disabledReads: true,
    reenable: 'update',
    removeMeans: 'removed',
  },
}

/** Creates an app without accounts. */
export function createMemoryApp(traits: Partial<Traits> = {}): MemoryApp {
  return {
    users: new Map(),
    groups: new Map(),
    members: new Map(),
    requests: [],
    calls: [],
    fault: () => undefined,
    onDisable: 'keep',
    nextIds: [],
    ms: 5,
    traits: { ...TRAITS, ...traits },
  }
}

/** The kind of adapter that speaks to these apps, by their ids. */
export function memoryKind(apps: { readonly [id: string]: MemoryApp }): AdapterKind {
  return {
    kind: 'memory',
    check() {},
    defaultMap: () => ({ User: {}, Group: {} }),
    accountSchema: () => undefined,
    open({ id }, { environment }) {
      const app = apps[id]
      if (app === undefined) throw new Error(`There is no app ${id} in this test`)
      return createAdapter(app, environment)
    },
  }
}

let ids = 0

function createAdapter(app: MemoryApp, environment: Environment): Adapter {
  const of = (type: AccountType) => (type === 'User' ? app.users : app.groups)
  const ask = async <T>(request: string, effect: () => T): Promise<T> => {
    app.requests.push(request)
    const fault = app.fault(request)
    await environment.wait(app.ms)
    if (fault !== undefined && fault.after !== true) throw fault.error
    const result = effect()
    if (fault !== undefined) throw fault.error
    return result
  }
  const taken = (type: AccountType, document: Document, id?: string) => {
    for (const name of (type === 'User' ? app.traits.users : app.traits.groups)?.unique ?? []) {
      for (const [other, { [name]: value }] of of(type)) {
        if (other !== id && value !== undefined && value === document[name]) {
          throw new AppError('conflict', `${name} ${value} is taken`, { status: 409 })
        }
      }
    }
  }
  const update = (type: AccountType, id: string, before: JsonObject, after: JsonObject) => {
    const known = of(type).get(id)
    if (known === undefined) throw new AppError('gone', `There is no ${id}`, { status: 404 })
    const document: { [name: string]: Document[string] } = { ...known }
    for (const name of Object.keys(before)) if (after[name] === undefined) delete document[name]
    Object.assign(document, after)
    taken(type, document, id)
    of(type).set(id, document)
  }
  const isHidden = (document: Document) => app.onDisable === 'hide' && document.active === false
  const account = (type: AccountType, id: string): Account | undefined => {
    const document = of(type).get(id)
    return document === undefined || isHidden(document) ? undefined : { id, document }
  }
  return {
    get traits() {
      return app.traits
    },
    list: (type) =>
      ask(`list ${type}`, () => ({ accounts: [...of(type)].map(([id, document]) => ({ id, document })) })),
    find: (type, key: MatchKey) =>
      ask(`find ${type} ${key.attribute} ${key.value}`, () =>
        [...of(type)]
          .filter(([, document]) => document[key.attribute] === key.value && !isHidden(document))
          .map(([id, document]) => ({ id, document })),
      ),
    read: (type, id) => ask(`read ${type} ${id}`, () => account(type, id)),
    create: (type, document, call) =>
      ask(`create ${type} ${document.userName ?? document.displayName}`, () => {
        taken(type, document)
        app.calls.push(call)
        const id = app.nextIds.shift() ?? `a${++ids}`
        of(type).set(id, document)
        if (type === 'Group') app.members.set(id, new Set())
        return { id, document }
      }),
    update: (type, id, { before, after }, call) =>
      ask(`update ${type} ${id}`, () => {
        update(type, id, before, after)
        app.calls.push(call)
      }),
    disable: (id, { after }) =>
      ask(`disable User ${id}`, () => {
        const known = app.users.get(id)
        if (app.onDisable === 'delete') app.users.delete(id)
        else if (known !== undefined) app.users.set(id, { ...known, active: after.active ?? false })
      }),
    remove: (type, id) =>
      ask(`remove ${type} ${id}`, () => {
        const known = app.users.get(id)
        if (type === 'User' && app.traits.off.removeMeans === 'deactivates') {
          if (known !== undefined) app.users.set(id, { ...known, active: false })
          return
        }
        of(type).delete(id)
        app.members.delete(id)
        for (const members of app.members.values()) members.delete(id)
      }),
    members: (id, { add, remove }) =>
      ask(`members ${id} +${add.length} -${remove.length}`, () => {
        const members = app.members.get(id)
        if (members === undefined) throw new AppError('gone', `There is no ${id}`, { status: 404 })
        for (const one of add) members.add(one)
        for (const one of remove) members.delete(one)
      }),
    readMembers: (id) => ask(`members of ${id}`, () => ({ ids: [...(app.members.get(id) ?? [])] })),
    // What it shows is what `requests` has when it is sent.
    show: (step: Step) => [{ verb: step.do, target: shownTarget(step) }],
  }
}

function shownTarget(step: Step): string {
  switch (step.do) {
    case 'create':
      return `${step.type} ${step.document.userName ?? step.document.displayName}`
    case 'members':
      return `${step.id} +${step.change.add.length} -${step.change.remove.length}`
    default:
      return `${step.type} ${step.id}`
  }
}
