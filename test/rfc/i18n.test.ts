// Preparation and comparison of international strings. RFC 7644 §5.

import { expect, test } from 'vitest'
import { expectError, unique, user } from './client.ts'
import { site, tenantOf } from './site.ts'

// Requirements block P.19: internationalization and comparison. RFC 7644 §5, §7.8.
const at = site()
const scim = at.strict()

test.each([
  ['case', 'ÄNNA', 'änna'],
  ['NFC and NFD', '\u00e4nna', 'a\u0308nna'],
  ['full width', 'ｂｏｂ', 'bob'],
  ['full width and case', 'ＢＯＢ', 'bob'],
  ['Greek final sigma', 'ΟΔΥΣΣΕΥΣ', 'οδυσσευς'],
  ['runs of spaces', 'ada  lovelace', 'ada lovelace'],
  ['other spaces', 'ada\u00a0\u2009lovelace', 'ada lovelace'],
])('P-540 userNames that differ in %s alone are the same', async (_case, one, two) => {
  const other = await at.connect()
  const made = await other.makeUser({ userName: one })
  expect(made.userName).toBe(one)
  expectError(await other.post('/Users', user({ userName: two })), 409, 'uniqueness')
  expect(await other.ids('/Users', `userName eq ${JSON.stringify(two)}`)).toEqual([made.id])
})

test('P-540 passwords are prepared: NFC and NFD, and any space, are the same; case is not', async () => {
  const made = await scim.makeUser({ password: 'P\u00e4ss w\u00f6rd 1234!' })
  const ref = { tenant: tenantOf(scim), type: 'User', id: made.id }
  expect(await at.server.directory.checkPassword(ref, 'P\u00e4ss w\u00f6rd 1234!')).toBe(true)
  expect(await at.server.directory.checkPassword(ref, 'Pa\u0308ss wo\u0308rd 1234!')).toBe(true)
  expect(await at.server.directory.checkPassword(ref, 'P\u00e4ss\u00a0w\u00f6rd 1234!')).toBe(true)
  expect(await at.server.directory.checkPassword(ref, 'p\u00e4ss w\u00f6rd 1234!')).toBe(false)
})

test('P-541 texts in filters are prepared before comparison', async () => {
  const word = unique('Jürgen')
  const made = await scim.makeUser({ displayName: word.normalize('NFC') })
  for (const form of [
    word.normalize('NFC'),
    word.normalize('NFD'),
    word.toUpperCase(),
    word.toUpperCase().normalize('NFD'),
  ]) {
    expect(await scim.ids('/Users', `displayName eq ${JSON.stringify(form)}`), form).toEqual([made.id])
    expect(await scim.ids('/Users', `displayName sw ${JSON.stringify(form)}`), form).toEqual([made.id])
  }
  const nfd = await scim.makeUser({ displayName: `${word}2`.normalize('NFD') })
  expect(await scim.ids('/Users', `displayName eq ${JSON.stringify(`${word}2`.normalize('NFC'))}`)).toEqual([nfd.id])
})

test.each(['a\u0000b', 'a\u0007b', 'a\u007fb', 'a\nb', ' ', '   ', '\u00a0\u2003'])(
  'P-542 a userName that cannot be prepared, %j, is 400 invalidValue',
  async (userName) => {
    expectError(await scim.post('/Users', user({ userName })), 400, 'invalidValue')
    const made = await scim.makeUser()
    expectError(
      await scim.patch(`/Users/${made.id}`, [{ op: 'replace', path: 'userName', value: userName }]),
      400,
      'invalidValue',
    )
  },
)

test.each(['ada@example.com', 'ada lovelace', 'EXAMPLE\\ada', '日本語', 'مرحبا', "o'neil", 'ada+tag@例え.jp'])(
  'P-542 the userName %j is taken as it is',
  async (userName) => {
    const other = await at.connect()
    expect((await other.makeUser({ userName })).userName).toBe(userName)
  },
)

test.each([
  ['ad\u200bmin', '200B', 3],
  ['ad\u00admin', '00AD', 3],
  ['\ufeffadmin', 'FEFF', 1],
  ['admin\u034f', '034F', 6],
  ['ad\u202emin', '202E', 3],
  ['ad\u3164min', '3164', 3],
  ['ad\uffa0min', 'FFA0', 3],
  ['ad\u2060min', '2060', 3],
  ['admin\u2800', '2800', 6],
  ['ad\ufffbmin', 'FFFB', 3],
  ['ad\ufe0fmin', 'FE0F', 3],
  ['ad\u{e0061}min', 'E0061', 3],
])('P-542 %j looks like another name: 400 invalidValue on every connection', async (userName, point, position) => {
  for (const kind of ['strict', 'generic', 'okta', 'entra']) {
    const c = await at.connect({ kind })
    const made = await c.makeUser({ userName: 'admin' })
    const refused = await c.post('/Users', user({ userName }))
    expectError(refused, 400, 'invalidValue')
    expect(refused.body.detail).toContain(`invisible character (U+${point} at position ${position})`)
    expectError(await c.put(`/Users/${made.id}`, { ...made, userName }), 400, 'invalidValue')
    expectError(await c.patch(`/Users/${made.id}`, [{ op: 'replace', value: { userName } }]), 400, 'invalidValue')
  }
})

test.each([' admin', 'admin ', '  admin  ', '\u3000admin', 'admin\u00a0', '\u2003admin', '\u202f \u1680admin\u205f'])(
  'P-540 %j is the user admin',
  async (userName) => {
    const c = await at.connect()
    const made = await c.makeUser({ userName: 'admin' })
    expectError(await c.post('/Users', user({ userName })), 409, 'uniqueness')
    expect(await c.ids('/Users', `userName eq ${JSON.stringify(userName)}`)).toEqual([made.id])
    const kept = await c.put(`/Users/${made.id}`, { ...made, userName })
    expect([kept.status, kept.body.userName]).toEqual([200, userName])
    for (const filter of [
      'userName eq "ADMIN"',
      'userName sw "adm"',
      'userName ew "min"',
      'userName co "dmi" and title pr',
    ])
      expect(await c.ids('/Users', filter), filter).toEqual(filter.includes('title') ? [] : [made.id])
    expect(await c.ids('/Users', 'userName co "min x"')).toEqual([])
  },
)

test('P-540 a space at the end of a value for co and sw separates words', async () => {
  const c = await at.connect()
  const made = await c.makeUser({ userName: 'ada lovelace' })
  await c.makeUser({ userName: 'adam' })
  expect(await c.ids('/Users', 'userName sw "ada "')).toEqual([made.id])
  expect(await c.ids('/Users', 'userName co " love"')).toEqual([made.id])
})

test('P-543 full case folding without locale: ß is ss; dotless i is not i', async () => {
  const other = await at.connect()
  const made = await other.makeUser({ userName: 'STRASSE' })
  expectError(await other.post('/Users', user({ userName: 'straße' })), 409, 'uniqueness')
  expect(await other.ids('/Users', 'userName eq "straße"')).toEqual([made.id])
  await other.makeUser({ userName: 'irmak' })
  expect((await other.post('/Users', user({ userName: 'ırmak' }))).status).toBe(201)
  expectError(await other.post('/Users', user({ userName: 'IRMAK' })), 409, 'uniqueness')
})
