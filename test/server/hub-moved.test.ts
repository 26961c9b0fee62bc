// Apps whose tenant was moved, or whose database was restored: nothing is lost, sent twice, or undone.

import { copyFile, rm } from 'node:fs/promises'
import { afterEach, expect, test } from 'vitest'
import { createFakeApp, FAKE_PROFILES, type FakeApp, listen } from '../../src/testing/index.ts'
import { folder, type Running, run, startServer } from '../cli/run.ts'
import { emptyPlace, onPostgres } from '../database-under-test.ts'
import { atEnd, endAll, person, sender, until } from '../hub-processes.ts'

const TOKEN = 'canary-55aa'
afterEach(endAll)

const env = { ACME_TOKEN: TOKEN, LOCKSTEP_OUTBOUND_ALLOW: '127.0.0.1' }

async function lockstep(database: string, ...args: string[]) {
  const { code, stdout, stderr } = await run([...args, '--database', database, '--json'], env)
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout)
}

async function newPlace() {
  const place = await emptyPlace()
  atEnd(place.remove)
  return place
}

async function fakeApp() {
  const app = createFakeApp({ profile: FAKE_PROFILES.strict, token: TOKEN })
  const at = await listen(app)
  atEnd(at.close)
  return { app, url: at.base }
}

/** A tenant `acme` with the app, switched on; returns its token. */
async function tenantWith(database: string, url: string): Promise<string> {
  const { token } = await lockstep(database, 'tenant', 'create', 'acme')
  await lockstep(database, 'app', 'add', 'wiki', '--tenant', 'acme', '--url', url, '--token-env', 'ACME_TOKEN')
  await lockstep(database, 'app', 'switch-on', 'wiki', '--tenant', 'acme', '--yes')
  return token
}

async function serve(database: string, ...args: string[]): Promise<Running> {
  const server = await startServer(['--database', database, ...args], env)
  atEnd(() => server.stop('SIGKILL'))
  return server
}

const namesIn = (app: FakeApp) => app.state().map(({ attributes }) => attributes.userName)
const isActive = (app: FakeApp, userName: string) =>
  app.state().some(({ attributes }) => attributes.userName === userName && attributes.active !== false)

/** Waits until the hub has read the whole log of the tenant, and has had time to send something. */
async function settled(database: string): Promise<void> {
  const store = await (async () => (await import('../../src/site/index.ts')).openSite({ ...at(database) }))()
  try {
    await until(async () => {
      const [cursor] = await store.store.cursors('acme')
      return cursor?.place === (await store.store.tenant('acme'))?.place
    })
  } finally {
    await store.close()
  }
  await new Promise((resolve) => setTimeout(resolve, 1_500))
}

function at(database: string) {
  return database.startsWith('sqlite:')
    ? { database: database.slice('sqlite:'.length) }
    : { database, postgres: { url: database, connections: 2 } }
}

test('a tenant that is moved while changes wait: they are sent from there, once, when somebody resumes', async () => {
  const [here, there, dir] = [await newPlace(), await newPlace(), folder()]
  atEnd(dir.remove)
  const { app, url } = await fakeApp()
  const token = await tenantWith(here.database, url)
  const first = await serve(here.database)
  await sender(first, token)('POST', '/Users', person('ada'))
  await until(() => isActive(app, 'ada'))
  // From now on the app can't be reached: what follows waits, or has an unknown outcome.
  app.fault({ fault: { kind: 'reset', effect: true }, methods: ['POST'], times: 1 })
  app.fault({ fault: { kind: 'error', status: 503 } })
  for (const name of ['bob', 'carol']) await sender(first, token)('POST', '/Users', person(name))
  await settled(here.database)
  expect(await first.stop()).toBe(0)
  const file = dir.path('acme.tenant')
  await lockstep(here.database, 'tenant', 'export', 'acme', file)
  const imported = await lockstep(there.database, 'tenant', 'import', file)
  expect(imported).toMatchObject({ tenant: 'acme', appsInReview: 1 })
  app.clearFaults()
  const before = app.trace().length
  const second = await serve(there.database)
  await sender(second, token)('POST', '/Users', person('dan'))
  await settled(there.database)
  expect(app.trace()).toHaveLength(before)
  const shown = await lockstep(there.database, 'app', 'show', 'wiki', '--tenant', 'acme')
  expect(shown).toMatchObject({ mode: 'paused', review: { reason: 'imported' }, state: { health: 'review' } })
  const resumed = await lockstep(there.database, 'app', 'resume', 'wiki', '--tenant', 'acme')
  expect(resumed.review).toBeUndefined()
  for (const name of ['ada', 'bob', 'carol', 'dan']) await until(() => isActive(app, name))
  expect(namesIn(app).toSorted()).toEqual(['ada', 'bob', 'carol', 'dan'])
  // Ada was confirmed before, and is not told again.
  const again = app.trace().slice(before)
  expect(again.filter(({ body }) => JSON.stringify(body ?? '').includes('"ada"'))).toEqual([])
})

test("yesterday's export is imported: who was switched off since stays off, until somebody approves", async () => {
  const [here, there, dir] = [await newPlace(), await newPlace(), folder()]
  atEnd(dir.remove)
  const { app, url } = await fakeApp()
  const token = await tenantWith(here.database, url)
  const first = await serve(here.database)
  for (const name of ['ada', 'bob']) await sender(first, token)('POST', '/Users', person(name))
  await until(() => isActive(app, 'ada') && isActive(app, 'bob'))
  await settled(here.database)
  expect(await first.stop()).toBe(0)
  const file = dir.path('acme.tenant')
  await lockstep(here.database, 'tenant', 'export', 'acme', file)
  const bob = app.state().find(({ attributes }) => attributes.userName === 'bob')
  app.otherWriter.update('User', bob?.id ?? '', { active: false })
  await lockstep(there.database, 'tenant', 'import', file)
  await serve(there.database)
  const planned = await run(['plan', 'wiki', '--tenant', 'acme', '--database', there.database], env)
  expect(planned.stdout).toMatch(/enable +bob/)
  expect(planned.stdout).toContain('1 item changes back access that the app has changed since the backup')
  await lockstep(there.database, 'app', 'resume', 'wiki', '--tenant', 'acme')
  const held = async () => lockstep(there.database, 'app', 'held', 'wiki', '--tenant', 'acme')
  await until(async () => (await held()).length > 0)
  await settled(there.database)
  expect([isActive(app, 'ada'), isActive(app, 'bob')]).toEqual([true, false])
  const [hold] = await held()
  expect(hold).toMatchObject({ cause: 'restore' })
  await lockstep(there.database, 'app', 'approve', 'wiki', hold.id, '--tenant', 'acme')
  await until(() => isActive(app, 'bob'))
})

test.runIf(!onPostgres)("yesterday's backup is restored: nothing is undone", async () => {
  const place = await newPlace()
  const dir = folder()
  atEnd(dir.remove)
  const { app, url } = await fakeApp()
  const token = await tenantWith(place.database, url)
  const yesterday = await serve(place.database)
  await sender(yesterday, token)('POST', '/Users', person('ada'))
  const bob = await sender(yesterday, token)('POST', '/Users', person('bob'))
  await until(() => isActive(app, 'ada') && isActive(app, 'bob'))
  const backup = dir.path('backup.db')
  await lockstep(place.database, 'backup', backup)
  // Today: bob leaves, carol joins.
  await sender(yesterday, token)('PUT', `/Users/${bob.id}`, person('bob', false))
  await sender(yesterday, token)('POST', '/Users', person('carol'))
  await until(() => isActive(app, 'carol') && !isActive(app, 'bob'))
  expect(await yesterday.stop()).toBe(0)
  const database = place.database.slice('sqlite:'.length)
  for (const rest of ['-wal', '-shm']) await rm(database + rest, { force: true })
  await copyFile(backup, database)
  const before = app.trace().length
  const held = app.state()
  const today = await serve(place.database)
  await settled(place.database)
  expect(today.stderr() + today.output()).toContain('a backup was restored')
  expect(app.trace()).toHaveLength(before)
  expect(await lockstep(place.database, 'app', 'show', 'wiki', '--tenant', 'acme')).toMatchObject({
    mode: 'paused',
    review: { reason: 'restored' },
  })
  await lockstep(place.database, 'app', 'resume', 'wiki', '--tenant', 'acme')
  await settled(place.database)
  // Bob is on here, and off there: somebody has to say so.
  expect(await lockstep(place.database, 'app', 'held', 'wiki', '--tenant', 'acme')).toMatchObject([
    { cause: 'restore' },
  ])
  expect(app.state()).toEqual(held)
  // The identity provider says it again: bob is off already, carol is found and taken over.
  await sender(today, token)('PUT', `/Users/${bob.id}`, person('bob', false))
  await sender(today, token)('POST', '/Users', person('carol'))
  await settled(place.database)
  expect(namesIn(app).toSorted()).toEqual(['ada', 'bob', 'carol'])
  expect([isActive(app, 'bob'), isActive(app, 'carol')]).toEqual([false, true])
  await today.stop()
  // Once looked at, the next start finds nothing new.
  const next = await serve(place.database)
  expect(await lockstep(place.database, 'app', 'show', 'wiki', '--tenant', 'acme')).toMatchObject({ mode: 'on' })
  await next.stop()
})

test('every app can be told to wait, where a restore can not be noticed', async () => {
  const place = await newPlace()
  await tenantWith(place.database, 'http://127.0.0.1:9/scim')
  expect(await lockstep(place.database, 'hub', 'review')).toEqual({ apps: 1 })
  expect(await lockstep(place.database, 'hub', 'review')).toEqual({ apps: 0 })
  const shown = await lockstep(place.database, 'app', 'show', 'wiki', '--tenant', 'acme')
  expect(shown).toMatchObject({ mode: 'paused', review: { reason: 'restored' } })
})
