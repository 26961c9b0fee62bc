// An administrator's first week with the hub, by commands alone: apps, people, trouble, a restore.

import { copyFile, rm } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import { createFakeApp, FAKE_PROFILES, listen } from '../../src/testing/index.ts'
import { folder, type Running, run, startServer } from '../cli/run.ts'
import { runsHere } from '../database-under-test.ts'
import { atEnd, endAll, has, person, sender, until } from '../hub-processes.ts'

afterEach(endAll)

const CONTROLS = [0x1b, 0x07, 0x202e].map((code) => String.fromCharCode(code))
const LEGACY = '{"users":{"table":"staff","columns":{"userName":"login","displayName":"name"},"active":"enabled"}}'
/** What a terminal or a spreadsheet would take for a command. */
const HOSTILE = `=cmd()${CONTROLS.join('')}`

test.runIf(runsHere("an administrator adds apps, repairs one, and restores yesterday's backup"))(
  "an administrator adds apps, repairs one, and restores yesterday's backup",
  async () => {
    const site = await startJourney()
    const { lockstep, printed, slack, staff, scim } = site
    const ids: { [name: string]: string } = {}
    for (const name of ['ada', 'bob', 'eve']) ids[name] = (await scim('POST', '/Users', employee(name))).id
    ids.mal = (await scim('POST', '/Users', { ...employee('mal'), displayName: HOSTILE })).id
    const at = new Date().toISOString()

    // Looked at, approved, and there.
    const switchOn = async (app: string) => {
      expect(await printed('app', 'preview', app)).toContain('ada')
      const plan = await printed('plan', app)
      expect(plan).toMatch(/does +create 4/)
      for (const control of CONTROLS) expect(plan).not.toContain(control)
      const id = /^plan +(\S+)/m.exec(plan)?.[1] ?? ''
      expect(await printed('plan', 'apply', app, id, '--yes')).toContain('Approved 4 items')
    }
    await Promise.all(['slack', 'github', 'legacy'].map(switchOn))
    await until(() => has(slack, 'mal') && staff().length === 4)
    await until(async () => (await owed(site)) === 0)

    // Somebody moves, somebody leaves while an app refuses the token, then is down.
    await scim('PATCH', `/Users/${ids.bob}`, replace({ displayName: 'Robert' }))
    await until(() => staff().some(({ name }) => name === 'Robert'))
    await lockstep('backup', site.backup)
    slack.fault({ fault: { kind: 'unauthorized' } })
    await scim('PATCH', `/Users/${ids.ada}`, replace({ active: false }))
    await until(() => staff().some(({ login, enabled }) => login === 'ada' && enabled === 0))
    let apps = ''
    await until(async () => {
      apps = await printed('app', 'list')
      return apps.includes('are its credentials wrong or expired?')
    })
    const [told, shown] = await Promise.all([printed('told', 'ada'), printed('receipt', 'show', 'ada')])
    expect(apps).toMatch(/slack .* on +open +\d +1 ready/)
    expect(told).toContain('2 of 3 apps have confirmed; open: slack.')
    expect(shown).toContain('Not complete: slack has not confirmed.')
    expect(await site.metrics()).toMatch(/lockstep_deprovision_pending(?:\{[^}]*\})? 1\n/)
    slack.clearFaults()
    await printed('app', 'change', 'slack', '--token-env', 'NEW_TOKEN')
    await until(() => has(slack, 'ada', false))
    slack.fault({ fault: { kind: 'refused' } })
    await scim('DELETE', `/Users/${ids.eve}`)
    await until(() => staff().some(({ login, enabled }) => login === 'eve' && enabled === 0))
    slack.clearFaults()
    await until(async () => has(slack, 'ada', false) && has(slack, 'eve', false) && (await owed(site)) === 0)
    await until(async () => (await printed('told', 'ada')).includes('All 3 apps'))

    // What an auditor takes along.
    await lockstep('receipt', 'export', 'ada', '--tenant', 'acme', '--to', site.receipt)
    const verified = await run(['receipt', 'verify', site.receipt, '--database', site.database], site.env)
    expect([verified.code, verified.stderr]).toEqual([0, ''])
    expect(verified.stdout).toContain('is genuine')
    const [then, now, csv] = await Promise.all([
      printed('access', 'slack', '--at', at),
      printed('access', 'slack'),
      printed('access', 'mal', '--csv'),
    ])
    expect(then).toContain('no access')
    expect(now).not.toContain('ada')
    for (const control of CONTROLS) expect(csv).not.toContain(control)

    // Yesterday's backup: nothing that has happened since is undone.
    await site.restore()
    await until(async () => (await printed('app', 'list')).includes('paused'))
    expect(await printed('app', 'show', 'slack')).toContain('restored on')
    // Here they are on, and there they are off: the plan says so, and a resumed app keeps them off.
    for (const planned of await Promise.all(['slack', 'legacy'].map((app) => printed('plan', app)))) {
      expect(planned).toMatch(/does .*enable 2/)
      expect(planned).toContain('2 items change back access that the app has changed since the backup')
    }
    await printed('app', 'resume', 'legacy')
    await until(async () => (await printed('app', 'held', 'legacy')).includes('restore'))
    for (const name of ['ada', 'eve']) expect(staff().find(({ login }) => login === name)).toMatchObject({ enabled: 0 })
    const sync = () => [
      scim('PATCH', `/Users/${ids.ada}`, replace({ active: false })),
      scim('DELETE', `/Users/${ids.eve}`),
    ]
    await Promise.all(sync())
    expect(await printed('plan', 'legacy')).toMatch(/does +same 4$/m)
    await Promise.all(['slack', 'github'].map((app) => printed('app', 'resume', app)))
    await until(async () => (await owed(site)) === 0)
    for (const name of ['ada', 'eve']) {
      expect(has(slack, name, false)).toBe(true)
      expect(staff().find(({ login }) => login === name)).toMatchObject({ enabled: 0 })
    }
    const undone = slack.trace().filter(({ body }) => JSON.stringify(body ?? '').includes('"active":true'))
    expect(undone.filter(({ method }) => method !== 'POST')).toEqual([])

    // As files, there and back.
    await printed('config', 'export', site.files)
    expect((await run(['apply', site.files, '--check', '--database', site.database], site.env)).stdout).toContain(
      'Nothing differs',
    )
  },
  240_000,
)

/** A person as an identity provider sends them, with what every app needs. */
function employee(userName: string): object {
  return { ...person(userName), emails: [{ value: `${userName}@example.com`, primary: true }] }
}

function replace(value: object): object {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
  return { schemas, Operations: [{ op: 'replace', value }] }
}

/** How many accounts do not reflect all changes yet. */
async function owed({ lockstep }: Journey): Promise<number> {
  const apps: { readonly owed: { readonly [state: string]: number } }[] = await lockstep(
    'app',
    'list',
    '--tenant',
    'acme',
  )
  return apps.flatMap(({ owed }) => Object.values(owed)).reduce((sum, count) => sum + count, 0)
}

type Journey = Awaited<ReturnType<typeof startJourney>>

/** A server with a tenant and three apps that are off: two dialects of SCIM, and a table. */
async function startJourney() {
  const files = folder()
  atEnd(files.remove)
  const [slack, github] = [FAKE_PROFILES['slack-like'], FAKE_PROFILES.strict].map((profile) =>
    createFakeApp({ profile, token: 'app-token' }),
  ) as [ReturnType<typeof createFakeApp>, ReturnType<typeof createFakeApp>]
  const places = await Promise.all([slack, github].map((app) => listen(app)))
  for (const place of places) atEnd(place.close)
  const legacy = new DatabaseSync(files.path('legacy.db'))
  atEnd(() => legacy.close())
  legacy.exec('pragma busy_timeout = 5000')
  legacy.exec('create table staff (id integer primary key, login text unique, name text, enabled boolean)')
  const file = files.path('hub.db')
  const database = `sqlite:${file}`
  const env = {
    APP_TOKEN: 'app-token',
    NEW_TOKEN: 'app-token',
    LOCKSTEP_SEAL_KEY: Buffer.alloc(32, 7).toString('base64'),
    LOCKSTEP_APP_LEGACY: `sqlite:${files.path('legacy.db')}`,
    LOCKSTEP_OUTBOUND_ALLOW: '127.0.0.0/8',
  }
  const printed = async (...args: string[]) => {
    const { code, stdout, stderr } = await run([...args, '--tenant', 'acme', '--database', database], env)
    expect([args, code, stderr]).toEqual([args, 0, ''])
    return stdout
  }
  const lockstep = async (...args: string[]) => {
    const { code, stdout, stderr } = await run([...args, '--database', database, '--json'], env)
    expect([args, code, stderr]).toEqual([args, 0, ''])
    return stdout === '' ? undefined : JSON.parse(stdout)
  }
  let server: Running | undefined
  const start = async () => {
    server = await startServer(['--database', database], env)
  }
  atEnd(() => server?.stop('SIGKILL'))
  const { token } = await lockstep('tenant', 'create', 'acme', '--kind', 'okta')
  for (const [app, place] of [
    ['slack', places[0]],
    ['github', places[1]],
  ] as const) {
    const profile = app === 'slack' ? 'slack' : 'rfc'
    await printed('app', 'add', app, '--url', place?.base ?? '', '--profile', profile, '--token-env', 'APP_TOKEN')
  }
  await printed(
    'app',
    'add',
    'legacy',
    '--adapter',
    'table',
    '--options',
    LEGACY,
    '--secret-env',
    'LOCKSTEP_APP_LEGACY',
  )
  await start()
  return {
    env,
    database,
    slack,
    lockstep,
    printed,
    backup: files.path('backup.db'),
    receipt: files.path('ada.jws'),
    files: files.path('reviewed'),
    staff: () => legacy.prepare('select login, name, enabled from staff').all(),
    metrics: async () => (await fetch(`${server?.url}/metrics`)).text(),
    scim: (method: string, path: string, body?: object) =>
      sender({ url: server?.url ?? '' }, token)(method, path, body),
    restore: async () => {
      await server?.stop()
      for (const end of ['', '-wal', '-shm']) await rm(file + end, { force: true })
      await copyFile(files.path('backup.db'), file)
      await start()
    },
  }
}
