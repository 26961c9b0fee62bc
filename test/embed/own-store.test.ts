// A store whose people live in the app's own table: the contract, providers, and what the app changes.

import { DatabaseSync } from 'node:sqlite'
import { lockstep } from 'lockstep'
import { simulate, tellSimulation } from 'lockstep/simulate'
import * as vitest from 'vitest'
import { afterEach, describe, expect, test } from 'vitest'
import { openStore } from '../../examples/own-store.ts'
import { tryStore } from '../../examples/own-store-suite.ts'
import { onPostgres } from '../database-under-test.ts'

/** As much of an answer as the tests look at. */
interface Answer {
  readonly id?: string
  readonly scimType?: string
  readonly totalResults?: number
  readonly Resources?: readonly { readonly id: string }[]
}

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

function open() {
  const database = new DatabaseSync(':memory:')
  const store = openStore(database)
  const close = async () => {
    await store.close()
    database.close()
  }
  return { database, store, close }
}

if (!onPostgres) tryStore(vitest)

function app() {
  const { database, store, close } = open()
  const scim = lockstep({ store, authenticate: () => ({ tenant: 'acme', actor: 'okta' }) })
  closing.push(close, scim.close)
  const call = async (method: string, path: string, body?: unknown) => {
    const init =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/scim+json' } }
    const response = await scim.fetch(new Request(`http://app.example/scim/v2${path}`, { method, ...init }))
    const text = await response.text()
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Answer }
  }
  return { database, scim, store, call }
}
const SCHEMAS = ['urn:ietf:params:scim:schemas:core:2.0:User']

describe.skipIf(onPostgres)("people in the app's table", () => {
  test.each(['okta', 'entra'] as const)('%s does all its work', async (provider) => {
    const { scim } = app()
    const played = await simulate(provider, { fetch: scim.fetch, token: 't', people: 3, seed: 1 })
    expect(played.works, tellSimulation(played)).toBe(true)
  })

  test('what the app changes is what SCIM shows, with a version and a line in the log', async () => {
    const { database, call, store } = app()
    const made = await call('POST', '/Users', {
      schemas: SCHEMAS,
      userName: 'ann@x.example',
      title: 'Dr',
      active: true,
    })
    const id = String(made.body.id)
    expect(database.prepare('select email, active from users').all()).toMatchObject([
      { email: 'ann@x.example', active: 1 },
    ])
    database.prepare(`update users set email = 'ann@y.example', active = 0 where id = ?`).run(id)
    expect((await call('GET', `/Users/${id}`)).body).toMatchObject({
      userName: 'ann@y.example',
      active: false,
      title: 'Dr',
      meta: { version: 'W/"2"' },
    })
    expect(
      (await store.changes('acme', 1, 10)).map(({ actor, paths }) => [actor, paths.map(({ path }) => path).sort()]),
    ).toEqual([['app', ['active', 'userName']]])
  })

  test.each(['userName eq "%"', 'userName sw "%"', 'title eq "Dr" and userName eq "%"'])(
    'a filter sees it too: %s',
    async (filter) => {
      const { database, call } = app()
      await call('POST', '/Users', { schemas: SCHEMAS, userName: 'ann@x.example', title: 'Dr' })
      database.exec(`update users set email = 'Bea@x.example'`)
      const found = async (name: string) =>
        (await call('GET', `/Users?filter=${encodeURIComponent(filter.replace('%', name))}`)).body.totalResults
      expect([await found('ann@x.example'), await found('bea@x.example')]).toEqual([0, 1])
    },
  )

  test('rows that the app adds and removes come and go, and keep their ids', async () => {
    const { database, call } = app()
    database.exec(`insert into users (id, org, email, active) values ('42', 'acme', 'old@x.example', 1)`)
    expect((await call('GET', '/Users/42')).body).toMatchObject({ id: '42', userName: 'old@x.example', active: true })
    const taken = await call('POST', '/Users', { schemas: SCHEMAS, userName: 'old@x.example' })
    expect([taken.status, taken.body.scimType]).toEqual([409, 'uniqueness'])
    database.exec(
      `insert into users (id, org, email) values ('43', 'acme', 'new@x.example'), ('9', 'other', 'no@x.example')`,
    )
    const again = await call('POST', '/Users', { schemas: SCHEMAS, userName: 'NEW@x.example' })
    expect(again.status).toBe(409)
    expect((await call('GET', '/Users')).body.Resources?.map(({ id }) => id)).toEqual(['42', '43'])
    database.exec(`delete from users where id = '42'`)
    expect((await call('GET', '/Users/42')).status).toBe(404)
    expect((await call('GET', '/Users')).body.totalResults).toBe(1)
    expect((await call('DELETE', '/Users/43')).status).toBe(204)
    expect(database.prepare('select id from users').all()).toEqual([{ id: '9' }])
  })

  test('a change by the app between reading and writing is not lost', async () => {
    const { database, call, store } = app()
    const { body } = await call('POST', '/Users', { schemas: SCHEMAS, userName: 'ann@x.example' })
    // The app is faster, once, after the directory has read.
    const commit = store.commit
    let fired = false
    Object.assign(store, {
      commit: (...given: Parameters<typeof commit>) => {
        if (!fired) database.exec(`update users set first_name = 'Ann'`)
        fired = true
        return commit(...given)
      },
    })
    const Operations = [{ op: 'replace', path: 'title', value: 'Dr' }]
    const patch = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations }
    expect((await call('PATCH', `/Users/${body.id}`, patch)).status).toBeLessThan(300)
    expect(fired).toBe(true)
    expect((await call('GET', `/Users/${body.id}`)).body).toMatchObject({ title: 'Dr', name: { givenName: 'Ann' } })
    expect(database.prepare('select first_name from users').all()).toEqual([{ first_name: 'Ann' }])
  })

  test('a row that makes no sense is told once, and the others are shown', async () => {
    const { database, call } = app()
    const told: unknown[] = []
    vitest.vi.spyOn(console, 'error').mockImplementation((text: unknown) => void told.push(text))
    closing.push(() => vitest.vi.restoreAllMocks())
    database.exec(
      `insert into users (id, org, email) values ('a b', 'acme', 'x@x.example'), ('7', 'acme', 'y@x.example')`,
    )
    for (let i = 0; i < 2; i++) expect((await call('GET', '/Users')).body.totalResults).toBe(1)
    expect(told).toHaveLength(1)
    expect(String(told[0])).toContain(`The row of User a b of tenant "acme" can't be shown as it is`)
  })
})
