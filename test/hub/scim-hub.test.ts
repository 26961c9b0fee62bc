// The hub on each fake app, with the built-in map: joiners, a mover, leavers, groups, and then silence.

import { describe, expect, test } from 'vitest'
import { createDirectory } from '../../src/directory/index.ts'
import { environment as realEnvironment } from '../../src/environment.ts'
import { createHub, cursorFor } from '../../src/hub/hub.ts'
import { ADAPTER_KINDS, APP_DEFAULTS, APP_RECORD, type Link, QUEUES } from '../../src/hub/index.ts'
import { ENTERPRISE_USER, type JsonObject, LENIENT } from '../../src/protocol/index.ts'
import { createFakeApp, FAKE_PROFILES, type FakeProfile } from '../../src/testing/index.ts'
import { createCalm } from '../simulation/calm.ts'
import { BEGINNING } from '../simulation/process.ts'
import { FAKES } from './scim-app.ts'

const TENANT = 'acme'
const CONTEXT = { tenant: TENANT, actor: 'test', allow: LENIENT }

const { salesforce: _, ...OTHERS } = FAKES
const PAIRS: readonly (readonly [name: string, fake: FakeProfile])[] = [
  ...Object.entries(OTHERS),
  ['put-only', { ...FAKE_PROFILES.strict, users: { ...FAKE_PROFILES.strict.users, patch: false } }],
]

/** A hub in virtual time over one fake app. */
async function start(name: string, profile: FakeProfile) {
  const calm = createCalm()
  const now = () => BEGINNING + calm.now()
  const directory = createDirectory({ store: calm.store, environment: { ...realEnvironment, now } })
  await calm.store.commit([{ write: 'tenant', tenant: TENANT, as: 'new', at: 1 }])
  const app = createFakeApp({ profile, clock: { now, chance: () => 0.5, wait: async () => undefined } })
  const settings = {
    label: 'App',
    mode: 'on',
    adapter: 'scim',
    options: { url: app.base, profile: name },
    scope: { users: {}, groups: {} },
    grants: [],
    ...APP_DEFAULTS,
  }
  await calm.store.commit([
    { write: 'record', record: { tenant: TENANT, kind: APP_RECORD, key: 'app' }, value: settings },
    { write: 'note', ref: { tenant: TENANT, type: 'App', id: 'app' }, at: now(), log: { actor: 'test', paths: [] } },
    ...(await cursorFor(calm.store, TENANT)),
  ])
  const { process, store } = calm.start('a')
  const errors: unknown[] = []
  createHub({
    store,
    environment: { ...process.environment, fetch: (url, init) => app.fetch(url, init) },
    owner: 'a',
    kinds: ADAPTER_KINDS,
    secret: async () => undefined,
    clear: async () => {},
    report: (error) => errors.push(error),
  }).start()
  const link = async (id: string) => {
    const [item] = await calm.store.items(TENANT, QUEUES.links('app'), { keys: [id] })
    return item?.value as unknown as Link | undefined
  }
  const held = async (id: string) => {
    const account = (await link(id))?.account
    return app.state().find((each) => each.id === account)?.attributes
  }
  return { calm, directory, app, errors, link, held }
}

const person = (name: string): JsonObject => ({
  userName: name,
  displayName: `Ada ${name}`,
  name: { givenName: 'Ada', familyName: name, formatted: `Ada ${name}` },
  emails: [{ value: `${name}@example.com`, type: 'work', primary: true }],
  active: true,
  [ENTERPRISE_USER]: { department: 'Mathematics' },
})

describe.each(PAIRS)('%s', (name, profile) => {
  test('people and groups come, change and go', async () => {
    const { calm, directory, app, errors, link, held } = await start(name, profile)
    const ids: string[] = []
    for (const who of ['ada', 'grace', 'barbara', 'karen']) {
      ids.push((await directory.create(CONTEXT, 'User', person(who))).stored.id)
    }
    const [ada = '', grace = '', barbara = '', karen = ''] = ids
    const { stored } = await directory.create(CONTEXT, 'Group', {
      displayName: 'Team',
      members: [ada, grace].map((value) => ({ value })),
    })
    // Long enough for an app that takes a request a second, and for verify reads.
    await calm.pass(1_200_000)
    for (const id of ids) expect((await held(id))?.active, `${(await link(id))?.reason?.message}`).toBe(true)
    const hasGroups = profile.groups.create && name !== 'gitlab'
    const members = async () =>
      new Set((((await held(stored.id))?.members ?? []) as readonly { value: string }[]).map(({ value }) => value))
    const accounts = async (of: readonly string[]) =>
      new Set(await Promise.all(of.map(async (id) => (await link(id))?.account)))
    if (hasGroups) expect(await members()).toEqual(await accounts([ada, grace]))

    const patch = (id: string, value: JsonObject) =>
      directory.patch(CONTEXT, 'User', id, { Operations: [{ op: 'replace', value }] })
    await patch(ada, { displayName: 'Countess' })
    await patch(grace, { active: false })
    await directory.remove(CONTEXT, 'User', barbara)
    const leftAccount = (await link(barbara))?.account
    await directory.patch(CONTEXT, 'Group', stored.id, {
      Operations: [
        { op: 'add', path: 'members', value: [{ value: karen }] },
        { op: 'remove', path: `members[value eq "${ada}"]` },
      ],
    })
    await calm.pass(2_000_000)
    if (name !== 'gitlab') expect((await held(ada))?.displayName).toBe('Countess')
    const isOff = (account: string | undefined) => {
      const attributes = app.state().find((each) => each.id === account)?.attributes
      return attributes === undefined || attributes.active === false
    }
    expect(isOff((await link(grace))?.account)).toBe(true)
    expect(isOff(leftAccount)).toBe(true)
    if (hasGroups) {
      const karens = (await link(karen))?.account
      expect((await members()).has(karens ?? '')).toBe(true)
      expect((await members()).has((await link(ada))?.account ?? '')).toBe(false)
    }
    await patch(grace, { active: true })
    await calm.pass(1_200_000)
    expect((await held(grace))?.active, `${(await link(grace))?.reason?.message}`).toBe(true)

    app.clearTrace()
    await calm.pass(1_200_000)
    expect(app.trace().filter(({ method }) => method !== 'GET')).toEqual([])
    expect(errors).toEqual([])
  })
})
