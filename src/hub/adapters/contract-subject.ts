// The adapter that the contract suite tries, and how the suite looks at what it has done.

import assert from 'node:assert/strict'
import { environment } from '../../environment.ts'
import { canonicalJson, type Document, equalJson } from '../../protocol/index.ts'
import {
  type Account,
  type AccountChange,
  type AccountTraits,
  type AccountType,
  type Adapter,
  type AdapterCall,
  AppError,
  type AppTrouble,
} from '../contract/index.ts'

/** An adapter to be tried, open on an app of tests. */
export interface AdapterSubject {
  readonly adapter: Adapter
  /** An account that the app takes whole; another one for each name, which has letters, digits and hyphens only. */
  readonly user?: (name: string) => Document
  readonly group?: (name: string) => Document
  /** What the app holds, where the adapter can't read it. */
  readonly look?: (type: AccountType, id: string) => Promise<Document | undefined>
  /** The secret that the adapter was opened with. It must not show anywhere. */
  readonly secret?: string
  /** Longest value that an attribute may be tried with; 2,000 characters when absent. */
  readonly longest?: number
  close?(): Promise<void>
}

/** A subject as the cases use it: what they make is removed afterwards. */
export interface Trial extends AdapterSubject {
  readonly call: AdapterCall
  /** A new name, the same for nobody else. */
  readonly fresh: () => string
  readonly traitsOf: (type: AccountType) => AccountTraits
  readonly make: (type: AccountType, document?: Document) => Promise<Account>
  readonly documentOf: (type: AccountType, name: string) => Document
  /** Waits, as long as writes may stay unseen, until the app shows this account, in comparable form; undefined: none. */
  readonly shows: (type: AccountType, id: string, wanted: Document | undefined) => Promise<void>
  /** Waits until something holds. */
  readonly soon: (holds: () => Promise<boolean>, what: string) => Promise<void>
  readonly tidyUp: () => Promise<void>
}

/** One thing that an adapter must do, and whether it applies to this one. */
export interface ContractCase {
  readonly name: string
  readonly applies?: (trial: Trial) => boolean
  readonly run: (trial: Trial) => Promise<void>
}

/** Pause between two looks at an app whose writes stay unseen for a while, in milliseconds. */
const LOOK_MS = 50

let names = 0

/** Prepares a subject for one case. */
export function createTrial(subject: AdapterSubject): Trial {
  const { adapter } = subject
  const run = Buffer.from(environment.random(new Uint8Array(5))).toString('hex')
  const call: AdapterCall = { signal: new AbortController().signal, headers: { 'x-contract': run } }
  const made: { readonly type: AccountType; readonly id: string }[] = []
  const fresh = () => `c-${run}-${++names}`
  const documentOf = (type: AccountType, name: string) =>
    type === 'User' ? (subject.user ?? someUser)(name) : (subject.group ?? someGroup)(name)
  const traitsOf = (type: AccountType) => {
    const traits = type === 'User' ? adapter.traits.users : adapter.traits.groups
    assert(traits !== undefined, `the app has no ${type}s`)
    return traits
  }
  const look = async (type: AccountType, id: string) =>
    subject.look === undefined ? (await adapter.read(type, id, call))?.document : subject.look(type, id)
  const soon = async (holds: () => Promise<boolean>, what: string) => {
    for (let waited = 0; ; waited += LOOK_MS) {
      if (await holds()) return
      assert(waited < adapter.traits.readLagMs, what)
      await environment.wait(LOOK_MS)
    }
  }
  const trial: Trial = {
    ...subject,
    call,
    fresh,
    documentOf,
    traitsOf,
    soon,
    make: async (type, document = documentOf(type, fresh())) => {
      const account = await adapter.create(type, document, call)
      assert(account.id !== '', 'create must answer with the id of the account')
      made.push({ type, id: account.id })
      return account
    },
    shows: async (type, id, wanted) => {
      const { comparable } = traitsOf(type)
      let seen: Document | undefined
      const fits = async () => {
        seen = await look(type, id)
        if (seen === undefined || wanted === undefined) return seen === wanted
        return equalJson(comparable(seen), comparable(wanted))
      }
      const text = (document: Document | undefined) =>
        document === undefined ? 'no account' : canonicalJson(comparable(document))
      try {
        await soon(fits, 'differs')
      } catch (error) {
        if (!(error instanceof assert.AssertionError)) throw error
        assert.fail(`the app should show ${text(wanted)}\nbut it shows        ${text(seen)}`)
      }
    },
    tidyUp: async () => {
      for (const { type, id } of made.reverse()) {
        if (traitsOf(type).remove) await adapter.remove(type, id, call).catch(() => undefined)
      }
      await subject.close?.()
    },
  }
  return trial
}

function someUser(name: string): Document {
  return {
    userName: `${name}@example.com`,
    externalId: name,
    displayName: `Ada ${name}`,
    name: { givenName: 'Ada', familyName: name },
    emails: [{ value: `${name}@example.com`, type: 'work', primary: true }],
    active: true,
  }
}

function someGroup(name: string): Document {
  return { displayName: `Group ${name}`, externalId: name }
}

/** A change from one document to another, of known outcome. */
export function changeTo(before: Document, after: Document, uncertain: readonly string[] = []): AccountChange {
  return { before, after, uncertain }
}

/** Fails unless the promise rejects with an {@link AppError}, of one of these troubles if any are named. */
export async function rejectsWith(promise: Promise<unknown>, ...troubles: readonly AppTrouble[]): Promise<void> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  const got = error instanceof AppError ? `AppError ${error.trouble}` : error === undefined ? 'no error' : String(error)
  const isRight = error instanceof AppError && (troubles.length === 0 || troubles.includes(error.trouble))
  assert(isRight, `there should be an AppError ${troubles.join(' or ')}, and there was ${got}`)
}
