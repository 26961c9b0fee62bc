// Installs Keycloak with Maven, and starts it on loopback with a realm of two people and two applications.

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { installed, need, run } from '../programs.ts'

/** The version in pom.xml. */
export const KEYCLOAK_VERSION = '26.5.6'

/** Somebody in the realm. */
export interface KeycloakPerson {
  /** What the token's `sub` says, and what Keycloak's SCIM clients send as `externalId`. */
  readonly id: string
  readonly username: string
}

/** A running Keycloak. */
export interface Keycloak {
  /** The realm's address, which is its issuer too. */
  readonly realm: string
  readonly secret: string
  /** Of each person. */
  readonly password: string
  /** Renames somebody, as an administrator does. */
  readonly rename: (person: KeycloakPerson, username: string) => Promise<void>
  readonly stop: () => Promise<void>
}

/** How long the first start may take, which builds the server. */
const START_MS = 180_000

/** Starts it. `oidc` and `saml` are the addresses that people are sent back to, `audience` what the SAML application is called. */
export async function startKeycloak(
  people: readonly KeycloakPerson[],
  back: { readonly oidc: string; readonly saml: string; readonly audience: string },
): Promise<Keycloak> {
  need('java', 'mvn')
  const pom = join(import.meta.dirname, 'pom.xml')
  const folder = await installed('keycloak', [pom], await readFile(pom, 'utf8'), (inside) =>
    run('mvn', ['-q', '-B', 'package'], { cwd: inside, seconds: 600 }),
  )
  const home = join(folder, `keycloak-${KEYCLOAK_VERSION}`)
  // A realm of this run alone: what an earlier one left behind is not asked.
  await rm(join(home, 'data'), { recursive: true, force: true })
  await mkdir(join(home, 'data/import'), { recursive: true })
  const [secret, password, owner] = [0, 1, 2].map(() => randomBytes(18).toString('base64url')) as [
    string,
    string,
    string,
  ]
  const realm = realmOf(people, back, { secret, password })
  await writeFile(join(home, 'data/import/acme-realm.json'), JSON.stringify(realm), { mode: 0o600 })
  const port = await freePort()
  const words = ['start-dev', '--import-realm', '--http-host=127.0.0.1', `--http-port=${port}`]
  const child = spawn(join(home, 'bin/kc.sh'), words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // The script starts Java in its own place, so that the end of this process is that of Keycloak.
    env: { ...process.env, KC_BOOTSTRAP_ADMIN_USERNAME: 'owner', KC_BOOTSTRAP_ADMIN_PASSWORD: owner },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => (said = `${said}${text}`.slice(-4_000)))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const root = `http://127.0.0.1:${port}`
  await answering(
    `${root}/realms/acme`,
    () => child.exitCode !== null,
    () => said,
  )
  return {
    realm: `${root}/realms/acme`,
    secret,
    password,
    rename: async ({ id }, username) => {
      const token = await ownerToken(root, owner)
      const address = `${root}/admin/realms/acme/users/${id}`
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const user = (await (await fetch(address, { headers })).json()) as object
      const body = JSON.stringify({ ...user, username, email: username })
      const { status } = await fetch(address, { method: 'PUT', headers, body })
      if (status !== 204) throw new Error(`Keycloak did not rename ${id}: ${status}`)
    },
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

function realmOf(
  people: readonly KeycloakPerson[],
  back: { readonly oidc: string; readonly saml: string; readonly audience: string },
  { secret, password }: { readonly secret: string; readonly password: string },
): object {
  return {
    realm: 'acme',
    enabled: true,
    sslRequired: 'none',
    editUsernameAllowed: true,
    users: people.map(({ id, username }) => ({
      id,
      username,
      email: username,
      emailVerified: true,
      enabled: true,
      firstName: 'Ada',
      lastName: 'Lovelace',
      credentials: [{ type: 'password', value: password, temporary: false }],
    })),
    clients: [
      { clientId: 'app', secret, redirectUris: [back.oidc], standardFlowEnabled: true, protocol: 'openid-connect' },
      {
        clientId: back.audience,
        protocol: 'saml',
        redirectUris: [back.saml],
        attributes: {
          'saml.assertion.signature': 'true',
          'saml.client.signature': 'false',
          'saml.force.post.binding': 'true',
          saml_force_name_id_format: 'true',
          saml_name_id_format: 'username',
        },
        protocolMappers: [
          {
            name: 'id',
            protocol: 'saml',
            protocolMapper: 'saml-user-property-mapper',
            config: { 'user.attribute': 'id', 'attribute.name': 'id', 'attribute.nameformat': 'Basic' },
          },
        ],
      },
    ],
  }
}

async function ownerToken(root: string, password: string): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', username: 'owner', password })
  const response = await fetch(`${root}/realms/master/protocol/openid-connect/token`, { method: 'POST', body })
  return ((await response.json()) as { readonly access_token: string }).access_token
}

async function answering(address: string, hasEnded: () => boolean, said: () => string): Promise<void> {
  for (let waited = 0; waited < START_MS; waited += 500) {
    if (hasEnded()) throw new Error(`Keycloak ended: ${said()}`)
    const { ok } = await fetch(address).catch(() => ({ ok: false }))
    if (ok) return
    await wait(500)
  }
  throw new Error(`Keycloak does not answer: ${said()}`)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
