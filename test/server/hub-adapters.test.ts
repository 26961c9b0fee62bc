// A webhook and a table beside each other, in real processes: joiner, mover, leaver, and a key that is gone.

import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { Webhook } from 'standardwebhooks'
import { afterEach, expect, test } from 'vitest'
import { folder, type Running, run, startServer } from '../cli/run.ts'
import { emptyPlace } from '../database-under-test.ts'
import { atEnd, endAll, sender, until } from '../hub-processes.ts'

const SECRET = `whsec_${randomBytes(32).toString('base64')}`
afterEach(endAll)

/** An event of the webhook. */
interface Event {
  readonly type: string
  readonly data: {
    readonly id: string
    readonly place: number
    readonly previousPlace?: number
    readonly account?: { readonly [name: string]: unknown } | null
    readonly members?: { readonly add: readonly string[] }
  }
}

/** A receiver that only believes what is signed. */
async function receiver() {
  const events: Event[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.on('end', () => {
      try {
        events.push(new Webhook(SECRET).verify(body, request.headers as Record<string, string>) as Event)
        response.writeHead(204).end()
      } catch {
        response.writeHead(401).end()
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  atEnd(() => {
    server.closeAllConnections()
    server.close()
  })
  return { events, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in` }
}

/** A tenant `acme` with a webhook and a table of payroll, both switched on, and a server. */
async function start() {
  const place = await emptyPlace()
  const dir = folder()
  atEnd(place.remove)
  atEnd(dir.remove)
  const payroll = dir.path('payroll.db')
  const rows = (sql: string) => {
    const database = new DatabaseSync(payroll, { timeout: 5_000 })
    try {
      return database
        .prepare(sql)
        .all()
        .map((row) => ({ ...row }))
    } finally {
      database.close()
    }
  }
  const setup = new DatabaseSync(payroll)
  setup.exec(`pragma journal_mode = wal;
    create table staff (id integer primary key, login text unique, ref text unique, name text, gone text);
    create table perks (perk text, person integer references staff (id), primary key (perk, person))`)
  setup.close()
  const { events, url } = await receiver()
  const { database } = place
  const keyFile = dir.path('keys')
  writeFileSync(keyFile, randomBytes(32).toString('base64'))
  const env = {
    LOCKSTEP_OUTBOUND_ALLOW: '127.0.0.1',
    LOCKSTEP_APP_PAYROLL: `sqlite:${payroll}`,
    LOCKSTEP_SEAL_KEY_FILE: keyFile,
  }
  const lockstep = async (args: readonly string[], input = '') => {
    const { code, stdout, stderr } = await run([...args, '--database', database, '--json'], env, input)
    expect([code, stderr]).toEqual([0, ''])
    return JSON.parse(stdout)
  }
  const { token } = await lockstep(['tenant', 'create', 'acme'])
  const acme = ['--tenant', 'acme']
  await lockstep(
    ['app', 'add', 'audit', '--adapter', 'webhook', '--url', url, '--groups', '', '--secret-stdin', ...acme],
    SECRET,
  )
  const options = {
    users: {
      table: 'staff',
      columns: { userName: 'login', externalId: 'ref', displayName: 'name' },
      active: { column: 'gone', as: 'timestamp' },
    },
    memberships: { table: 'perks', group: 'perk', user: 'person' },
  }
  await lockstep([
    'app',
    'add',
    'payroll',
    '--adapter',
    'table',
    '--options',
    JSON.stringify(options),
    '--groups',
    '',
    '--secret-env',
    'LOCKSTEP_APP_PAYROLL',
    ...acme,
  ])
  for (const app of ['audit', 'payroll']) await lockstep(['app', 'switch-on', app, '--yes', ...acme])
  const serve = async () => {
    const server = await startServer(['--database', database], env)
    atEnd(() => server.stop('SIGKILL'))
    return server
  }
  const scim = (server: Running) => sender(server, token)
  return { events, rows, lockstep, serve, scim, keyFile, acme, place, path: dir.path }
}

const SCHEMAS = {
  User: 'urn:ietf:params:scim:schemas:core:2.0:User',
  Group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
}

test('a joiner, a mover and a leaver reach a webhook and a table, memberships too', async () => {
  const { events, rows, serve, scim, acme, lockstep, place, path } = await start()
  const server = await serve()
  const send = scim(server)
  const { id } = await send('POST', '/Users', {
    schemas: [SCHEMAS.User],
    userName: 'ada',
    displayName: 'Ada',
    active: true,
  })
  await until(() => rows('select * from staff').length === 1)
  expect(rows('select login, ref, name, gone from staff')).toEqual([{ login: 'ada', ref: id, name: 'Ada', gone: null }])
  await until(() => events.some(({ type, data }) => type === 'user.created' && data.id === id))

  const group = await send('POST', '/Groups', {
    schemas: [SCHEMAS.Group],
    displayName: 'car',
    members: [{ value: id }],
  })
  await until(() => rows('select perk, person from perks').length === 1)
  await until(() =>
    events.some(({ type, data }) => type === 'group.members' && data.members?.add.includes(id) === true),
  )

  const replace = (path: string, value: unknown) => ({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'replace', path, value }],
  })
  await send('PATCH', `/Users/${id}`, replace('displayName', 'Ada L.'))
  await until(() => rows('select name from staff')[0]?.name === 'Ada L.')
  const changed = () =>
    events.find(({ type, data }) => type === 'user.changed' && data.account?.displayName === 'Ada L.')
  await until(() => changed() !== undefined)
  // A receiver sees that it has missed nothing of this account.
  const created = events.find(({ type, data }) => type === 'user.created' && data.id === id)
  expect(changed()?.data.previousPlace).toBe(created?.data.place)

  await send('PATCH', `/Users/${id}`, replace('active', false))
  await until(() => rows('select gone from staff')[0]?.gone !== null)
  await until(() => events.some(({ type, data }) => type === 'user.disabled' && data.account?.active === false))

  await send('DELETE', `/Groups/${group.id}`)
  await until(() => rows('select * from perks').length === 0)
  await until(() => events.some(({ type, data }) => type === 'group.removed' && data.id === group.id))
  const apps = await lockstep(['app', 'list', ...acme])
  expect(apps.map((app: { state: { health: string } }) => app.state.health)).toEqual(['healthy', 'healthy'])
  expect(await server.stop()).toBe(0)
  expect(server.output() + server.stderr()).not.toContain(SECRET.slice(6))
  // Attempts, and what goes with the tenant: sealed, or without secrets.
  const store = await place.open()
  atEnd(() => store.close())
  const attempts = JSON.stringify(await store.items('acme', 'hub/attempts/audit', { limit: 100 }))
  expect(attempts).toContain('user.disabled')
  expect(attempts).not.toContain(SECRET.slice(6))
  await lockstep(['tenant', 'export', 'acme', path('acme.jsonl')])
  const exported = readFileSync(path('acme.jsonl'), 'utf8')
  expect(exported).toContain('"sealed":"s1.')
  expect(exported).not.toContain(SECRET.slice(6))
})

test('without the key of its secret an app waits and says why, others go on, and it follows once the key is back', async () => {
  const { events, rows, serve, scim, keyFile, acme, lockstep } = await start()
  renameSync(keyFile, `${keyFile}.away`)
  writeFileSync(keyFile, randomBytes(32).toString('base64'))
  const server = await serve()
  await scim(server)('POST', '/Users', { schemas: [SCHEMAS.User], userName: 'ada', active: true })
  await until(() => rows('select * from staff').length === 1)
  const audit = async () => (await lockstep(['app', 'show', 'audit', ...acme])).state
  await until(async () => (await audit()).health === 'open')
  expect(JSON.stringify(await audit())).toContain("can't be opened")
  expect(events).toEqual([])
  // The old key behind the new one, as after a restore; nothing is started again.
  writeFileSync(keyFile, `${readFileSync(keyFile, 'utf8')}\n${readFileSync(`${keyFile}.away`, 'utf8')}`)
  await until(() => events.some(({ type }) => type === 'user.created'))
})
