// Shows the hub at work on this machine: Okta, three apps, a joiner, a mover, a group, a leaver, a receipt.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simulate, tellSimulation } from '../src/simulate/index.ts'
import { createApps, type DemoApp } from './demo/apps.ts'
import { lockstep, startLockstep } from './demo/lockstep.ts'
import { createScreen } from './demo/screen.ts'

const TENANT = 'acme'
/** Longest wait for all apps to confirm. */
const PATIENCE_MS = 60_000

const folder = mkdtempSync(join(tmpdir(), 'lockstep-demo-'))
const screen = createScreen()
const apps = await createApps(screen)
const server = await startLockstep(folder)
try {
  await demo()
  await lookAround()
} finally {
  await server.stop()
  for (const app of apps) await app.close()
  rmSync(folder, { recursive: true, force: true })
}

async function demo(): Promise<void> {
  screen.title('Lockstep keeps three apps in step with an identity provider')
  const connection = await connect()
  screen.note(`Okta is connected at ${connection.url}, and plays one person`)
  for (const app of apps) await addApp(app)

  const titles = ['A joiner', 'A mover: the person has another name', 'A group is pushed', 'A leaver', 'The proof']
  const nextTitle = () => screen.title(titles.shift() ?? '')
  let person = ''
  nextTitle()
  const played = await simulate('okta-oin', {
    ...connection,
    only: ['joiner', 'mover', 'group', 'leaver'],
    people: 1,
    seed: 1,
    domain: 'acme.example',
    // What becomes of the person is looked at afterwards.
    keep: true,
    fetch(request) {
      screen.sent(`${request.method} ${decodeURIComponent(request.url.slice(connection.url.length))}`)
      return fetch(request)
    },
    async onAct({ people: [one] }) {
      person = one?.id ?? ''
      await confirmed(person)
      nextTitle()
    },
  })
  if (!played.works) throw new Error(tellSimulation(played))

  const file = join(folder, 'person.receipt')
  screen.print(await lockstep(folder, ['told', person, '--tenant', TENANT]))
  await lockstep(folder, ['receipt', 'export', person, '--tenant', TENANT], file)
  const keys = join(folder, 'keys.json')
  await lockstep(folder, ['receipt', 'keys', '--json'], keys)
  screen.print(await lockstep(folder, ['receipt', 'verify', file, '--jwks', keys]))
}

/** Says where the console is. On a terminal all of it goes on, so that it can be looked at; Ctrl+C ends it. */
async function lookAround(): Promise<void> {
  screen.title('The console')
  if (process.stdout.isTTY !== true) {
    screen.note(`It was at ${server.url}/console; on a terminal the demonstration stays, so that you can look around`)
    return
  }
  const made = await lockstep(folder, ['console', 'link', '--public-url', server.url, '--json'])
  const { link } = JSON.parse(made) as { readonly link: string }
  screen.note(`Sign in, once and within ten minutes: ${link}`)
  screen.note('Ctrl+C ends the demonstration')
  await new Promise<void>((resolve) => process.once('SIGINT', () => resolve()))
}

/** Makes the tenant, and the credentials of its identity provider. */
async function connect(): Promise<{ readonly url: string; readonly token: string }> {
  await lockstep(folder, ['tenant', 'create', TENANT])
  const made = await lockstep(folder, ['connection', 'create', TENANT, '--kind', 'okta', '--json'])
  const { token: secret } = JSON.parse(made) as { readonly token: string }
  return { url: `${server.url}/tenants/${TENANT}/scim/v2`, token: secret }
}

async function addApp(app: DemoApp): Promise<void> {
  const options = ['--tenant', TENANT, '--url', app.url, '--profile', app.profile, '--token-env', 'DEMO_TOKEN']
  await lockstep(folder, ['app', 'add', app.name, '--label', app.label, ...options, '--users', '', '--groups', ''])
  await lockstep(folder, ['app', 'switch-on', app.name, '--tenant', TENANT, '--yes'])
  screen.note(`${app.label} is switched on: ${app.about}`)
}

/** Waits until every app has confirmed all that it was told of a person. */
async function confirmed(id: string): Promise<void> {
  const until = Date.now() + PATIENCE_MS
  for (;;) {
    const told = JSON.parse(await lockstep(folder, ['told', id, '--tenant', TENANT, '--json'])) as ToldApps
    const open = rowsOf(told).filter(({ state }) => state !== 'confirmed' && state !== 'verified')
    if (open.length === 0 && rowsOf(told).length === apps.length) {
      screen.done()
      return
    }
    if (Date.now() > until) throw new Error(`Not confirmed within a minute: ${JSON.stringify(told)}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

type ToldApps = readonly { readonly state: string }[] | { readonly apps: readonly { readonly state: string }[] }

function rowsOf(told: ToldApps): readonly { readonly state: string }[] {
  return 'apps' in told ? told.apps : told
}
