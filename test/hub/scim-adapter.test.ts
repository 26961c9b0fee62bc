// The SCIM adapter against Lockstep's own server.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Adapter } from '../../src/hub/contract/index.ts'
import { ENTERPRISE_USER } from '../../src/protocol/index.ts'
import { type Serving, serve } from '../serve.ts'
import { CALL, openApp } from './scim-app.ts'

let serving: Serving
let adapter: Adapter
let target: { base: string; token: string }

beforeAll(async () => {
  serving = await serve()
})
afterAll(() => serving.close())

async function opened(profile: string) {
  target = await serving.connection('generic')
  adapter = openApp({ url: target.base, token: target.token, profile })
}

describe.each(['rfc', 'github-emu', 'put-only', 'replace-only', 'path-less', 'one-by-one', 'whole-lists'])(
  'as %s',
  (profile) => {
    beforeAll(() => opened(profile))

    const ada = {
      userName: 'ada@example.com',
      externalId: 'e1',
      displayName: 'Ada',
      name: { givenName: 'Ada', familyName: 'Lovelace' },
      emails: [{ value: 'ada@example.com', type: 'work', primary: true }],
      active: true,
      [ENTERPRISE_USER]: { department: 'R&D' },
    }

    test('an account is made, found, changed, switched off and on, and removed', async () => {
      const { id, document } = await adapter.create('User', ada, CALL)
      expect(adapter.traits.users.comparable(document)).toEqual(adapter.traits.users.comparable(ada))
      for (const key of [
        { attribute: 'externalId', value: 'e1' },
        { attribute: 'userName', value: 'ada@example.com' },
      ]) {
        if (profile === 'github-emu' && key.attribute === 'userName') continue
        expect((await adapter.find('User', key, CALL)).map((each) => each.id)).toEqual([id])
      }
      expect(await adapter.find('User', { attribute: 'externalId', value: '"x' }, CALL)).toEqual([])
      expect(await adapter.find('User', { attribute: 'externalId', value: '' }, CALL)).toEqual([])

      const after = {
        ...ada,
        userName: 'ada@new.example',
        displayName: 'Ada L',
        [ENTERPRISE_USER]: { department: 'Math' },
      }
      await adapter.update('User', id, { before: ada, after, uncertain: [] }, CALL)
      const seen = await adapter.read('User', id, CALL)
      expect(seen?.document).toMatchObject(after)

      await adapter.disable(id, { before: after, after: { ...after, active: false }, uncertain: [] }, CALL)
      expect((await adapter.read('User', id, CALL))?.document).toMatchObject({ ...after, active: false })
      await adapter.update('User', id, { before: { ...after, active: false }, after, uncertain: [] }, CALL)
      expect((await adapter.read('User', id, CALL))?.document.active).toBe(true)

      await adapter.remove('User', id, CALL)
      expect(await adapter.read('User', id, CALL)).toBeUndefined()
      await adapter.remove('User', id, CALL)
      await adapter.disable(id, { before: after, after: { ...after, active: false }, uncertain: [] }, CALL)
      await expect(adapter.update('User', id, { before: ada, after, uncertain: [] }, CALL)).rejects.toMatchObject({
        trouble: 'gone',
        status: 404,
      })
    })

    test('a name that is taken is a conflict', async () => {
      await adapter.create('User', { ...ada, userName: 'grace' }, CALL)
      await expect(adapter.create('User', { ...ada, userName: 'Grace' }, CALL)).rejects.toMatchObject({
        trouble: 'conflict',
        status: 409,
      })
    })

    test('members join and leave, again and again', async () => {
      const people = await Promise.all(
        Array.from(
          { length: 250 },
          async (_, at) =>
            (await adapter.create('User', { ...ada, userName: `m${at}`, externalId: `m${at}` }, CALL)).id,
        ),
      )
      const { id } = await adapter.create('Group', { displayName: 'Team', externalId: 'g1' }, CALL)
      const { perRequest } = adapter.traits.members
      const change = async (add: readonly string[], remove: readonly string[]) => {
        for (let at = 0; at < Math.max(add.length, remove.length); at += perRequest) {
          const step = { add: add.slice(at, at + perRequest), remove: remove.slice(at, at + perRequest) }
          await adapter.members(id, step, CALL)
        }
      }
      const members = async () => new Set((await adapter.readMembers?.(id, undefined, CALL))?.ids)
      expect(await members()).toEqual(new Set())
      const some = profile === 'one-by-one' ? people.slice(0, 5) : people
      await change(some, [])
      await change(some.slice(0, 2), [])
      expect(await members()).toEqual(new Set(some))
      await change([], some.slice(0, 3))
      await change([], some.slice(0, 3))
      expect(await members()).toEqual(new Set(some.slice(3)))
      await adapter.update(
        'Group',
        id,
        { before: { displayName: 'Team' }, after: { displayName: 'Crew' }, uncertain: [] },
        CALL,
      )
      expect((await adapter.read('Group', id, CALL))?.document).toEqual({ displayName: 'Crew', externalId: 'g1' })
      expect(await members()).toEqual(new Set(some.slice(3)))
      await change([], some)
      expect(await members()).toEqual(new Set())
    })

    test('the list is whole', async () => {
      const ids = new Set<string>()
      let next: string | undefined
      do {
        const page = await adapter.list('User', next, CALL)
        for (const { id } of page.accounts) ids.add(id)
        next = page.next
      } while (next !== undefined)
      expect(ids.size).toBe(251)
    })
  },
)
