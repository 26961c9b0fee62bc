// What was told, kills, plans and receipts, with a real server, a real app behind HTTP, and the command line.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createFakeApp, FAKE_PROFILES, listen } from '../../src/testing/index.ts'
import { folder, type Ran, run, startServer } from '../cli/run.ts'
import { emptyPlace } from '../database-under-test.ts'
import { atEnd, endAll, has, person, sender, until } from '../hub-processes.ts'

const TOKEN = 'canary-51c0'
afterEach(endAll)

/** A tenant `acme` with an app that is off, and a server. */
async function start() {
  const place = await emptyPlace()
  atEnd(place.remove)
  const app = createFakeApp({ profile: FAKE_PROFILES.strict, token: TOKEN })
  const at = await listen(app)
  atEnd(at.close)
  const dir = folder()
  atEnd(dir.remove)
  const seal = dir.path('seal.key')
  writeFileSync(seal, `${Buffer.alloc(32, 7).toString('base64')}\n`, { mode: 0o600 })
  const env = { ACME_TOKEN: TOKEN, LOCKSTEP_OUTBOUND_ALLOW: '127.0.0.1', LOCKSTEP_SEAL_KEY_FILE: seal }
  const raw = (...args: string[]) => run([...args, '--database', place.database], env)
  const lockstep = async (...args: string[]) => {
    const { code, stdout, stderr } = await raw(...args, '--json')
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout.trim().split('\n')
    return lines.map((line) => JSON.parse(line))
  }
  const [{ token }] = await lockstep('tenant', 'create', 'acme')
  await lockstep('app', 'add', 'wiki', '--tenant', 'acme', '--url', at.base, '--token-env', 'ACME_TOKEN')
  const server = await startServer(['--database', place.database], env)
  atEnd(() => server.stop('SIGKILL'))
  const scim = sender(server, token)
  const create = (userName: string) => scim('POST', '/Users', person(userName))
  return { app, dir, server, raw, lockstep, scim, create }
}

const plain = ({ code, stdout }: Ran) => {
  expect(code).toBe(0)
  return stdout
}

test('an app is planned, the plan approved, people explained, and somebody who leaves has a receipt that verifies offline', async () => {
  const { app, dir, server, raw, lockstep, scim, create } = await start()
  const { id } = await create('ada@example.com')
  await create('bob@example.com')
  const writes = () => app.trace().filter(({ method }) => method !== 'GET').length
  const [plan, ...items] = await lockstep('plan', 'wiki', '--tenant', 'acme')
  expect(plan).toMatchObject({ state: 'done', counts: { create: 2 }, guard: { held: false } })
  expect(items.map(({ action, name }) => `${action} ${name}`)).toEqual([
    'create ada@example.com',
    'create bob@example.com',
  ])
  const explained = plain(await raw('explain', 'wiki', 'ada@example.com', '--tenant', 'acme'))
  expect(explained).toContain('5. create: in scope')
  expect(writes()).toBe(0)
  await lockstep('apply', '--plan', plan.id, '--app', 'wiki', '--tenant', 'acme', '--yes')
  await until(() => has(app, 'ada@example.com') && has(app, 'bob@example.com'))

  await scim('DELETE', `/Users/${id}`)
  await until(() => has(app, 'ada@example.com', false))
  await until(async () => {
    const [told] = await lockstep('told', id, '--tenant', 'acme')
    return told.apps[0].state === 'confirmed'
  })
  const text = plain(await raw('told', 'ada@example.com', '--tenant', 'acme'))
  expect(text).toContain('The one app in which ada@example.com has or had an account has confirmed')

  const file = dir.path('ada.jws')
  expect(await lockstep('leavers', '--tenant', 'acme')).toMatchObject([{ user: id, complete: true, apps: { open: 0 } }])
  expect(plain(await raw('leavers', '--open', '--tenant', 'acme'))).toContain('Every app has confirmed every leaver.')
  await lockstep('receipt', 'export', 'ada@example.com', '--tenant', 'acme', '--to', file)
  const published = await fetch(`${server.url}/.well-known/lockstep/jwks.json`)
  expect(published.headers.get('content-type')).toBe('application/jwk-set+json')
  const jwks = dir.path('jwks.json')
  writeFileSync(jwks, await published.text())
  // Offline: no database, no server.
  const verified = await run(['receipt', 'verify', file, '--jwks', jwks])
  expect(plain(verified)).toMatch(
    /The receipt is genuine[\s\S]*ada@example.com[\s\S]*confirmed: switched off[\s\S]*Complete/,
  )
  expect(
    plain(await run(['receipt', 'verify', file, '--jwks', `${server.url}/.well-known/lockstep/jwks.json`])),
  ).toContain('genuine')
  await lockstep('receipt', 'rotate')
  expect(plain(await raw('receipt', 'verify', file))).toContain('genuine')

  const forged = join(dir.path('.'), 'forged.jws')
  writeFileSync(forged, 'eyJhbGciOiJub25lIn0.e30.')
  const refused = await run(['receipt', 'verify', forged, '--jwks', jwks])
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('This receipt is not genuine')
})

test('kill puts somebody out at once and waits for it; what is open is said, and fails', async () => {
  const { app, raw, lockstep, create, scim } = await start()
  await lockstep('app', 'switch-on', 'wiki', '--tenant', 'acme', '--yes')
  const { id } = await create('mallory')
  await until(() => has(app, 'mallory'))
  const [killed] = await lockstep('kill', 'mallory', '--tenant', 'acme', '--yes')
  expect(killed).toMatchObject({ user: id, already: false, confirmed: true })
  expect(has(app, 'mallory', false)).toBe(true)
  const [again] = await lockstep('kill', id, '--tenant', 'acme', '--yes')
  expect(again).toMatchObject({ already: true, confirmed: true })
  await lockstep('kill', id, '--tenant', 'acme', '--revoke')
  await until(() => has(app, 'mallory'))

  app.fault({ fault: { kind: 'error', status: 503 } })
  const open = await raw('kill', id, '--tenant', 'acme', '--yes', '--wait', '1')
  expect(open.code).toBe(1)
  expect(open.stderr).toContain('Not confirmed within 1 s: wiki')
  // Somebody who was deleted can be named all the same.
  await scim('DELETE', `/Users/${id}`)
  const gone = await raw('kill', 'mallory', '--tenant', 'acme', '--yes', '--wait', '0', '--json')
  expect(JSON.parse(gone.stdout)).toMatchObject({ user: id, already: true, confirmed: false })
  const nobody = await raw('kill', 'nobody', '--tenant', 'acme', '--yes')
  expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringContaining('never had a person')])
})
