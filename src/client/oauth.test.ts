// Tokens by client credentials.

import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { json, type Reply, raw, type Scripted, scripted, type Wire } from '../../test/client/scripted.ts'
import { type Environment, environment } from '../environment.ts'
import { createClient, type OAuthOptions, oauth, User } from './index.ts'

const open: Scripted[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})
const USER = { id: '1', userName: 'ada' }

/** A client whose tokens are numbered, each good for so many seconds, with the clock in the test's hands. */
async function clientOf(
  options: Partial<OAuthOptions> = {},
  answer?: (wire: Wire, count: number) => Reply,
  attempts = 1,
) {
  const clock = { now: 1_000_000 }
  const waits: number[] = []
  const own: Environment = { ...environment, now: () => clock.now, wait: async (ms) => void waits.push(ms) }
  const issuer = await scripted(
    answer ?? ((_wire, count) => json(200, { access_token: `t${count}`, token_type: 'Bearer', expires_in: 600 })),
  )
  const refused = new Set<string>()
  const server = await scripted((wire) =>
    refused.has(wire.headers.get('authorization') ?? '') ? raw(401, '') : json(200, USER),
  )
  open.push(issuer, server)
  const auth = oauth({ tokenUrl: `${issuer.url}/token`, clientId: 'me:1', clientSecret: 'p w%', ...options })
  const app = createClient({ url: server.url, auth, environment: own, attempts })
  const used = () => server.seen.map(({ headers }) => headers.get('authorization'))
  return { app, clock, issuer, refused, used, waits }
}

describe('tokens by client credentials', () => {
  test('are fetched once for everybody who waits', async () => {
    const { app, issuer, used } = await clientOf({ scope: 'scim', parameters: { resource: 'https://app.example' } })
    await Promise.all(Array.from({ length: 20 }, () => app.get(User, '1')))
    expect(issuer.seen).toHaveLength(1)
    expect(new Set(used())).toEqual(new Set(['Bearer t1']))
    const [asked] = issuer.seen
    // RFC 6749 §2.3.1: each part as a form first.
    const pair = Buffer.from(asked?.headers.get('authorization')?.slice(6) ?? '', 'base64').toString()
    expect(pair).toBe('me%3A1:p+w%25')
    expect(Object.fromEntries(new URLSearchParams(asked?.body))).toEqual({
      grant_type: 'client_credentials',
      scope: 'scim',
      resource: 'https://app.example',
    })
  })

  test('are renewed ahead of their end, while the old one still goes out', async () => {
    const { app, clock, issuer, used } = await clientOf()
    await app.get(User, '1')
    clock.now += 539_000
    await app.get(User, '1')
    expect(issuer.seen).toHaveLength(1)
    clock.now += 2_000
    await app.get(User, '1')
    await expect.poll(() => issuer.seen.length).toBe(2)
    await expect.poll(async () => (await app.get(User, '1')) && used().at(-1)).toBe('Bearer t2')
    expect(used().slice(0, 3)).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t1'])
    clock.now += 10_000_000
    await app.get(User, '1')
    expect(used().at(-1)).toBe('Bearer t3')
  })

  test('are made anew once when refused, for all who were refused together', async () => {
    const { app, refused, issuer, used } = await clientOf()
    await app.get(User, '1')
    refused.add('Bearer t1')
    await Promise.all(Array.from({ length: 5 }, () => app.get(User, '1')))
    expect(issuer.seen).toHaveLength(2)
    refused.add('Bearer t2').add('Bearer t3')
    await expect(app.get(User, '1')).rejects.toMatchObject({ status: 401 })
    expect(used().filter((each) => each === 'Bearer t3')).toHaveLength(1)
  })

  test('by client_secret_post', async () => {
    const { app, issuer } = await clientOf({ method: 'client_secret_post' })
    await app.get(User, '1')
    expect(issuer.seen[0]?.headers.get('authorization')).toBeUndefined()
    expect(new URLSearchParams(issuer.seen[0]?.body).get('client_secret')).toBe('p w%')
  })

  test.each(['RS256', 'PS256', 'ES256'] as const)('by private_key_jwt, signed with %s', async (algorithm) => {
    const pair =
      algorithm === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
    const { app, issuer } = await clientOf({ key: { algorithm, private: pem, id: 'k1' } })
    await app.get(User, '1')
    const form = new URLSearchParams(issuer.seen[0]?.body)
    const [head = '', claims = '', signature = ''] = (form.get('client_assertion') ?? '').split('.')
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
    expect(read(head)).toEqual({ alg: algorithm, typ: 'JWT', kid: 'k1' })
    expect(read(claims)).toMatchObject({ iss: 'me:1', sub: 'me:1', aud: `${issuer.url}/token`, iat: 1_000, exp: 1_060 })
    const key = createPublicKey(pair.publicKey.export({ type: 'spki', format: 'pem' }))
    const options =
      algorithm === 'ES256'
        ? { key, dsaEncoding: 'ieee-p1363' as const }
        : { key, ...(algorithm === 'PS256' ? { padding: 6, saltLength: 32 } : {}) }
    expect(verify('sha256', Buffer.from(`${head}.${claims}`), options, Buffer.from(signature, 'base64url'))).toBe(true)
    const jwk = pair.privateKey.export({ format: 'jwk' }) as { kty: string }
    await (await clientOf({ key: { algorithm, private: jwk } })).app.get(User, '1')
  })

  test('that are not given say why, without the secret', async () => {
    const { app } = await clientOf({}, () => json(401, { error: 'invalid_client', error_description: 'who?' }))
    const error = await app.get(User, '1').catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ code: 'ERR_TOKEN', mayBeDone: false, status: 401 })
    expect((error as Error).message).toContain('invalid_client: who?')
    expect((error as Error).message).not.toContain('p w')
    await expect((await clientOf({}, () => raw(200, '<html>'))).app.get(User, '1')).rejects.toMatchObject({
      code: 'ERR_TOKEN',
    })
    const mac = await clientOf({}, () => json(200, { access_token: 'x', token_type: 'mac' }))
    await expect(mac.app.get(User, '1')).rejects.toThrow('only Bearer')
    await expect(
      (await clientOf({ key: { algorithm: 'RS256', private: 'nonsense' } })).app.get(User, '1'),
    ).rejects.toMatchObject({
      code: 'ERR_CONFIG',
    })
    expect(() => oauth({ tokenUrl: 'https://x.example', clientId: 'a' })).toThrow('needs a clientSecret')
  })

  describe('from an authorization server that fails for a moment', () => {
    const given = json(200, { access_token: 'late', token_type: 'Bearer', expires_in: 600 })

    test('are fetched again, once for everybody who waits', async () => {
      const { app, issuer, used, waits } = await clientOf(
        {},
        (_wire, count) => (count === 1 ? raw(503, '') : count === 2 ? (socket) => socket.destroy() : given),
        4,
      )
      await Promise.all(Array.from({ length: 5 }, () => app.get(User, '1')))
      expect(issuer.seen).toHaveLength(3)
      expect(waits).toHaveLength(2)
      expect(new Set(used())).toEqual(new Set(['Bearer late']))
    })

    test('are waited for as long as it asks, and not past the limit', async () => {
      const soon = await clientOf({}, (_wire, count) => (count === 1 ? raw(429, '', { 'Retry-After': '7' }) : given), 4)
      await soon.app.get(User, '1')
      expect(soon.waits).toEqual([7_000])
      const late = await clientOf({}, () => raw(503, '', { 'Retry-After': '61' }), 4)
      await expect(late.app.get(User, '1')).rejects.toMatchObject({ code: 'ERR_TOKEN', retryAfterMs: 61_000 })
      expect(late.issuer.seen).toHaveLength(1)
    })

    test.each([
      [3, 502, 3, 'as often as the client tries'],
      [1, 503, 1, 'not at all when the client does not'],
      [4, 400, 1, 'not at all when it refuses'],
    ])('with %i attempts and %i: asked %i times (%s)', async (attempts, status, times, _case) => {
      const { app, issuer } = await clientOf({}, () => raw(status, ''), attempts)
      await expect(app.get(User, '1')).rejects.toMatchObject({ code: 'ERR_TOKEN', status, mayBeDone: false })
      expect(issuer.seen).toHaveLength(times)
    })
  })
})

test('the answer of a token endpoint is read up to its limit and no further', async () => {
  let sent = 0
  const { app } = await clientOf({}, () => (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{"x":"')
    const chunk = 'a'.repeat(65_536)
    const more = () => {
      // 64 MiB, as fast as they are taken.
      for (; sent < 1_024 && !socket.destroyed; sent++) {
        if (!socket.write(chunk)) {
          sent++
          socket.once('drain', more)
          return
        }
      }
      socket.end('"}')
    }
    more()
  })
  await expect(app.get(User, '1')).rejects.toMatchObject({
    code: 'ERR_TOKEN',
    message: expect.stringContaining('longer than 65536 bytes'),
  })
  expect(sent).toBeLessThan(512)
})

test('one at the limit is read', async () => {
  const token = { access_token: 'whole', token_type: 'Bearer', pad: '' }
  const padded = { ...token, pad: 'a'.repeat(65_536 - JSON.stringify(token).length) }
  const { app, used } = await clientOf({}, () => json(200, padded))
  await app.get(User, '1')
  expect(used()).toEqual(['Bearer whole'])
  const longer = await clientOf({}, () => json(200, { ...padded, pad: `${padded.pad}a` }))
  await expect(longer.app.get(User, '1')).rejects.toMatchObject({ code: 'ERR_TOKEN' })
})

test.each([[{ tokenUrl: 'nowhere' }], [{ tokenUrl: 'file:///etc/passwd' }], [{ clientId: '' }]])(
  '%j makes no sense',
  (options) => {
    const given = { tokenUrl: 'https://x.example', clientId: 'a', clientSecret: 'b', ...options }
    expect(() => oauth(given)).toThrow(expect.objectContaining({ code: 'ERR_CONFIG' }))
  },
)
