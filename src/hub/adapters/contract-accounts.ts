// Cases of the contract suite about accounts: made, found, listed, changed.

import assert from 'node:assert/strict'
import { type Document, equalJson } from '../../protocol/index.ts'
import type { AccountType, MatchKey } from '../contract/index.ts'
import { type ContractCase, changeTo, rejectsWith, type Trial } from './contract-subject.ts'

/** Most pages of a list: more is a list without end. */
const MOST_PAGES = 10_000
const LONGEST = 2_000

/** Text that means something in SQL, filters, URLs, JSON and HTML. */
const ODD = `O'Brien "quoted" \\ % _ & / ? # <b> ; -- é 漢 \u{1f600}`

const canRead = ({ adapter }: Trial) => adapter.traits.users.unreadable !== true
const canCreate = ({ adapter }: Trial) => adapter.traits.users.create
const canBoth = (trial: Trial) => canRead(trial) && canCreate(trial)

/** Accounts of people; those of groups are tried where members are. */
export const ACCOUNT_CASES: readonly ContractCase[] = [
  {
    name: 'what is created is shown',
    applies: canCreate,
    async run(trial) {
      const document = trial.documentOf('User', trial.fresh())
      const { id } = await trial.make('User', document)
      await trial.shows('User', id, document)
    },
  },
  {
    name: 'what is created is found by each key, alone, and listed once',
    applies: canBoth,
    async run(trial) {
      const document = trial.documentOf('User', trial.fresh())
      const { id } = await trial.make('User', document)
      await trial.make('User')
      for (const key of keysOf(trial, 'User', document)) {
        await trial.soon(async () => (await find(trial, key)).includes(id), `${key.attribute} must find the account`)
        assert.deepEqual(await find(trial, key), [id], `${key.attribute} must find it alone`)
      }
      await trial.soon(
        async () => (await listedIds(trial, 'User')).filter((one) => one === id).length === 1,
        'listed once',
      )
    },
  },
  {
    name: 'what is not there is not found, and reading it says so',
    applies: canRead,
    async run(trial) {
      const document = trial.documentOf('User', trial.fresh())
      for (const key of keysOf(trial, 'User', document)) assert.deepEqual(await find(trial, key), [])
      const { id } = canCreate(trial) ? await trial.make('User') : { id: 'none-such' }
      // In the form of the app's own ids.
      const other = id.replace(/[0-9a-f]/gi, (digit) => (digit === '7' ? '3' : '7'))
      if (other !== id) assert.equal(await trial.adapter.read('User', other, trial.call), undefined)
    },
  },
  {
    name: 'values that mean something elsewhere are only text, in values and in what is looked for',
    applies: canBoth,
    async run(trial) {
      const plain = trial.documentOf('User', trial.fresh())
      const [attribute] = trial.traitsOf('User').match.filter((one) => one in plain)
      if (attribute === undefined) return
      const odd = { ...trial.documentOf('User', trial.fresh()), [attribute]: `${ODD} ${trial.fresh()}` }
      const near = {
        ...trial.documentOf('User', trial.fresh()),
        [attribute]: `${ODD.replace('_', 'x')} ${trial.fresh()}`,
      }
      let id: string
      try {
        id = (await trial.make('User', odd)).id
        await trial.make('User', near)
      } catch (error) {
        // An app may refuse such names, if it says so.
        return rejectsWith(Promise.reject(error), 'refused')
      }
      await trial.shows('User', id, odd)
      assert.deepEqual(await find(trial, { attribute, value: String(odd[attribute]) }), [id])
      for (const value of [`' or '1'='1`, `" or userName pr or userName eq "`, '%', '*', '\\'])
        assert.deepEqual(await find(trial, { attribute, value }), [])
    },
  },
  {
    name: 'a name that is taken is a conflict, and changes nothing',
    applies: canBoth,
    async run(trial) {
      const first = trial.documentOf('User', trial.fresh())
      const { id } = await trial.make('User', first)
      for (const attribute of trial.traitsOf('User').unique.filter((one) => typeof first[one] === 'string')) {
        const second = { ...trial.documentOf('User', trial.fresh()), [attribute]: first[attribute] ?? null }
        await rejectsWith(trial.make('User', second), 'conflict')
        const other = await trial.make('User')
        const renamed = { ...other.document, [attribute]: first[attribute] ?? null }
        if (isKept(trial, other.document, renamed)) {
          const change = changeTo(other.document, renamed)
          await rejectsWith(trial.adapter.update('User', other.id, change, trial.call), 'conflict')
        }
        await trial.shows('User', id, first)
      }
    },
  },
  {
    name: 'an update changes what differs, twice the same, and leaves the rest alone',
    applies: canCreate,
    async run(trial) {
      const before = trial.documentOf('User', trial.fresh())
      const { id } = await trial.make('User', before)
      const renamed = trial.documentOf('User', trial.fresh())
      const after = kept(trial, { ...before, ...only(renamed, ['displayName', 'userName', 'emails']) })
      for (let time = 0; time < 2; time++) {
        await trial.adapter.update('User', id, changeTo(before, after), trial.call)
        await trial.shows('User', id, after)
      }
    },
  },
  {
    name: 'an uncertain attribute is written whole, whatever was known of it',
    applies: canCreate,
    async run(trial) {
      const old = trial.documentOf('User', trial.fresh())
      const { id } = await trial.make('User', old)
      const wanted = kept(trial, {
        ...old,
        ...only(trial.documentOf('User', trial.fresh()), ['displayName', 'userName']),
      })
      // It is believed to be there already.
      const uncertain = Object.keys(wanted).filter((name) => ['displayName', 'userName'].includes(name))
      await trial.adapter.update('User', id, changeTo(wanted, wanted, uncertain), trial.call)
      await trial.shows('User', id, wanted)
    },
  },
  {
    name: 'an attribute that goes is cleared',
    applies: canCreate,
    async run(trial) {
      const before = trial.documentOf('User', trial.fresh())
      const { id } = await trial.make('User', before)
      const { displayName: _gone, ...after } = before
      try {
        await trial.adapter.update('User', id, changeTo(before, after), trial.call)
      } catch (error) {
        // Some apps insist on a name.
        return rejectsWith(Promise.reject(error), 'refused')
      }
      await trial.shows('User', id, after)
    },
  },
  {
    name: 'updating what is not there says that it is gone',
    applies: canBoth,
    async run(trial) {
      if (!trial.traitsOf('User').remove || trial.adapter.traits.off.removeMeans === 'deactivates') return
      const { id, document } = await trial.make('User')
      await trial.adapter.remove('User', id, trial.call)
      const after = trial.documentOf('User', trial.fresh())
      if (!isKept(trial, document, after)) return
      await rejectsWith(trial.adapter.update('User', id, changeTo(document, after), trial.call), 'gone')
    },
  },
  {
    name: 'accounts that are made at the same time are all made',
    applies: canCreate,
    async run(trial) {
      const made = await Promise.all(Array.from({ length: trial.adapter.traits.concurrency }, () => trial.make('User')))
      assert.equal(new Set(made.map(({ id }) => id)).size, made.length)
      for (const { id, document } of made) await trial.shows('User', id, document)
    },
  },
  {
    name: 'a long value is taken whole, or refused, and never cut',
    applies: canCreate,
    async run(trial) {
      const document = { ...trial.documentOf('User', trial.fresh()), displayName: 'x'.repeat(trial.longest ?? LONGEST) }
      try {
        const { id } = await trial.make('User', document)
        await trial.shows('User', id, document)
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error
        await rejectsWith(Promise.reject(error), 'refused', 'too-large')
      }
    },
  },
  {
    name: 'a call that was given up before it began does nothing, and rejects with an AppError',
    applies: canCreate,
    async run(trial) {
      const document = trial.documentOf('User', trial.fresh())
      const signal = AbortSignal.abort(new Error('The lease is lost'))
      await rejectsWith(trial.adapter.create('User', document, { ...trial.call, signal }))
      if (!canRead(trial)) return
      for (const key of keysOf(trial, 'User', document)) assert.deepEqual(await find(trial, key), [])
    },
  },
]

/** What the app keeps of a document: nothing else can be expected to change. */
function kept(trial: Trial, document: Document): Document {
  const compared = trial.traitsOf('User').comparable(document)
  return only(document, Object.keys(compared))
}

function only(document: Document, names: readonly string[]): Document {
  return Object.fromEntries(Object.entries(document).filter(([name]) => names.includes(name)))
}

/** The keys by which the app finds a document. */
export function keysOf(trial: Trial, type: AccountType, document: Document): readonly MatchKey[] {
  return trial.traitsOf(type).match.flatMap((attribute) => {
    const value = document[attribute]
    return typeof value === 'string' ? [{ attribute, value }] : []
  })
}

async function find({ adapter, call }: Trial, key: MatchKey): Promise<readonly string[]> {
  return (await adapter.find('User', key, call)).map(({ id }) => id)
}

/** The ids of all accounts. Fails where the list doesn't end or comes back to the same page. */
export async function listedIds({ adapter, call }: Trial, type: AccountType): Promise<readonly string[]> {
  const ids: string[] = []
  const seen = new Set<string>()
  let after: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const { accounts, next } = await adapter.list(type, after, call)
    ids.push(...accounts.map(({ id }) => id))
    if (next === undefined) return ids
    assert(!seen.has(next), `the list comes back to page ${next}`)
    seen.add(next)
    after = next
  }
  assert.fail('the list has no end')
}

/** Whether an app keeps what differs: some never change a name once an account is made. */
function isKept(trial: Trial, before: Document, after: Document): boolean {
  const { comparable } = trial.traitsOf('User')
  return !equalJson(comparable(before), comparable(after))
}
