// What apps were told: each state of a link, of its app, and of what the hub has read.

import { describe, expect, test } from 'vitest'
import { createDirectory } from '../../directory/index.ts'
import { STRICT } from '../../protocol/index.ts'
import { type Item, memoryStore, NEVER, type Write } from '../../store/index.ts'
import {
  APP_DEFAULTS,
  APP_RECORD,
  type AppSettings,
  type AppState,
  HUB_READER,
  type Link,
  QUEUES,
  settingsJson,
} from '../contract/index.ts'
import { type Person, told, toldOf } from './told.ts'

const AT = 1_800_000_000_000
const app: AppSettings = {
  id: 'crm',
  label: 'CRM',
  mode: 'on',
  adapter: 'scim',
  options: {},
  scope: { users: {} },
  grants: [],
  ...APP_DEFAULTS,
}
const healthy: AppState = { health: 'healthy' }
const there: Person & { leaves: boolean } = { here: 'active', killed: false, leaves: false }
const left: Person & { leaves: boolean } = { ...there, here: 'inactive' }
const link: Link = { type: 'User', name: 'ada', account: 'a1', wanted: 'active', ackedAt: AT, ackedPlace: 3 }
const off: Link = { ...link, wanted: 'disabled', off: { at: AT + 5, place: 7 } }

function item(value: Link, over: Partial<Item> = {}): Item {
  const key = { tenant: 'acme', queue: QUEUES.links('crm'), key: 'u1' }
  const json = JSON.parse(JSON.stringify(value))
  return {
    ...key,
    tag: '',
    lane: 0,
    due: NEVER,
    state: '',
    mark: 1,
    done: 1,
    place: 0,
    expires: NEVER,
    ...over,
    value: json,
  }
}

const ready = { state: 'ready', mark: 2, due: AT + 100 }

describe('one app', () => {
  test.each([
    ['nobody there, and nobody wanted', app, healthy, undefined, left, { state: 'none', wanted: 'absent' }],
    ['never in scope', app, healthy, undefined, there, { state: 'none', wanted: 'absent' }],
    ['active', app, healthy, item(link), there, { state: 'confirmed', wanted: 'active', confirmedAt: AT, place: 3 }],
    ['off', app, healthy, item(off), left, { state: 'confirmed', wanted: 'disabled', confirmedAt: AT + 5, place: 7 }],
    [
      'off, to be read later',
      app,
      healthy,
      item(off, { state: 'watched', due: AT + 60_000 }),
      left,
      { state: 'confirmed', confirmedAt: AT + 5 },
    ],
    [
      'off, and read',
      app,
      healthy,
      item({ ...off, off: { at: AT + 5, place: 7, readBack: { at: AT + 9, found: 'off' } } }),
      left,
      { state: 'verified', readBack: { at: AT + 9, found: 'off' } },
    ],
    [
      'off, and found active',
      app,
      healthy,
      item({ ...off, off: { at: AT + 5, place: 7, readBack: { at: AT + 9, found: 'active' } } }, ready),
      left,
      { state: 'pending', nextAt: AT + 100 },
    ],
    [
      'left a moment ago',
      app,
      healthy,
      item(link, ready),
      left,
      { state: 'pending', wanted: 'disabled', nextAt: AT + 100 },
    ],
    [
      'left the scope a moment ago',
      app,
      healthy,
      item(link, ready),
      { ...there, leaves: true },
      { state: 'pending', wanted: 'disabled' },
    ],
    ['killed', app, healthy, item(link, ready), { ...there, killed: true }, { state: 'pending', wanted: 'disabled' }],
    [
      'deleted, where leavers are deleted',
      { ...app, policy: { ...app.policy, onLeave: 'delete' } },
      healthy,
      item(link, ready),
      { ...left, here: 'gone' },
      { state: 'pending', wanted: 'absent' },
    ],
    [
      'deleted, where leavers are left alone',
      { ...app, policy: { ...app.policy, onLeave: 'ignore' } },
      healthy,
      item(link),
      { ...left, here: 'gone' },
      { state: 'confirmed', wanted: 'active' },
    ],
    [
      'parked',
      app,
      healthy,
      item({ ...link, reason: { code: 'refused', message: '400: no "@"', since: AT } }, { ...ready, state: 'parked' }),
      left,
      { state: 'parked', nextAt: AT + 100, reason: { code: 'refused' } },
    ],
    [
      'held',
      app,
      healthy,
      item({ ...link, reason: { code: 'guard', message: '31 of 12', since: AT } }, { ...ready, state: 'held' }),
      left,
      { state: 'held', reason: { code: 'guard' }, nextAt: undefined },
    ],
    [
      'waiting',
      app,
      healthy,
      item(
        { ...link, reason: { code: 'waits-for', message: 'tanaka', since: AT } },
        { ...ready, state: 'waiting', due: NEVER },
      ),
      there,
      { state: 'waiting', nextAt: undefined },
    ],
    [
      'an app that is paused',
      { ...app, mode: 'paused' },
      healthy,
      item(link, ready),
      left,
      { state: 'pending', reason: { code: 'app' }, nextAt: undefined },
    ],
    [
      'an app that is off, with an account in it',
      { ...app, mode: 'off' },
      healthy,
      item(link, ready),
      left,
      { state: 'pending', reason: { code: 'app' } },
    ],
    [
      'an open breaker',
      app,
      { health: 'open', breaker: { open: 'credentials', probeAt: AT + 900, last: { at: AT, message: '401' } } },
      item(link, ready),
      left,
      { state: 'pending', reason: { code: 'app', message: expect.stringContaining('credentials') }, nextAt: AT + 900 },
    ],
    [
      'an app that throttles',
      app,
      { health: 'throttled', pausedUntil: AT + 700 },
      item(link, ready),
      left,
      { state: 'pending', reason: { code: 'app' }, nextAt: AT + 700 },
    ],
    [
      'confirmed, but the log goes on',
      app,
      healthy,
      item(link),
      { ...there, unread: { place: 9, at: AT + 50 } },
      { state: 'pending', reason: { code: 'unread' }, changedAt: AT + 50 },
    ],
    [
      'nothing there, but the log goes on',
      app,
      healthy,
      undefined,
      { ...there, unread: { place: 9, at: AT + 50 } },
      { state: 'pending', reason: { code: 'unread' } },
    ],
    [
      'nothing there while everybody is gone through',
      app,
      { ...healthy, backfill: { place: 4, type: 'User', after: '' } },
      undefined,
      there,
      { state: 'pending', reason: { code: 'unread' } },
    ],
  ] as [string, AppSettings, AppState, Item | undefined, Person & { leaves: boolean }, object][])(
    '%s',
    (_case, settings, unit, found, person, expected) => {
      const row = toldOf(settings, unit, found, person)
      expect({ nextAt: undefined, ...row }).toMatchObject(expected)
      // Whatever is not done says why or when.
      if (!['confirmed', 'verified', 'none'].includes(row.state)) expect(row.reason ?? row.nextAt).toBeDefined()
    },
  )
})

test('all apps have a row, and a change that the hub has not read shows at once', async () => {
  const store = memoryStore()
  const directory = createDirectory({ store })
  const context = { tenant: 'acme', actor: 'test', allow: STRICT }
  const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User']
  const made = await directory.create(context, 'User', { schemas, userName: 'ada' })
  const { id } = made.stored
  const { place = 0 } = (await store.tenant('acme')) ?? {}
  const records = ['crm', 'erp'].map((key): Write => {
    const value = settingsJson({ ...app, id: key })
    return { write: 'record', record: { tenant: 'acme', kind: APP_RECORD, key }, value }
  })
  const cursor: Write = { write: 'cursor', tenant: 'acme', reader: HUB_READER, place }
  const value = JSON.parse(JSON.stringify(link))
  const crm: Write = {
    write: 'item',
    item: { tenant: 'acme', queue: QUEUES.links('crm'), key: id },
    set: { value },
  }
  await store.commit([...records, cursor, crm])
  expect((await told(store, 'acme', id)).map((row) => `${row.app} ${row.state}`)).toEqual(['crm confirmed', 'erp none'])

  await directory.create(context, 'User', { schemas, userName: 'somebody-else' })
  expect((await told(store, 'acme', id)).map((row) => row.state)).toEqual(['confirmed', 'none'])

  await directory.remove(context, 'User', id)
  expect((await told(store, 'acme', id)).map((row) => `${row.wanted} ${row.state}`)).toEqual([
    'disabled pending',
    'absent none',
  ])
})
