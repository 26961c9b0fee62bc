// Cases of the contract suite about traits and about what is shown of steps: nothing is sent.

import assert from 'node:assert/strict'
import { canonicalJson, type Document, equalJson } from '../../protocol/index.ts'
import type { Step } from '../contract/index.ts'
import { type ContractCase, changeTo, type Trial } from './contract-subject.ts'

/** Traits, `comparable` and `show`. */
export const PLAIN_CASES: readonly ContractCase[] = [
  {
    name: 'traits make sense',
    async run({ adapter: { traits } }) {
      const { timeoutMs, concurrency, leaverShare, buckets, readLagMs, members } = traits
      assert(timeoutMs > 0 && timeoutMs <= 600_000, 'timeoutMs must be from 1 to 600,000')
      assert(Number.isInteger(concurrency) && concurrency >= 1, 'concurrency must be a whole number from 1')
      assert(leaverShare >= 0 && leaverShare < 1, 'leaverShare must be from 0 to less than 1')
      assert(readLagMs >= 0, 'readLagMs must not be negative')
      assert(Number.isInteger(members.perRequest) && members.perRequest >= 1, 'members.perRequest must be from 1')
      assert(members.onCreate >= 0, 'members.onCreate must not be negative')
      for (const { perMinute, burst } of buckets) assert(perMinute > 0 && burst >= 1, 'buckets must let requests pass')
      for (const one of [traits.users, traits.groups]) {
        if (one === undefined) continue
        assert(
          one.match.length > 0 !== (one.unreadable === true),
          'match must name an attribute, unless nothing can be read',
        )
      }
    },
  },
  {
    name: 'methods for reading members are there as the traits say',
    applies: ({ adapter: { traits } }) => traits.groups !== undefined,
    async run({ adapter }) {
      const { read } = adapter.traits.members
      assert.equal(read === 'list', adapter.readMembers !== undefined, 'readMembers belongs to members.read "list"')
      if (read === 'one') assert(adapter.isMember !== undefined, 'isMember belongs to members.read "one"')
    },
  },
  {
    name: 'comparable is pure, and a second time changes nothing',
    async run(trial) {
      for (const type of ['User', 'Group'] as const) {
        if (type === 'Group' && trial.adapter.traits.groups === undefined) continue
        const { comparable } = trial.traitsOf(type)
        const document = trial.documentOf(type, trial.fresh())
        const before = canonicalJson(document)
        const once = comparable(document)
        assert.equal(canonicalJson(document), before, 'comparable must not change what it is given')
        assert(equalJson(comparable(once), once), 'comparable of what is comparable must be the same')
        assert(!('id' in comparable({ ...document, id: 'x' })), 'comparable must leave out id')
      }
    },
  },
  {
    name: 'show is pure, shows each step, nothing for a change without a difference, and no secret',
    async run(trial) {
      const { adapter, secret = 'no such secret' } = trial
      for (const [step, isNothing] of stepsOf(trial)) {
        const before = canonicalJson(step as unknown as Document)
        const shown = adapter.show(step)
        const text = JSON.stringify(shown)
        assert.equal(canonicalJson(step as unknown as Document), before, 'show must not change the step')
        assert.equal(JSON.stringify(adapter.show(step)), text, 'show must show the same twice')
        assert.equal(shown.length === 0, isNothing, `${step.do} shows ${text}`)
        assert(!text.includes(secret), 'the secret must not be shown')
        for (const { verb, target } of shown) assert(verb !== '' && target !== '', `${step.do} shows ${text}`)
      }
    },
  },
]

/** One step of each kind, and whether it changes nothing. */
function stepsOf({ adapter, documentOf, fresh }: Trial): readonly (readonly [step: Step, isNothing: boolean])[] {
  const [old, young] = [documentOf('User', fresh()), documentOf('User', fresh())]
  const off = changeTo(old, { ...old, active: false })
  const steps: [Step, boolean][] = [
    [{ do: 'create', type: 'User', document: old }, false],
    [{ do: 'update', type: 'User', id: 'x1', change: changeTo(old, young) }, false],
    [{ do: 'disable', type: 'User', id: 'x1', change: off }, false],
    [{ do: 'remove', type: 'User', id: 'x1' }, false],
  ]
  if (adapter.traits.users.unreadable !== true)
    steps.push([{ do: 'update', type: 'User', id: 'x1', change: changeTo(old, old) }, true])
  if (adapter.traits.groups !== undefined)
    steps.push([{ do: 'members', type: 'Group', id: 'g1', change: { add: ['x1'], remove: ['x2'] } }, false])
  return steps
}
