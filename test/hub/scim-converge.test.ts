// Any change of any account, in each profile: the app holds what it must, and keeps what the hub doesn't manage.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Adapter } from '../../src/hub/contract/index.ts'
import { type Document, ENTERPRISE_USER, updatesOf } from '../../src/protocol/index.ts'
import { APPS } from '../../src/quirks/index.ts'
import { FAKE_PROFILES, type FakeProfile } from '../../src/testing/index.ts'
import { CALL, FAKES, openApp, unhurriedApp } from './scim-app.ts'

const PUT_ONLY: FakeProfile = {
  ...FAKE_PROFILES.strict,
  users: { ...FAKE_PROFILES.strict.users, patch: false },
  groups: { ...FAKE_PROFILES.strict.groups, patch: false },
}

const PAIRS: readonly (readonly [name: string, fake: FakeProfile])[] = [
  ...Object.entries(FAKES),
  ['atlassian', FAKE_PROFILES.strict],
  ['put-only', PUT_ONLY],
]

const word = fc.constantFrom('a', 'B', 'é', 'x y', 'long word here', 'c@d', '<e>;')
const emails = fc.uniqueArray(
  fc.record({ value: fc.constantFrom('a@x.org', 'b@x.org', 'c@x.org'), type: fc.constantFrom('work', 'home') }),
  { minLength: 1, maxLength: 3, selector: ({ value }) => value },
)
const user: fc.Arbitrary<Document> = fc
  .record(
    {
      displayName: word,
      title: word,
      name: fc.record({ givenName: word, familyName: word, middleName: word }, { requiredKeys: [] }),
      phoneNumbers: fc.constantFrom([{ value: '1' }], [{ value: '2', type: 'work' }]),
      [ENTERPRISE_USER]: fc.record(
        { department: word, division: word, manager: fc.record({ value: fc.constantFrom('m1', 'm2') }) },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  )
  .chain((own) =>
    fc.tuple(emails, fc.constantFrom('ada', 'grace', 'barbara')).map(
      ([list, userName]): Document => ({
        userName,
        externalId: 'e-1',
        active: true,
        entitlements: [{ value: 'standard' }],
        emails: list,
        ...own,
      }),
    ),
  )
const uncertain = fc.subarray(['displayName', 'emails', 'name', 'title', ENTERPRISE_USER])

function open(name: string, profile: FakeProfile) {
  const app = unhurriedApp(profile)
  return { app, adapter: openApp({ url: app.base, profile: name, fetch: (url, init) => app.fetch(url, init) }) }
}

const shown = async (adapter: Adapter, id: string) =>
  adapter.traits.users.comparable((await adapter.read('User', id, CALL))?.document ?? {})

describe.each(PAIRS)('%s', (name, profile) => {
  test('what an app is brought to is what it holds', async () => {
    await fc.assert(
      fc.asyncProperty(user, user, uncertain, async (before, after, names) => {
        const { app, adapter } = open(name, profile)
        const { comparable } = adapter.traits.users
        const made = await adapter.create('User', before, CALL)
        expect(await shown(adapter, made.id)).toEqual(comparable(before))
        expect(comparable(comparable(before))).toEqual(comparable(before))
        const change = { before: made.document, after, uncertain: names }
        const unmet = await adapter.update('User', made.id, change, CALL).catch((error: unknown) => error)
        // A PUT that names only what changes can't take anything away, which has to be said.
        if (unmet !== undefined) {
          expect(unmet).toMatchObject({ trouble: 'refused', message: expect.stringContaining("can't be taken away") })
          expect(updatesOf(APPS[name as 'zoom'], 'User').put).toBe('partial')
          return
        }
        expect(await shown(adapter, made.id)).toEqual(comparable(after))
        app.clearTrace()
        await adapter.update('User', made.id, { before: after, after, uncertain: [] }, CALL)
        expect(app.trace()).toEqual([])
      }),
      { numRuns: 60, seed: 7644 },
    )
  })

  test('attributes that the hub does not manage are left alone', async () => {
    // Such a PUT replaces each attribute that it names as a whole.
    const isByParts = updatesOf(APPS[name as 'zoom'], 'User').put !== 'partial'
    if (!isByParts) return
    const { adapter } = open(name, profile)
    const whole: Document = {
      userName: 'ada',
      externalId: 'e-1',
      displayName: 'Ada',
      nickName: 'Countess',
      name: { givenName: 'Ada', familyName: 'Lovelace', middleName: 'King' },
      emails: [{ value: 'a@x.org', type: 'work' }],
      entitlements: [{ value: 'standard' }],
      active: true,
      [ENTERPRISE_USER]: { department: 'Mathematics', costCenter: '42' },
    }
    const { id } = await adapter.create('User', whole, CALL)
    const before = { displayName: 'Ada', name: { givenName: 'Ada' }, [ENTERPRISE_USER]: { department: 'Mathematics' } }
    const after = { displayName: 'Ada L', name: { givenName: 'Augusta' }, [ENTERPRISE_USER]: {} }
    await adapter.update('User', id, { before, after, uncertain: [] }, CALL)
    const wanted = {
      ...whole,
      displayName: 'Ada L',
      name: { givenName: 'Augusta', familyName: 'Lovelace', middleName: 'King' },
      [ENTERPRISE_USER]: { costCenter: '42' },
    }
    expect(await shown(adapter, id)).toEqual(adapter.traits.users.comparable(wanted))
  })
})

test('every complete profile is held against a fake app', () => {
  const complete = Object.entries(APPS).filter(
    ([, { auth, user, rate }]) =>
      JSON.stringify([auth, user, rate]) !== JSON.stringify([APPS.rfc.auth, APPS.rfc.user, APPS.rfc.rate]),
  )
  expect(PAIRS.map(([name]) => name)).toEqual(expect.arrayContaining(complete.map(([name]) => name)))
})
