// Each profile against the fake app that stands for it, over real HTTP.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Account, Adapter } from '../../src/hub/contract/index.ts'
import { type Document, ENTERPRISE_USER, type Json } from '../../src/protocol/index.ts'
import { FAKE_PROFILES, type FakeApp, type FakeProfile, type ListeningApp, listen } from '../../src/testing/index.ts'
import { CALL, FAKES, openApp, unhurriedApp } from './scim-app.ts'

const HIDING: FakeProfile = {
  ...FAKE_PROFILES.strict,
  name: 'atlassian-like',
  users: { ...FAKE_PROFILES.strict.users, disable: 'hidden', remove: 'deactivates' },
  groups: { ...FAKE_PROFILES.strict.groups, fixed: ['displayName'] },
}

const APPS: readonly (readonly [profile: Json, fake: FakeProfile])[] = [...Object.entries(FAKES), ['atlassian', HIDING]]

const person = (name: string): Document => ({
  userName: `${name}-l`,
  externalId: `e-${name}`,
  displayName: 'Ada Lovelace',
  name: { givenName: 'Ada', familyName: 'Lovelace', formatted: 'Ada Lovelace' },
  emails: [{ value: `${name}@work.example`, type: 'work', primary: true }],
  phoneNumbers: [{ value: '1', type: 'work' }],
  entitlements: [{ value: 'standard' }],
  title: 'Countess',
  active: true,
  [ENTERPRISE_USER]: { department: 'Mathematics', manager: { value: 'm-1' } },
})

describe.each(APPS)('%s', (name, profile) => {
  let app: FakeApp
  let listening: ListeningApp
  let adapter: Adapter
  beforeAll(async () => {
    app = unhurriedApp(profile, 'let-me-in')
    listening = await listen(app)
    adapter = openApp({ url: listening.base, profile: name, token: 'let-me-in' })
  })
  afterAll(() => listening.close())

  const held = (id: string) => app.state().find((each) => each.id === id)?.attributes
  const same = (account: Account | undefined, wanted: Document) => {
    const { comparable } = adapter.traits.users
    expect(comparable(account?.document ?? {})).toEqual(comparable(wanted))
  }

  test('an account is made, found, renamed, switched off and on, and removed', async () => {
    const ada = person('ada')
    const made = await adapter.create('User', ada, CALL)
    same(made, ada)
    same(await adapter.read('User', made.id, CALL), ada)
    const { match, remove } = adapter.traits.users
    for (const attribute of match) {
      const value = attribute === 'emails.value' ? 'ada@work.example' : String(ada[attribute])
      expect(
        (await adapter.find('User', { attribute, value }, CALL)).map(({ id }) => id),
        attribute,
      ).toEqual([made.id])
      expect(await adapter.find('User', { attribute, value: 'nobody" or "' }, CALL)).toEqual([])
    }

    const renamed = {
      ...ada,
      userName: 'ada-k',
      displayName: 'Ada King',
      title: 'Dr',
      emails: [{ value: 'ada@new.example', type: 'work', primary: true }],
    }
    await adapter.update('User', made.id, { before: ada, after: renamed, uncertain: [] }, CALL)
    same(await adapter.read('User', made.id, CALL), renamed)

    app.clearTrace()
    await adapter.update('User', made.id, { before: renamed, after: renamed, uncertain: [] }, CALL)
    expect(app.trace()).toEqual([])

    const off = { ...renamed, active: false }
    const { disabledReads, disableMeans, reenable, removeMeans } = adapter.traits.off
    await adapter.disable(made.id, { before: renamed, after: off, uncertain: [] }, CALL)
    expect(app.trace().filter(({ method }) => method !== 'GET').length).toBe(1)
    await adapter.disable(made.id, { before: renamed, after: off, uncertain: [] }, CALL)
    const seen = await adapter.read('User', made.id, CALL)
    if (disabledReads) expect(seen?.document.active).toBe(false)
    else expect(seen).toBeUndefined()
    if (disableMeans === 'deleted') expect(held(made.id)).toBeUndefined()

    if (reenable === 'create') same(await adapter.create('User', renamed, CALL), renamed)
    else if (disabledReads) {
      await adapter.update('User', made.id, { before: off, after: renamed, uncertain: [] }, CALL)
      same(await adapter.read('User', made.id, CALL), renamed)
    }

    if (!remove) return
    const last =
      reenable === 'create'
        ? (await adapter.find('User', { attribute: 'externalId', value: 'e-ada' }, CALL))[0]?.id
        : made.id
    await adapter.remove('User', last ?? '', CALL)
    await adapter.remove('User', last ?? '', CALL)
    const left = held(last ?? '')
    if (removeMeans === 'deactivates') expect(left?.active).toBe(false)
    else expect(left).toBeUndefined()
  })

  test('a name that is taken is a conflict', async () => {
    const { traits } = adapter
    await adapter.create('User', person('twin'), CALL)
    const other =
      traits.users.match.includes('externalId') && profile.users.idFrom !== undefined ? {} : { externalId: 'e-other' }
    const again = adapter.create('User', { ...person('twin'), ...other }, CALL)
    await expect(again).rejects.toMatchObject({ name: 'AppError', trouble: 'conflict' })
  })

  test('nobody, one and 250 people are members, and leave again', async () => {
    const { groups, members } = adapter.traits
    if (groups === undefined) return
    const people: string[] = []
    for (let at = 0; at < 250; at++) people.push((await adapter.create('User', person(`m${at}`), CALL)).id)
    const team = { displayName: 'Team', externalId: 'g-1' }
    let id = (groups.create ? await adapter.create('Group', team, CALL) : undefined)?.id ?? ''
    if (!groups.create) {
      app.change({ groups: { ...profile.groups, create: true } })
      const body = JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], ...team })
      await app.fetch(`${app.base}/Groups`, {
        method: 'POST',
        body,
        headers: { authorization: 'Bearer let-me-in', 'content-type': 'application/scim+json' },
      })
      app.change({ groups: profile.groups })
      id = (await adapter.find('Group', { attribute: 'displayName', value: 'Team' }, CALL))[0]?.id ?? ''
    }
    const really = () => new Set(((held(id)?.members ?? []) as readonly { value: string }[]).map(({ value }) => value))
    const change = async (add: readonly string[], remove: readonly string[]) => {
      for (let at = 0; at < Math.max(add.length, remove.length); at += members.perRequest) {
        const one = { add: add.slice(at, at + members.perRequest), remove: remove.slice(at, at + members.perRequest) }
        await adapter.members(id, one, CALL)
      }
    }
    const [first = ''] = people
    await change([first], [])
    expect(really()).toEqual(new Set([first]))
    await change(people, [])
    expect(really()).toEqual(new Set(people))
    if (members.read === 'list') {
      expect(new Set((await adapter.readMembers?.(id, undefined, CALL))?.ids)).toEqual(new Set(people))
    } else {
      expect(await adapter.isMember?.(id, first, CALL)).toBe(true)
      expect(await adapter.isMember?.(id, 'nobody', CALL)).toBe(false)
    }
    await change([], [first, ...people.slice(200)])
    await change([], [first])
    expect(really()).toEqual(new Set(people.slice(1, 200)))
    const before = { displayName: 'Team' }
    await adapter.update('Group', id, { before, after: { displayName: 'Crew' }, uncertain: [] }, CALL)
    expect(held(id)?.displayName).toBe(name === 'atlassian' ? 'Team' : 'Crew')
    expect(really()).toEqual(new Set(people.slice(1, 200)))
    await change([], people)
    expect(really()).toEqual(new Set())
    if (groups.remove) {
      await adapter.remove('Group', id, CALL)
      expect(await adapter.read('Group', id, CALL)).toBeUndefined()
    }
  })

  test('the list has them all', async () => {
    const ids = new Set<string>()
    let next: string | undefined
    do {
      const page = await adapter.list('User', next, CALL)
      for (const { id } of page.accounts) ids.add(id)
      next = page.next
    } while (next !== undefined)
    const all = app
      .state()
      .filter(
        ({ type, attributes }) => type === 'User' && (adapter.traits.off.disabledReads || attributes.active !== false),
      )
    // Pages of an app whose lists shift may miss some; whoever is missing is looked for by id.
    if (profile.pages.shifts) expect(ids.size).toBeGreaterThan(0)
    else expect(ids).toEqual(new Set(all.map(({ id }) => id)))
  })
})
