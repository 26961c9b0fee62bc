// The attributes of users. RFC 7643 §4.1.

import { describe, expect, test } from 'vitest'
import { emptyPlace } from '../database-under-test.ts'
import { serve } from '../serve.ts'
import { type Body, createClient, expectError, expectList, unique, user } from './client.ts'
import { site } from './site.ts'

// RFC 7643 §4.1: the User resource.

const at = site()

/** A self-signed certificate in DER, base64: what one value of x509Certificates holds. */
const CERTIFICATE =
  'MIIBczCCARmgAwIBAgIUQt789XyfbM+d/AwQVMirPmimR6UwCgYIKoZIzj0EAwIwDjEMMAoGA1UEAwwDYWRhMCAXDTI2MTEyMzIwMTUwMloYDzIxMjYxMDMwMjAxNTAyWjAOMQwwCgYDVQQDDANhZGEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATazDUz/08vboqs5WYs9hfesqWkkjoI4c0hyOolj5xaqsTSFzsMbdB99Qs9LAMPmT4ccMXG3S2xZrMJfAQn/Efdo1MwUTAdBgNVHQ4EFgQULLB2RFdLynl2WCchhyoTHx7NascwHwYDVR0jBBgwFoAULLB2RFdLynl2WCchhyoTHx7NascwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEA7NIvEj36T4ni3AJnEsyB8QQDvJ82CmxvCshjDJxQ8PYCIEMw3vWsERneMuFCMG1b36OgiwvYUIXeflCMEWnUMXRU'

describe('single attributes', () => {
  const c = at.strict()
  const generic = at.of('generic')

  /** Creates a user with these members and reads it again: they must be as given. */
  async function roundTrips(members: Body) {
    const made = await c.post('/Users', user(members))
    expect(made.status, made.text).toBe(201)
    expect(made.body).toMatchObject(members)
    expect((await c.get(`/Users/${made.body.id}`)).body).toMatchObject(members)
  }

  /** Refused on a strict connection, stored as it is on a generic one. */
  async function formMatters(members: Body) {
    expectError(await c.post('/Users', user(members)), 400, 'invalidValue')
    const stored = await generic.post('/Users', user(members))
    expect(stored.status, stored.text).toBe(201)
    expect(stored.body).toMatchObject(members)
  }

  test('S-100 userName is required, unique in the tenant and case insensitive', async () => {
    const userName = unique('bob')
    await c.makeUser({ userName })
    expectError(await c.post('/Users', user({ userName: userName.toUpperCase() })), 409, 'uniqueness')
    expectError(await c.post('/Users', user({ userName: undefined })), 400, 'invalidValue')
    expectError(await c.post('/Users', user({ userName: '' })), 400, 'invalidValue')
    const other = await c.makeUser()
    expectError(
      await c.patch(`/Users/${other.id}`, [{ op: 'replace', path: 'userName', value: userName.toUpperCase() }]),
      409,
      'uniqueness',
    )
  })

  test('S-101 name holds its formatted form, its components, or both', async () => {
    await roundTrips({ name: { formatted: 'Ms. Ada King III' } })
    const parts = {
      familyName: 'King',
      givenName: 'Ada',
      middleName: 'B',
      honorificPrefix: 'Ms.',
      honorificSuffix: 'III',
    }
    await roundTrips({ name: parts })
    await roundTrips({ name: { formatted: 'Ms. Ada B King III', ...parts } })
  })

  test('S-102 displayName, nickName, title, userType and profileUrl are optional', async () => {
    await roundTrips({
      displayName: 'Ada King',
      nickName: 'Addie',
      title: 'Countess',
      userType: 'Anything at all',
      profileUrl: 'https://example.com/ada',
    })
  })

  test('S-103 preferredLanguage and locale are language tags without spaces', async () => {
    await roundTrips({ preferredLanguage: 'en-US', locale: 'en-US' })
    await roundTrips({ preferredLanguage: 'da, en-gb;q=0.8, en;q=0.7', locale: 'zh-Hant-TW' })
    await roundTrips({ locale: 'en_US' })
    await formMatters({ locale: 'en US' })
    await formMatters({ preferredLanguage: 'en US' })
  })

  test('S-104 timezone is a name of the IANA database', async () => {
    await roundTrips({ timezone: 'America/Los_Angeles' })
    await roundTrips({ timezone: 'Europe/Berlin' })
    await formMatters({ timezone: 'Mars/X' })
  })

  test('S-105 active is true when it is not given at creation', async () => {
    const made = await c.makeUser()
    expect(made.active).toBe(true)
    expect((await c.get(`/Users/${made.id}`)).body.active).toBe(true)
    expect((await c.makeUser({ active: false })).active).toBe(false)
  })
})

describe('password', () => {
  const c = at.strict()

  test('S-106 password is returned neither in clear nor hashed', async () => {
    const password = unique('Secret')
    const made = await c.makeUser({ password })
    const answers = [
      await c.get(`/Users/${made.id}`),
      await c.get(`/Users/${made.id}?attributes=password`),
      await c.get('/Users?attributes=password,userName'),
      await c.search('/Users', { attributes: ['password'] }),
      await c.patch(`/Users/${made.id}`, [{ op: 'replace', path: 'password', value: `${password}2` }]),
      await c.patch(`/Users/${made.id}?attributes=password`, [{ op: 'replace', value: { password: `${password}3` } }]),
      await c.put(`/Users/${made.id}`, user({ userName: made.userName, password: `${password}4` })),
    ]
    expect(JSON.stringify(made)).not.toMatch(/password|scrypt/i)
    for (const { status, text } of answers) {
      expect(status, text).toBe(200)
      expect(text).not.toMatch(/password|scrypt/i)
      expect(text).not.toContain(password)
    }
  })

  test('S-108 a password that cannot be prepared is refused, without repeating it', async () => {
    for (const password of ['', `bell\u0007${unique()}`, `nul\u0000${unique()}`]) {
      const answer = await c.post('/Users', user({ password }))
      expectError(answer, 400, 'invalidValue')
      if (password !== '') expect(answer.text).not.toContain(password.slice(-6))
    }
    const { id } = await c.makeUser()
    const patch = await c.patch(`/Users/${id}`, [{ op: 'replace', path: 'password', value: 'bell\u0007ringing' }])
    expectError(patch, 400, 'invalidValue')
    expect(patch.text).not.toContain('ringing')
  })

  test('S-110 password cannot be filtered on, by GET and by POST', async () => {
    for (const filter of ['password eq "x"', 'PASSWORD eq "x"', 'password pr', 'userName pr or password sw "a"']) {
      expectError(await c.filter('/Users', filter), 400, 'invalidFilter')
      expectError(await c.search('/Users', { filter }), 400, 'invalidFilter')
      expectError(await c.search('', { filter }), 400, 'invalidFilter')
    }
  })
})

test('S-107 password is nowhere in the database, by no way it came in', async () => {
  const place = await emptyPlace()
  const server = await serve({ database: place.database })
  const secrets = Array.from({ length: 5 }, () => unique('Clear-Text-Secret'))
  const expectAbsent = async () => {
    const all = await place.dump()
    // What was written is there: the user's name is.
    expect(all).toContain('user-')
    for (const secret of secrets) expect(all.includes(secret), secret).toBe(false)
  }
  try {
    const c = createClient(await server.connection('strict', { tenant: await server.tenant() }))
    const { id, userName } = await c.makeUser({ password: secrets[0] })
    await c.patch(`/Users/${id}`, [{ op: 'replace', path: 'password', value: secrets[1] }])
    await c.patch(`/Users/${id}`, [{ op: 'replace', value: { password: secrets[2] } }])
    await c.put(`/Users/${id}`, user({ userName, password: secrets[3] }))
    await c.bulk([{ method: 'POST', path: '/Users', bulkId: 'a', data: user({ password: secrets[4] }) }])
    await expectAbsent()
  } finally {
    await server.close()
  }
  await expectAbsent()
  await place.remove()
})

describe('multi-valued attributes', () => {
  const c = at.strict()
  const generic = at.of('generic')

  async function roundTrips(members: Body) {
    const made = await c.post('/Users', user(members))
    expect(made.status, made.text).toBe(201)
    expect((await c.get(`/Users/${made.body.id}`)).body).toMatchObject(members)
  }
  async function formMatters(members: Body) {
    expectError(await c.post('/Users', user(members)), 400, 'invalidValue')
    const stored = await generic.post('/Users', user(members))
    expect(stored.status, stored.text).toBe(201)
    expect(stored.body).toMatchObject(members)
  }

  test('S-111 emails.value is an address', async () => {
    await roundTrips({
      emails: [
        { value: 'ada@example.com', type: 'work', primary: true },
        { value: 'ada+x@home.example', type: 'home', display: 'Ada' },
        { value: '"a b"@example.com', type: 'elsewhere' },
      ],
    })
    await formMatters({ emails: [{ value: 'not-an-address' }] })
  })

  test('S-112 phoneNumbers hold any type', async () => {
    const types = ['work', 'home', 'mobile', 'fax', 'pager', 'other', 'satellite']
    await roundTrips({ phoneNumbers: types.map((type, index) => ({ value: `tel:+1-201-555-012${index}`, type })) })
  })

  test('S-113 ims hold any type', async () => {
    const types = ['aim', 'gtalk', 'icq', 'xmpp', 'msn', 'skype', 'qq', 'yahoo', 'other']
    await roundTrips({ ims: types.map((type) => ({ value: `someone${type}`, type })) })
  })

  test('S-114 photos.value is a URL', async () => {
    await roundTrips({
      photos: [
        { value: 'https://photos.example.com/ada/F.jpg', type: 'photo' },
        { value: 'https://photos.example.com/ada/T.jpg', type: 'thumbnail' },
      ],
    })
    expectError(await c.post('/Users', user({ photos: [{ value: 'not a url' }] })), 400, 'invalidValue')
    expectError(await c.post('/Users', user({ photos: [{ value: 'http://[bad' }] })), 400, 'invalidValue')
  })

  test('S-115 addresses.country is a code of ISO 3166-1 with two letters', async () => {
    await roundTrips({
      addresses: [{ type: 'work', streetAddress: '1 Hill', locality: 'Bonn', postalCode: '53113', country: 'DE' }],
    })
    await formMatters({ addresses: [{ country: 'USA' }] })
    await formMatters({ addresses: [{ country: 'Germany' }] })
  })

  test('S-116 addresses have a primary', async () => {
    const { id } = await c.makeUser({
      addresses: [
        { type: 'work', locality: 'Bonn', primary: true },
        { type: 'home', locality: 'Ulm' },
      ],
    })
    expect((await c.get(`/Users/${id}`)).body.addresses[0]).toMatchObject({ locality: 'Bonn', primary: true })
    const patched = await c.patch(`/Users/${id}`, [
      { op: 'replace', path: 'addresses[type eq "home"].primary', value: true },
    ])
    const primary = patched.body.addresses.filter((address: Body) => address.primary === true)
    expect(primary).toMatchObject([{ locality: 'Ulm' }])
    expect(await c.ids('/Users', 'addresses[type eq "home" and primary eq true]')).toEqual([id])
  })

  test('S-119 x509Certificates.value is one certificate in base64', async () => {
    await roundTrips({ x509Certificates: [{ value: CERTIFICATE }] })
    const twice = Buffer.concat([Buffer.from(CERTIFICATE, 'base64'), Buffer.from(CERTIFICATE, 'base64')]).toString(
      'base64',
    )
    const cut = Buffer.from(CERTIFICATE, 'base64').subarray(0, 100).toString('base64')
    for (const value of ['!!', 'garbage', 'aGVsbG8gd29ybGQ=', twice, cut]) {
      expectError(await c.post('/Users', user({ x509Certificates: [{ value }] })), 400, 'invalidValue')
    }
  })

  test('S-120 entitlements and roles have no vocabulary of their own', async () => {
    await roundTrips({
      entitlements: [{ value: 'printer', type: 'any', display: 'Printer', primary: true }],
      roles: [{ value: 'Student' }, { value: 'Anything' }],
    })
  })
})

describe('groups of a user', () => {
  const c = at.strict()

  test('S-117 groups lists direct and indirect memberships', async () => {
    const one = await c.makeUser()
    const inner = await c.makeGroup({ members: [{ value: one.id }] })
    const outer = await c.makeGroup({ members: [{ value: inner.id }] })
    const outermost = await c.makeGroup({ members: [{ value: outer.id }] })
    const { groups } = (await c.get(`/Users/${one.id}`)).body
    expect(groups).toHaveLength(3)
    const byId = Object.fromEntries(groups.map((entry: Body) => [entry.value, entry]))
    expect(byId[inner.id]).toMatchObject({
      type: 'direct',
      $ref: `${c.base}/Groups/${inner.id}`,
      display: inner.displayName,
    })
    expect(byId[outer.id]).toMatchObject({
      type: 'indirect',
      $ref: `${c.base}/Groups/${outer.id}`,
      display: outer.displayName,
    })
    expect(byId[outermost.id]).toMatchObject({ type: 'indirect' })
    expect(await c.ids('/Users', `groups.value eq "${outermost.id}"`)).toEqual([one.id])
    await c.patch(`/Groups/${outer.id}`, [{ op: 'remove', path: `members[value eq "${inner.id}"]` }])
    expect((await c.get(`/Users/${one.id}`)).body.groups).toMatchObject([{ value: inner.id, type: 'direct' }])
  })

  test('S-117 only users show the groups they are in', async () => {
    const inner = await c.makeGroup()
    const outer = await c.makeGroup({ members: [{ value: inner.id }] })
    expect((await c.get(`/Groups/${inner.id}`)).body).not.toHaveProperty('groups')
    expect((await c.get(`/Groups/${inner.id}`)).text).not.toContain(outer.id)
    for (const path of ['/', '/Groups', '/Groups?attributes=groups', '/?attributes=groups']) {
      const shown = expectList(await c.get(path)).find(({ id }) => id === inner.id)
      expect(shown, path).not.toHaveProperty('groups')
    }
  })

  test('S-117 groups that contain each other are each listed once', async () => {
    const one = await c.makeUser()
    const inner = await c.makeGroup({ members: [{ value: one.id }] })
    const outer = await c.makeGroup({ members: [{ value: inner.id }] })
    const added = await c.patch(`/Groups/${inner.id}`, [{ op: 'add', path: 'members', value: [{ value: outer.id }] }])
    expect(added.status, added.text).toBe(204)
    const { groups } = (await c.get(`/Users/${one.id}`)).body
    expect(groups.map((entry: Body) => [entry.value, entry.type])).toEqual([
      [inner.id, 'direct'],
      [outer.id, 'indirect'],
    ])
  })

  test('S-118 membership does not change through the user', async () => {
    const group = await c.makeGroup()
    const one = await c.makeUser({ groups: [{ value: group.id }] })
    expect(one).not.toHaveProperty('groups')
    const put = await c.put(`/Users/${one.id}`, user({ userName: one.userName, groups: [{ value: group.id }] }))
    expect(put.status, put.text).toBe(200)
    expect(put.body).not.toHaveProperty('groups')
    for (const op of ['add', 'replace']) {
      const operations = [{ op, path: 'groups', value: [{ value: group.id }] }]
      expectError(await c.patch(`/Users/${one.id}`, operations), 400, 'mutability')
    }
    expect((await c.get(`/Groups/${group.id}`)).body).not.toHaveProperty('members')
  })
})
