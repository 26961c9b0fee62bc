// Tests sign-in where the console proves itself by a private key: with a real OpenID provider, and what is no key.

import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Serving, serve } from '../serve.ts'
import { openPage } from './browser.ts'
import { CALLBACK, type OpenIdProvider, signIn, startProvider } from './openid-provider.ts'

const KEYS = [
  { kid: 'first', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) },
  { kid: 'second', ...generateKeyPairSync('rsa', { modulusLength: 2_048 }) },
] as const
const pemOf = ({ privateKey }: { readonly privateKey: KeyObject }) =>
  privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

let idp: OpenIdProvider
let server: Serving
let owner: string

beforeAll(async () => {
  server = await serve({ flags: { outboundAllow: '127.0.0.0/8' } })
  idp = await startProvider([
    {
      client_id: 'console-by-key',
      redirect_uris: [`${server.url}${CALLBACK}`],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: {
        keys: KEYS.map(({ publicKey, kid }) => ({ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' })) as never,
      },
    },
  ])
  owner = (await server.tenancy.adminTokens.create()).token
})
afterAll(async () => {
  idp.close()
  await server.close()
})

const send = (method: string, path: string, body?: unknown) =>
  openPage(server.url).send(method, path, { body, headers: { authorization: `Bearer ${owner}` } })

describe('a client that proves itself by a private key', () => {
  const rules = [{ claim: 'groups', value: 'owners', role: 'owner' }]
  const byKey = (secret: string, keyId?: string) => ({
    oidc: { issuer: idp.issuer, clientId: 'console-by-key', client: 'key', keyId, secret },
    rules,
  })

  test.each(KEYS)('is let in with its $kid key, and none of it is shown', async (key) => {
    const put = await send('PUT', '/sign-in', byKey(pemOf(key), key.kid))
    expect(put).toMatchObject({ status: 200, body: { oidc: { client: 'key', keyId: key.kid, secret: 'sealed' } } })
    const middle = pemOf(key).split('\n')[1] ?? ''
    const kept = [await server.store.records('', 'sign-in', { limit: 10 }), await server.store.changes('', 0, 1_000)]
    expect(JSON.stringify([put.body, ...kept])).not.toContain(middle)
    idp.claims = { groups: ['owners'] }
    const page = openPage(server.url)
    expect(await signIn(server.url, page)).toBe('/console/t/acme')
    expect((await page.send('GET', '/session')).body).toMatchObject({ role: 'owner', how: 'oidc' })
  })

  test('is not, with a key that the provider does not know', async () => {
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    await send('PUT', '/sign-in', byKey(pemOf(stranger), 'first'))
    expect(await signIn(server.url, openPage(server.url))).toBe('/console/sign-in?problem=refused')
  })

  test.each([
    ['no key', 'not-a-key'],
    ['an EC key on another curve', pemOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }))],
    ['a short RSA key', pemOf(generateKeyPairSync('rsa', { modulusLength: 1_024 }))],
    ['a public key', KEYS[0].publicKey.export({ type: 'spki', format: 'pem' }).toString()],
  ])('%s is refused at its field', async (_what, secret) => {
    for (const [method, path] of [
      ['PUT', '/sign-in'],
      ['POST', '/sign-in/test'],
    ] as const) {
      const refused = await send(method, path, byKey(secret))
      expect([refused.status, refused.body.error.faults?.[0]?.field]).toEqual([400, 'oidc.secret'])
    }
  })
})
