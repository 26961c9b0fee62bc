// What a plan shows is what is sent, for any documents, in each profile (P12); and members in chunks.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AccountChange, Adapter, ShownRequest, Step } from '../../src/hub/contract/index.ts'
import {
  type AppProfile,
  type Document,
  ENTERPRISE_USER,
  isObject,
  type Json,
  memberRequests,
  updatesOf,
} from '../../src/protocol/index.ts'
import { APPS } from '../../src/quirks/index.ts'
import { CALL, openApp } from './scim-app.ts'

const word = fc.constantFrom('a', 'B', 'é', 'x y', '"q"', 'c@d', '<e>')
const emails = fc.array(fc.record({ value: word, type: fc.constantFrom('work', 'home') }), { maxLength: 3 })
const user: fc.Arbitrary<Document> = fc
  .record(
    {
      displayName: word,
      title: word,
      externalId: word,
      password: fc.constant('very-secret-password'),
      name: fc.record({ givenName: word, familyName: word }, { requiredKeys: [] }),
      emails,
      entitlements: fc.constant([{ value: 'standard' }]),
      [ENTERPRISE_USER]: fc.record({ department: word, manager: fc.record({ value: word }) }, { requiredKeys: [] }),
    },
    { requiredKeys: [] },
  )
  .map((own) => ({ userName: 'ada', active: true, ...own }))
const uncertain = fc.subarray(['displayName', 'emails', 'name', 'active', 'title', ENTERPRISE_USER])
const ids = fc.uniqueArray(fc.integer({ min: 0, max: 40 }).map(String), { maxLength: 12 })
const steps: fc.Arbitrary<Step> = fc.oneof(
  user.map((document): Step => ({ do: 'create', type: 'User', document })),
  fc.tuple(user, user, uncertain).map(
    ([before, after, names]): Step => ({
      do: 'update',
      type: 'User',
      id: 'u/1&',
      change: { before, after, uncertain: names },
    }),
  ),
  user.map((before): Step => {
    const change: AccountChange = { before, after: { ...before, active: false }, uncertain: [] }
    return { do: 'disable', type: 'User', id: 'u1', change }
  }),
  fc.constantFrom<Step>({ do: 'remove', type: 'User', id: 'u1' }, { do: 'remove', type: 'Group', id: 'g1' }),
  fc
    .tuple(ids, ids)
    .map(([add, remove]): Step => ({ do: 'members', type: 'Group', id: 'g1', change: { add, remove } })),
)

/** An app that takes everything; what it holds is what the step says that it held. */
function recorder(profile: string, holds: Document) {
  const sent: ShownRequest[] = []
  const adapter = openApp({
    url: 'https://app.example/scim/v2',
    profile,
    token: 'token-of-the-app',
    async fetch(url, { method = 'GET', body }) {
      const target = new URL(url).pathname.replace('/scim/v2', '')
      sent.push({ verb: method, target, ...(typeof body === 'string' ? { body: JSON.parse(body) as Json } : {}) })
      const id = decodeURIComponent(target.split('/')[2] ?? 'new')
      return Response.json({ id, ...holds }, { status: method === 'POST' ? 201 : 200 })
    },
  })
  return { adapter, sent }
}

async function carryOut(adapter: Adapter, step: Step): Promise<void> {
  switch (step.do) {
    case 'create':
      await adapter.create(step.type, step.document, CALL)
      return
    case 'update':
      return adapter.update(step.type, step.id, step.change, CALL)
    case 'disable':
      return adapter.disable(step.id, step.change, CALL)
    case 'remove':
      return adapter.remove(step.type, step.id, CALL)
    default:
      return adapter.members(step.id, step.change, CALL)
  }
}

/** A request without what only the app knows: of a resource written whole, only that it is one. */
function comparable(requests: readonly ShownRequest[], rewrites: boolean): readonly ShownRequest[] {
  if (!rewrites) return requests
  return requests.map(({ verb, target }) => ({ verb, target }))
}

describe.each(Object.entries(APPS) as readonly (readonly [string, AppProfile])[])('%s', (name, profile) => {
  test('what is shown is what is sent, without secrets', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (step) => {
        const before =
          'change' in step && 'before' in step.change
            ? step.change.before
            : { displayName: 'g', members: [{ value: 'z' }] }
        const { adapter, sent } = recorder(name, before)
        const shown = adapter.show(step)
        const again = adapter.show(step)
        expect(again).toEqual(shown)
        try {
          await carryOut(adapter, step)
        } catch (error) {
          // What the app can't take is found before anything is sent; what it can't be told, once the rest is.
          expect(error).toMatchObject({ trouble: 'refused' })
          if (step.do === 'create') expect(sent).toEqual([])
          else expect(comparable(sent, true)).toEqual(comparable(shown, true))
          return
        }
        const text = JSON.stringify(shown)
        expect(text).not.toContain('very-secret-password')
        expect(text).not.toContain('token-of-the-app')
        const hidden = JSON.parse(JSON.stringify(sent).replaceAll('very-secret-password', '(secret)')) as ShownRequest[]
        const rewritesMembers =
          step.do === 'members' &&
          memberRequests(step.change.add, step.change.remove, updatesOf(profile, 'Group')) === undefined
        if (rewritesMembers) {
          // Members that are there already, and no others, need no request.
          expect(
            comparable(shown, true)
              .slice(0, sent.length)
              .map(({ target }) => target),
          ).toEqual(sent.map(({ target }) => target))
          return
        }
        if (
          shown.some(({ verb }) => verb === 'PUT') &&
          shown.some(({ verb }) => verb === 'GET') &&
          step.do !== 'members'
        ) {
          expect(comparable(hidden, true)).toEqual(comparable(shown, true))
          // Everything that is shown is in it; what the app had besides stays.
          const [whole, known] = [hidden, shown].map((list) => list.findLast(({ verb }) => verb === 'PUT')?.body)
          const { schemas: _schemas, ...rest } = known as { readonly schemas: Json }
          expect(whole).toMatchObject(rest)
          return
        }
        expect(hidden).toEqual(shown)
      }),
      { numRuns: 200, seed: 7644 },
    )
  })

  test('members join and leave in chunks: all of them, once, in order, within the limits', () => {
    const updates = updatesOf(profile, 'Group')
    const many = fc.uniqueArray(
      fc.integer({ min: 0, max: 5_000 }).map((id) => `member-${id}`),
      { maxLength: 400 },
    )
    fc.assert(
      fc.property(
        many,
        many,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 2_000, max: 20_000 }),
        (add, remove, perRequest, bytes) => {
          const narrow = {
            ...updates,
            bytes: Math.min(bytes, updates.bytes),
            members: { ...updates.members, perRequest: Math.min(perRequest, updates.members.perRequest) },
          }
          const requests = memberRequests(add, remove, narrow)
          if (requests === undefined) return
          const joined: string[] = []
          const left: string[] = []
          for (const operations of requests.patches) {
            expect(operations.length).toBeLessThanOrEqual(narrow.perRequest)
            expect(JSON.stringify(operations).length).toBeLessThanOrEqual(narrow.bytes + 2)
            let count = 0
            for (const { op, path = '', value } of operations) {
              const named = /value eq ("(?:[^"\\]|\\.)*")/.exec(path)?.[1]
              const list = named === undefined ? idsIn(value) : [JSON.parse(named) as string]
              expect(list.length).toBeLessThanOrEqual(narrow.members.perOperation)
              count += list.length
              ;(op.toLowerCase() === 'remove' ? left : joined).push(...list)
            }
            expect(count).toBeLessThanOrEqual(narrow.members.perRequest)
          }
          for (const { members } of requests.partials) {
            const list = members as readonly { value: string; operation?: string }[]
            expect(list.length).toBeLessThanOrEqual(narrow.members.perRequest)
            for (const { value, operation } of list) (operation === 'delete' ? left : joined).push(value)
          }
          expect(joined).toEqual(add)
          expect(left).toEqual(remove)
        },
      ),
      { numRuns: 100, seed: 7644 },
    )
  })
})

function idsIn(value: Json | undefined): readonly string[] {
  const list = isObject(value) ? value.members : value
  return (list as readonly { value: string }[]).map((each) => each.value)
}
