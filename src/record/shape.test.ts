// Tests that shapes and masks show structure, and no value of anybody.

import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { type About, blankAbout } from '../call.ts'
import { requireNodeCrypto } from '../node-crypto.ts'
import { createCatalog, EnterpriseUser, Group, User } from '../protocol/index.ts'
import { makeLine } from './make-line.ts'
import { formOf, maskDetail, maskExpression, maskUrl, wordsOf } from './mask.ts'
import { hashOfName } from './named.ts'
import { BODY_CHARACTERS, bodyText } from './shape.ts'
import { vocabularyOf } from './vocabulary.ts'

const Person = { ...User, extensions: [{ schema: EnterpriseUser, required: false }] }
const vocabulary = vocabularyOf(createCatalog([Person, Group], 0))

describe('shapes', () => {
  test.each([
    [
      { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'bjensen@acme.example', active: true },
      '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"‹address 20›","active":true}',
    ],
    [
      { Operations: [{ op: 'Replace', path: 'emails[type eq "work"].value', value: 'barbara' }] },
      '{"Operations":[{"op":"Replace","path":"emails[type eq \\"work\\"].value","value":"‹text 7›"}]}',
    ],
    [{ emails: [{ type: 'work', value: 'x@y' }] }, '{"emails":[{"type":"work","value":"‹address 3›"}]}'],
    [{ emails: [{ type: 'barbara', value: '' }] }, '{"emails":[{"type":"‹text 7›","value":""}]}'],
    [{ password: 'secret', active: 'True', age: 7 }, '{"password":"***","active":"True","age":"‹number›"}'],
    [{ op: 'add', path: 'password', value: 'secret' }, '{"op":"add","path":"password","value":"***"}'],
    [{ 'barbara jensen': 1 }, '{"‹text 14›":"‹number›"}'],
    ['barbara', '"‹text 7›"'],
    [null, 'null'],
  ])('%j', (sent, shape) => {
    expect(bodyText(sent, vocabulary, 'shape')).toBe(shape)
  })

  test('with values, secrets stay stars', () => {
    const sent = { userName: 'bjensen', password: 'hunter22', Operations: [{ path: 'password', value: 'hunter23' }] }
    expect(bodyText(sent, vocabulary, 'values')).toBe(
      '{"userName":"bjensen","password":"***","Operations":[{"path":"password","value":"***"}]}',
    )
  })

  test('a name of the schema is looked up once, however many bodies have it; one that may be somebody’s each time', () => {
    let asked = 0
    class Counted extends Set<string> {
      override has(one: string): boolean {
        asked++
        return super.has(one)
      }
    }
    const counted = { ...vocabulary, names: new Counted(vocabulary.names), uris: new Counted(vocabulary.uris) }
    const asks = (sent: object) => {
      asked = 0
      bodyText(sent, counted, 'shape')
      return asked
    }
    expect(asks({ userName: 'ada', name: { familyName: 'Lovelace' }, emails: [{ value: 'a@b' }] })).toBeGreaterThan(4)
    expect(asks({ userName: 'bob', name: { familyName: 'Byron' }, emails: [{ value: 'c@d' }, { value: 'e' }] })).toBe(0)
    expect(asks({ barbara: 1 })).toBeGreaterThan(0)
    expect(asks({ barbara: 1 })).toBeGreaterThan(0)
  })

  test('a large body is cut between elements, and says how many were left out', () => {
    const members = Array.from({ length: 100_000 }, (_, at) => ({ value: `user ${at}`, type: 'User' }))
    const text = bodyText({ members }, vocabulary, 'shape')
    expect(text.length).toBeLessThan(BODY_CHARACTERS * 1.2)
    expect(text).toMatch(/"‹\d{5} more›"\]\}$/)
  })
})

test.each([
  ['userName eq "bjensen"', 'userName eq "‹text 7›"'],
  ['emails[type eq "work" and value co "jensen"]', 'emails[type eq "work" and value co "‹text 6›"]'],
  ['externalId eq jyoung', 'externalId eq ‹text 6›'],
  ['meta.lastModified gt "2026-01-01T00:00:00Z"', 'meta.lastModified gt "‹time 20›"'],
  ['barbara', '‹text 7›'],
  ['active eq true and not (title pr)', 'active eq true and not (title pr)'],
  ['userName eq "b\\"jensen" or title eq "x"', 'userName eq "‹text 9›" or title eq "‹text 1›"'],
  ['userName eq "open', 'userName eq "‹text 4›"'],
])('the filter %s', (filter, masked) => {
  expect(maskExpression(filter, vocabulary, 'filter')).toBe(masked)
})

test.each([
  ['/Users/0198a1b2-1111-7111-8111-111111111111', '', '/Users/0198a1b2-1111-7111-8111-111111111111'],
  ['/Users/bjensen%40acme.example', '', '/Users/‹address 20›'],
  [
    '/Users',
    'filter=userName%20eq%20%22bjensen%22&count=10&startIndex=1',
    '/Users?filter=userName eq "‹text 7›"&count=10&startIndex=1',
  ],
  ['/Users', 'attributes=userName,barbara&cursor=abc', '/Users?attributes=userName,‹text 7›&cursor=‹text 3›'],
  ['/Barbara', 'barbara=1', '/‹text 7›?‹text 9›'],
  ['/Schemas/urn:ietf:params:scim:schemas:core:2.0:User', '', '/Schemas/urn:ietf:params:scim:schemas:core:2.0:User'],
])('the URL %s?%s', (path, search, masked) => {
  expect(maskUrl(path, search, vocabulary)).toBe(masked)
})

test('a detail keeps its sentence and loses what the request had', () => {
  const words = wordsOf({ userName: 'bjensen', title: 'Tour Guide' }) ?? new Set()
  const mask = (detail: string) => maskDetail(detail, vocabulary, words)
  expect(mask('Another User has this userName already; choose another one')).toBe(
    'Another User has this userName already; choose another one',
  )
  expect(mask('userName: "bjensen" is not allowed')).toBe('userName: "‹text 7›" is not allowed')
  expect(mask('There is no bjensen, and no Guide')).toBe('There is no ‹text 7›, and no ‹text 5›')
})

/** Values that nobody can mistake for words of the protocol. */
const value = fc.oneof(
  fc.string({ minLength: 6, maxLength: 24, unit: 'grapheme' }).map((text) => `zq${text}`),
  fc.emailAddress().map((text) => `zq${text}`),
  fc.stringMatching(/^zq[a-z]{4,12}$/),
  fc.integer({ min: 10_000_000, max: 2_000_000_000 }),
)
const name = fc.constantFrom('userName', 'displayName', 'title', 'externalId', 'value', 'nickName', 'favourite')
const resource = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    value,
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(name, tie('node'), { maxKeys: 5 }),
  ),
})).node
const path = fc.oneof(
  fc.constant('userName'),
  value.map((one) => `emails[value eq "${one}"].value`),
  value.map((one) => `externalId eq ${one}`),
)

function leavesOf(sent: unknown): readonly string[] {
  if (typeof sent === 'string' || typeof sent === 'number') return [String(sent)]
  if (typeof sent === 'object' && sent !== null) return Object.values(sent).flatMap(leavesOf)
  return []
}

test('no value of 10,000 random resources is in any column of their lines', () => {
  fc.assert(
    fc.property(resource, path, value, value, (sent, at, sought, told) => {
      const given = String(sought).replaceAll(/["\\]/g, '')
      const about: About = {
        ...blankAbout(),
        caller: { actor: 'entra-1', kind: 'entra', token: 'abc' },
        sent: { Operations: [{ op: 'replace', path: at, value: sent }], also: told },
        code: 'SCIM_INVALID_VALUE',
        detail: `title: ${String(told)} is not what it should be; "${given}" neither`,
        left: ['favourite'],
        type: 'User',
        id: given,
      }
      const call = {
        method: 'PATCH',
        path: `/Users/${encodeURIComponent(given)}`,
        search: `filter=${encodeURIComponent(`userName eq "${given}"`)}&x=${encodeURIComponent(given)}`,
        header: () => undefined,
        remote: undefined,
      }
      const request = { id: 'r_1', call, about, tenant: 't', status: 400, us: 1, bytesOut: 1 }
      const line = JSON.stringify(makeLine(request, { vocabulary, at: 1, process: 'p' }))
      for (const leaf of [...leavesOf(sent), given, String(told)]) {
        // The value as it is, and as JSON writes it.
        if (leaf.trim().length < 4) continue
        expect(line).not.toContain(leaf)
        expect(line).not.toContain(JSON.stringify(leaf).slice(1, -1))
      }
    }),
    { numRuns: 10_000 },
  )
})

test('forms say what a value looks like, and how long it is', () => {
  expect(['', 'x y', 'a@b', '123', '2026-01-01T00:00', '0198a1b2-1111-7111-8111-111111111111'].map(formOf)).toEqual([
    '‹text 0›',
    '‹text 3›',
    '‹address 3›',
    '‹digits 3›',
    '‹time 16›',
    '‹id›',
  ])
})

test('a key is made ready once, however many names are hashed with it', () => {
  const made = vi.spyOn(requireNodeCrypto(), 'createSecretKey')
  const key = new Uint8Array(32).fill(7)
  const hashes = ['ada', 'bob', 'Ada'].map((name) => hashOfName(key, 'acme', name))
  const plain = requireNodeCrypto().createHmac('sha256', key).update('acme\nada').digest('base64url').slice(0, 22)
  expect([hashes[0], hashes[2], hashes[1] === plain]).toEqual([plain, plain, false])
  expect(made).toHaveBeenCalledTimes(1)
  made.mockRestore()
})
