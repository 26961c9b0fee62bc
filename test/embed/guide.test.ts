// The examples of the guide on embedding do what they show.

import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { afterEach, describe, expect, test } from 'vitest'
import { mint, withOwnTokens } from '../../examples/embed-own-tokens.ts'
import { createApp as createPostgresApp } from '../../examples/embed-postgres.ts'
import { createHandler } from '../../examples/embed-serverless.ts'
import { createApp as createSqliteApp } from '../../examples/embed-sqlite.ts'
import { assertWorksWith } from '../../examples/simulate.ts'
import { emptyPlace, onPostgres } from '../database-under-test.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function place() {
  const made = await emptyPlace()
  closing.push(made.remove)
  return made
}

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Sends the requests to the base URL of an app, in place of the one that identity providers are told here. */
const through = (base: string) => (request: Request) => {
  const { pathname, search } = new URL(request.url)
  return fetch(new Request(base + pathname.replace('/scim/v2', '') + search, request))
}

describe.runIf(!onPostgres)('on SQLite', () => {
  test('Express: Okta does all its work, and the app sees the people', async () => {
    const { database } = await place()
    const { app, scim } = createSqliteApp(database.replace('sqlite:', ''), 'secret')
    closing.push(scim.close)
    const base = await listen(app as RequestListener)
    await assertWorksWith(['okta'], through(`${base}/scim/v2`), 'secret')
    await scim.users('acme').create({ userName: 'ann@acme.example', active: true })
    expect(await (await fetch(`${base}/people`)).json()).toEqual(['ann@acme.example'])
  })
})

describe.runIf(onPostgres)('on PostgreSQL', () => {
  test('Express: each customer has a URL and tokens', async () => {
    const { database } = await place()
    const pool = new pg.Pool({ connectionString: database })
    const { app, scim } = createPostgresApp(pool)
    closing.push(() => pool.end(), scim.close)
    const base = await listen(app as RequestListener)
    const answer = await fetch(`${base}/customers/acme/scim`, { method: 'POST' })
    const { url, token } = (await answer.json()) as { readonly url: string; readonly token: string }
    expect(url).toBe('https://app.example/t/acme/scim/v2')
    await assertWorksWith(['okta'], through(`${base}/t/acme/scim/v2`), token)
  })

  test('serverless: several instances of one connection each', async () => {
    const { database } = await place()
    const one = createHandler(database)
    const other = createHandler(database)
    for (const { scim, pool } of [one, other]) closing.push(() => pool.end(), scim.close)
    const { token, credential } = await one.scim.credentials('acme').mint()
    const ask = (instance = one) =>
      instance.fetch(new Request('https://x/t/acme/scim/v2/Users', { headers: { authorization: `Bearer ${token}` } }))
    expect([(await ask(one)).status, (await ask(other)).status]).toEqual([200, 200])
    await one.scim.credentials('acme').revoke(credential.id)
    await expect.poll(async () => (await ask(other)).status, { timeout: 20_000 }).toBe(401)
  })
})

test('tokens in a table of the app', async () => {
  const rows = new Map<string, { id: string; tenant: string; expires: Date | null; used?: Date }>()
  const table = {
    insert: async ({ hash, tenant }: { readonly hash: string; readonly tenant: string }) =>
      void rows.set(hash, { id: 'okta-1', tenant, expires: null }),
    byHash: async (hash: string) => rows.get(hash),
    touch: async (hash: string, at: Date) => void Object.assign(rows.get(hash) ?? {}, { used: at }),
  }
  const scim = withOwnTokens(table)
  closing.push(scim.close)
  const token = await mint(table, 'acme')
  const headers = { authorization: `Bearer ${token}` }
  expect((await scim.fetch(new Request('http://x/scim/v2/Users', { headers }))).status).toBe(200)
  expect([...rows.values()].map(({ used }) => used)).toEqual([expect.any(Date)])
})
