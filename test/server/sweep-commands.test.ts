// What the hub does in an app, over the command line beside a running server: links, requests, and sweeps.

import { afterEach, expect, test } from 'vitest'
import { run } from '../cli/run.ts'
import { endAll, has, person, startSite, until } from '../hub-processes.ts'

afterEach(endAll)

const TENANT = ['--tenant', 'acme']

async function started() {
  const site = await startSite()
  const lockstep = (...args: string[]) => run([...args, ...TENANT, '--database', site.place.database])
  const lines = async (...args: string[]) => {
    const { code, stdout, stderr } = await lockstep(...args, '--json')
    expect([code, stderr]).toEqual([0, ''])
    return stdout
      .trim()
      .split('\n')
      .flatMap((line) => (line === '' ? [] : JSON.parse(line)))
  }
  return { ...site, run: lockstep, lines }
}

test('links and requests of an app, all or those of one person', async () => {
  const { app, serve, scim, run: lockstep, lines } = await started()
  const send = scim(await serve())
  for (const name of ['ada', 'ben']) await send('POST', '/Users', person(name))
  await until(() => has(app, 'ada') && has(app, 'ben'))
  await until(async () => (await lines('app', 'links', 'wiki')).every(({ state }) => ['', 'watched'].includes(state)))
  const names = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name).toSorted()
  expect(names(await lines('app', 'links', 'wiki'))).toEqual(['ada', 'ben'])
  expect(await lines('app', 'links', 'wiki', '--state', 'parked')).toEqual([])
  expect((await lockstep('app', 'links', 'wiki', '--limit', '1')).stdout).toMatch(/^NAME.*\n(ada|ben).*\n… and more/)
  expect((await lockstep('app', 'links', 'wiki', '--state', 'lost')).stderr).toContain('--state must be one of ready')
  expect((await lockstep('app', 'links', 'none')).code).not.toBe(0)
  const all = await lines('app', 'attempts', 'wiki')
  const own = await lines('app', 'attempts', 'wiki', '--user', 'ada')
  expect(own.length).toBeGreaterThan(0)
  expect(own.length).toBeLessThan(all.length)
  const { stdout } = await lockstep('app', 'attempts', 'wiki', '--user', 'ada')
  expect(stdout).toMatch(/create +done +POST \/Users/)
})

test('a sweep is begun, left, followed until it has ended, and what it found is mended', async () => {
  const { app, serve, scim, run: lockstep, lines } = await started()
  const server = await serve()
  const send = scim(server)
  for (const name of ['ada', 'ben']) await send('POST', '/Users', person(name))
  await until(() => has(app, 'ada') && has(app, 'ben'))
  await until(async () => (await lines('app', 'links', 'wiki')).every(({ state }) => ['', 'watched'].includes(state)))
  const account = app.state().find(({ attributes }) => attributes.userName === 'ada')
  app.otherWriter.update('User', account?.id ?? '', { displayName: 'Somebody else' })
  app.otherWriter.create('User', { userName: 'stranger', active: true })
  await server.stop()
  // Without a server it is begun, and waits; the same one is followed later.
  const [begun] = await lines('sweep', 'wiki', '--wait', '0')
  expect(begun).toMatchObject({ kind: 'full', phase: 'accounts' })
  const left = await lockstep('sweep', 'wiki', '--wait', '0')
  expect(left.stderr).toContain(`Sweep ${begun.sweep} is under way already`)
  expect(left.stderr).toMatch(/goes on; follow it again with: .* sweep wiki --tenant acme/)
  expect((await lockstep('sweep', 'fix', 'wiki', begun.sweep, '--yes')).code).not.toBe(0)
  const following = lockstep('sweep', 'wiki')
  await serve()
  const ended = await following
  expect(ended.code).toBe(0)
  expect(ended.stdout).toMatch(/found +1 drifted, 1 stranger/)
  const [shown, ...drifts] = await lines('sweep', 'show', 'wiki', begun.sweep)
  expect(shown).toMatchObject({ sweep: begun.sweep, phase: 'done', counts: { drifted: 1, stranger: 1 } })
  expect(drifts).toMatchObject([{ kind: 'drifted', name: 'ada' }, { kind: 'stranger' }])
  expect((await lockstep('sweep', 'show', 'wiki', begun.sweep, '--kind', 'stranger')).stdout).not.toContain('ada')
  expect((await lockstep('sweep', 'fix', 'wiki', begun.sweep, '--kinds', 'stranger', '--yes')).stderr).toContain(
    '--kinds must be some of drifted, missing, zombie',
  )
  const stranger = drifts[1].account
  const why = ['--reason', 'their own']
  expect((await lockstep('ignored', 'add', 'wiki', stranger, ...why)).stderr).toContain('--attributes')
  const [ignored] = await lines('ignored', 'add', 'wiki', stranger, '--stranger', '--days', '7', ...why)
  expect(ignored).toMatchObject({ kind: 'stranger', account: stranger, reason: 'their own' })
  expect(await lines('ignored', 'list', 'wiki')).toEqual([ignored])
  expect((await lockstep('ignored', 'add', 'wiki', drifts[0].account, '--stranger', ...why)).stderr).toContain('ada')
  expect((await lockstep('ignored', 'end', 'wiki', ignored.id)).code).toBe(0)
  expect((await lockstep('ignored', 'list', 'wiki')).stdout).toContain('No difference of app "wiki" is ignored.')
  const light = await lockstep('sweep', 'wiki', '--light')
  expect([light.code, light.stdout]).toEqual([0, expect.stringMatching(/kind +light/)])
  // One that ended before it could be followed was followed by another.
  const list = await lines('sweep', 'list', 'wiki')
  expect([list[0].sweep, list.at(-1).kind]).toEqual([begun.sweep, 'light'])
})

test('an app whose accounts are to be off is removed once all of them are, and not before', async () => {
  const { app, serve, scim, run: lockstep, lines } = await started()
  const send = scim(await serve())
  for (const name of ['ada', 'ben']) await send('POST', '/Users', person(name))
  await until(() => has(app, 'ada') && has(app, 'ben'))
  const remove = ['app', 'remove', 'wiki', '--disable-accounts']
  const unasked = await lockstep(...remove)
  expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('pass --yes')])
  expect(await lines('app', 'show', 'wiki')).toMatchObject([{ mode: 'on', scope: { users: {} } }])
  const isActive = () => app.state().map(({ attributes }) => attributes.active)
  const refusing = app.fault({ methods: ['PATCH'], fault: { kind: 'refused-attribute', attribute: 'active' } })
  const refused = await lockstep(...remove, '--yes')
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/2 accounts are still on: (ada|ben) \(/)])
  expect(isActive()).toEqual([true, true])
  refusing()
  const { code, stdout } = await lockstep(...remove, '--yes')
  expect([code, stdout]).toEqual([0, 'App "wiki" was removed. Its accounts are off.\n'])
  expect(isActive()).toEqual([false, false])
  expect(await lines('app', 'list')).toEqual([])
})
