// Shows the hub at work on this machine: an identity provider, three apps, a joiner, a mover, a leaver, a receipt.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, EnterpriseUser, Group, token, User } from '../src/client/index.ts'
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
} finally {
  await server.stop()
  for (const app of apps) await app.close()
  rmSync(folder, { recursive: true, force: true })
}

async function demo(): Promise<void> {
  screen.title('Lockstep keeps three apps in step with an identity provider')
  const connection = await connect()
  const idp = createClient({ url: connection.url, auth: token(connection.token) })
  screen.note(`An identity provider is connected at ${connection.url}`)
  for (const app of apps) await addApp(app)

  screen.title('A joiner: Ada is hired')
  const group = await screen.sent('POST /Groups Engineering', () =>
    idp.create(Group, { displayName: 'Engineering', members: [] }),
  )
  const ada = await screen.sent('POST /Users ada.byron', () =>
    idp.create(User, {
      userName: 'ada.byron',
      externalId: '701984',
      displayName: 'Ada Byron',
      name: { givenName: 'Ada', familyName: 'Byron' },
      emails: [{ value: 'ada.byron@acme.example', type: 'work', primary: true }],
      title: 'Analyst',
      active: true,
      [EnterpriseUser.id]: { department: 'Engineering' },
    }),
  )
  await screen.sent('PATCH /Groups Engineering, add Ada', () =>
    idp.patch(Group, group.id, [{ op: 'add', path: 'members', value: [{ value: ada.id }] }]),
  )
  await confirmed(ada.id)

  screen.title('A mover: Ada marries, and becomes an engineer')
  await screen.sent('PATCH /Users ada.byron, new name and title', () =>
    idp.patch(User, ada.id, [
      {
        op: 'replace',
        value: {
          userName: 'ada.lovelace',
          displayName: 'Ada Lovelace',
          name: { givenName: 'Ada', familyName: 'Lovelace' },
          title: 'Engineer',
        },
      },
    ]),
  )
  await confirmed(ada.id)

  screen.title('A leaver: Ada has left the company')
  await screen.sent('PATCH /Users ada.lovelace, active false', () =>
    idp.patch(User, ada.id, [{ op: 'replace', value: { active: false } }]),
  )
  await confirmed(ada.id)

  screen.title('The proof')
  const file = join(folder, 'ada.receipt')
  screen.print(await lockstep(folder, ['told', 'ada.lovelace', '--tenant', TENANT]))
  await lockstep(folder, ['receipt', 'export', 'ada.lovelace', '--tenant', TENANT], file)
  const keys = join(folder, 'keys.json')
  await lockstep(folder, ['receipt', 'keys', '--json'], keys)
  screen.print(await lockstep(folder, ['receipt', 'verify', file, '--jwks', keys]))
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
