// Signs people in through a real Keycloak by the two examples of the guide, by OpenID Connect and by SAML.

import { createServer, type Server } from 'node:http'
import type { Express } from 'express'
import * as oidc from 'openid-client'
import { signInByOidc } from '../examples/sign-in-oidc.ts'
import { signInBySaml } from '../examples/sign-in-saml.ts'
import { lockstep } from '../src/index.ts'
import { memoryStore } from '../src/store/index.ts'
import { createBrowser } from '../test/embed/browser.ts'
import { Missing } from './judge.ts'
import { KEYCLOAK_VERSION, type Keycloak, type KeycloakPerson, startKeycloak } from './keycloak/keycloak.ts'

const ADA: KeycloakPerson = { id: '5d1c4f0e-0f0a-4c39-9a53-0d9b1c3f7a01', username: 'ada@acme.example' }
/** In Keycloak, and never provisioned. */
const BOB: KeycloakPerson = { id: '5d1c4f0e-0f0a-4c39-9a53-0d9b1c3f7a02', username: 'bob@acme.example' }
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const AUDIENCE = 'urn:app'

/** An address that is known before what answers there. */
async function place() {
  let app: Express | undefined
  const server: Server = createServer((request, response) => app?.(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    serve: (one: Express) => {
      app = one
    },
    close: () => server.close(),
  }
}

type Place = Awaited<ReturnType<typeof place>>

/** A tenant of an app into which Ada was provisioned, and what may sign in there. */
async function provisioned(issuer: string, protocol: 'oidc' | 'saml') {
  const store = memoryStore()
  // By SAML Keycloak names people by their user name, which may change; its id comes as an attribute, where it is mapped.
  const immutable = protocol === 'saml' ? { immutable: 'id' } : {}
  const connection = { id: 'sso', kind: 'keycloak', protocol, issuer, domains: ['acme.example'], ...immutable } as const
  const scim = lockstep({
    store,
    url: 'http://127.0.0.1/scim/v2',
    authenticate: () => ({ tenant: 'acme', actor: 'keycloak' }),
    signIn: { connections: async () => [connection] },
  })
  const send = async (method: string, path: string, body: object) => {
    const headers = { 'content-type': 'application/scim+json' }
    const request = new Request(`http://127.0.0.1/scim/v2${path}`, { method, headers, body: JSON.stringify(body) })
    return (await scim.fetch(request)).json() as Promise<{ readonly id: string }>
  }
  const { id } = await send('POST', '/Users', {
    schemas: [USER],
    userName: ADA.username,
    externalId: ADA.id,
    active: true,
  })
  const leave = () =>
    send('PATCH', `/Users/${id}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'active', value: false }],
    })
  const close = async () => {
    await scim.close()
    await store.close()
  }
  return { scim, leave, close }
}

/** Signs in at Keycloak's own page, and comes back; by SAML with the form that Keycloak's page sends by itself. */
async function signIn(app: Place, keycloak: Keycloak, username: string) {
  const browser = createBrowser()
  let page = await browser.get(`${app.url}/sign-in`)
  const action = textOf(/<form[^>]* action="([^"]*)"/.exec(page.text)?.[1])
  page = await browser.post(action, { username, password: keycloak.password, credentialId: '' })
  const answer = /name="SAMLResponse" value="([^"]*)"/i.exec(page.text)?.[1]
  if (answer !== undefined) {
    const RelayState = textOf(/name="RelayState" value="([^"]*)"/i.exec(page.text)?.[1])
    page = await browser.post(textOf(/action="([^"]*)"/i.exec(page.text)?.[1]), {
      SAMLResponse: textOf(answer),
      RelayState,
    })
  }
  return { browser, page }
}

const textOf = (html = ''): string => html.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=').replaceAll('&#x2B;', '+')

/** Runs both. Returns whether everything was as the guide says. */
export async function signInAll(): Promise<boolean> {
  const [byOidc, bySaml] = [await place(), await place()]
  const back = { oidc: `${byOidc.url}/sign-in/done`, saml: `${bySaml.url}/sign-in/done`, audience: AUDIENCE }
  let keycloak: Keycloak
  try {
    keycloak = await startKeycloak([ADA, BOB], back)
  } catch (error) {
    byOidc.close()
    bySaml.close()
    if (!(error instanceof Missing)) throw error
    console.log(`Keycloak was left out: ${error.message}`)
    return true
  }
  const wrong: string[] = []
  try {
    wrong.push(...(await tryOidc(byOidc, keycloak, back.oidc)), ...(await trySaml(bySaml, keycloak, back.saml)))
  } finally {
    await keycloak.stop()
    byOidc.close()
    bySaml.close()
  }
  for (const line of wrong) console.log(`  ✗ ${line}`)
  console.log(
    `Keycloak ${KEYCLOAK_VERSION}: ${wrong.length === 0 ? 'signs people in by OpenID Connect and by SAML' : 'failed'}`,
  )
  return wrong.length === 0
}

/** Collects what is not as it should be. */
function expecting(way: string) {
  const wrong: string[] = []
  const expect = (what: string, seen: unknown, wanted: unknown) => {
    if (seen !== wanted) wrong.push(`${way}: ${what}: ${JSON.stringify(seen)}, not ${JSON.stringify(wanted)}`)
  }
  return { wrong, expect }
}

async function tryOidc(app: Place, keycloak: Keycloak, callback: string): Promise<readonly string[]> {
  const { scim, leave, close } = await provisioned(keycloak.realm, 'oidc')
  const { wrong, expect } = expecting('OpenID Connect')
  const config = await oidc.discovery(new URL(keycloak.realm), 'app', keycloak.secret, undefined, {
    execute: [oidc.allowInsecureRequests],
  })
  app.serve(signInByOidc(scim, { tenant: 'acme', id: 'sso', config, callback }))
  try {
    const ada = await signIn(app, keycloak, ADA.username)
    expect('who was provisioned', ada.page.text, `Hello, ${ADA.username}`)
    expect('who was not', (await signIn(app, keycloak, BOB.username)).page.status, 403)
    await keycloak.rename(ADA, 'countess@acme.example')
    await keycloak.rename(BOB, ADA.username)
    const renamed = await signIn(app, keycloak, 'countess@acme.example')
    expect('who was renamed there', renamed.page.text, `Hello, ${ADA.username}`)
    expect('who has her name now', (await signIn(app, keycloak, ADA.username)).page.status, 403)
    await keycloak.rename(BOB, BOB.username)
    await keycloak.rename(ADA, ADA.username)
    await leave()
    expect('the session of a leaver', (await ada.browser.get(`${app.url}/`)).status, 401)
    expect('a leaver', (await signIn(app, keycloak, ADA.username)).page.status, 403)
  } finally {
    await close()
  }
  return wrong
}

async function trySaml(app: Place, keycloak: Keycloak, callback: string): Promise<readonly string[]> {
  const { scim, leave, close } = await provisioned(keycloak.realm, 'saml')
  const { wrong, expect } = expecting('SAML')
  const descriptor = await (await fetch(`${keycloak.realm}/protocol/saml/descriptor`)).text()
  const certificate = /<ds:X509Certificate>([^<]+)</.exec(descriptor)?.[1] ?? ''
  const entryPoint = `${keycloak.realm}/protocol/saml`
  const connection = { tenant: 'acme', id: 'sso', entryPoint, certificate, audience: AUDIENCE, callback }
  const begun: string[] = []
  const routes = signInBySaml(scim, connection, (person) => {
    begun.push(person)
    return `session=${person}; Path=/`
  })
  routes.get('/', (_request, response) => void response.send('home'))
  app.serve(routes)
  try {
    expect('who was provisioned', (await signIn(app, keycloak, ADA.username)).page.text, 'home')
    expect('who was not', (await signIn(app, keycloak, BOB.username)).page.status, 403)
    await leave()
    expect('a leaver', (await signIn(app, keycloak, ADA.username)).page.status, 403)
    expect('sessions begun', begun.length, 1)
  } finally {
    await close()
  }
  return wrong
}
