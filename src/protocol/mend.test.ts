// Values in other shapes.

import { describe, expect, test } from 'vitest'
import { type Allowances, LENIENT, STRICT } from './allowances.ts'
import { applyEdits } from './apply.ts'
import { checkDocument } from './check.ts'
import { defineResourceType, defineSchema } from './define.ts'
import { ScimError } from './errors.ts'
import { GROUP_SCHEMA } from './group.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { normalise } from './normalise.ts'
import { readPatch } from './patch.ts'
import { readJson } from './read-json.ts'
import type { ResourceType } from './schema.ts'
import { PATCH_OP } from './urn.ts'
import { USER_SCHEMA } from './user.ts'

const EXT = 'urn:example:ext:2.0:User'
const text = { description: '' }
const EXTENSION = defineSchema({
  id: EXT,
  name: 'Example',
  description: '',
  attributes: {
    rank: text,
    seats: { type: 'integer', description: '' },
    share: { type: 'decimal', description: '' },
    trial: { type: 'boolean', description: '' },
    photo: { type: 'binary', description: '' },
    page: { type: 'reference', referenceTypes: ['external'], description: '' },
    limits: {
      type: 'complex',
      description: '',
      subAttributes: {
        rank: text,
        seats: { type: 'integer', description: '' },
        share: { type: 'decimal', description: '' },
        trial: { type: 'boolean', description: '' },
        photo: { type: 'binary', description: '' },
        page: { type: 'reference', referenceTypes: ['external'], description: '' },
      },
    },
    centers: {
      type: 'complex',
      multiValued: true,
      description: '',
      subAttributes: {
        code: { ...text, caseExact: true },
        rank: text,
        seats: { type: 'integer', description: '' },
        share: { type: 'decimal', description: '' },
        trial: { type: 'boolean', description: '' },
        photo: { type: 'binary', description: '' },
        page: { type: 'reference', referenceTypes: ['external'], description: '' },
      },
    },
    ranks: { ...text, multiValued: true },
    counts: { type: 'integer', multiValued: true, description: '' },
    flags: { type: 'boolean', multiValued: true, description: '' },
  },
})
const User = defineResourceType({
  name: 'User',
  description: '',
  endpoint: '/Users',
  schema: USER_SCHEMA,
  extensions: [{ schema: EXTENSION }],
})
const Group = defineResourceType({ name: 'Group', description: '', endpoint: '/Groups', schema: GROUP_SCHEMA })

/** What is there before a PATCH. */
const BEFORE = { schemas: [User.schema.id, EXT], userName: 'ada', [EXT]: { centers: [{ code: 'A' }] } }

/** A form of a message: the text of its body for a value, as JSON, and where the value is to be found afterwards. */
interface Form {
  readonly body: (value: string) => string
  readonly isPatch: boolean
}

const post = (body: (value: string) => string): Form => ({ body, isPatch: false })
const patched = (operation: (value: string) => string): Form => ({
  body: (value) => `{"schemas":["${PATCH_OP}"],"Operations":[${operation(value)}]}`,
  isPatch: true,
})
const by = (op: string, path: string, wrap: (value: string) => string = (value) => value) =>
  patched((value) => `{"op":"${op}","path":${JSON.stringify(path)},"value":${wrap(value)}}`)
const keyed = (key: string, wrap: (value: string) => string = (value) => value) =>
  patched((value) => `{"op":"add","value":{${JSON.stringify(key)}:${wrap(value)}}}`)
const user = (members: string) => `{"schemas":["${User.schema.id}","${EXT}"],"userName":"ada",${members}}`

/** Every form in which a simple value of the extension's attribute, or of a part of its complex attributes, can come. */
function formsOf(name: string): readonly (readonly [string, Form, (document: JsonObject) => Json | undefined])[] {
  const at =
    (...names: readonly (string | number)[]) =>
    (document: JsonObject) =>
      names.reduce<Json | undefined>((found, key) => {
        if (typeof key === 'number') return Array.isArray(found) ? found[key] : undefined
        return isObject(found) ? found[key] : undefined
      }, document)
  const top = at(EXT, name)
  const part = at(EXT, 'limits', name)
  const element = at(EXT, 'centers', 0, name)
  const inLimits = (value: string) => `{"${name}":${value}}`
  const inCenter = (value: string) => `{"code":"A","${name}":${value}}`
  const filtered = `${EXT}:centers[code eq "A"]`
  return [
    ['POST, member of the extension', post((value) => user(`"${EXT}":{"${name}":${value}}`)), top],
    ['POST, bare name', post((value) => user(`"${name}":${value}`)), top],
    ['POST, key with URN', post((value) => user(`"${EXT}:${name}":${value}`)), top],
    ['PATCH by path', by('replace', `${EXT}:${name}`), top],
    ['PATCH of the extension', by('add', EXT, inLimits), top],
    ['PATCH without path, key with URN', keyed(`${EXT}:${name}`), top],
    ['PATCH without path, extension', keyed(EXT, inLimits), top],
    ['POST, part', post((value) => user(`"${EXT}":{"limits":${inLimits(value)}}`)), part],
    ['POST, dotted name in the extension', post((value) => user(`"${EXT}":{"limits.${name}":${value}}`)), part],
    ['POST, dotted key', post((value) => user(`"${EXT}:limits.${name}":${value}`)), part],
    ['PATCH of a part by path', by('replace', `${EXT}:limits.${name}`), part],
    ['PATCH of the whole', by('replace', `${EXT}:limits`, inLimits), part],
    ['PATCH without path, dotted key', keyed(`${EXT}:limits.${name}`), part],
    ['PATCH without path, whole', keyed(`${EXT}:limits`, inLimits), part],
    ['POST, element', post((value) => user(`"${EXT}":{"centers":[${inCenter(value)}]}`)), element],
    ['POST, filtered key', post((value) => user(`${JSON.stringify(`${filtered}.${name}`)}:${value}`)), element],
    ['PATCH of a part of an element', by('replace', `${filtered}.${name}`), element],
    ['PATCH of an element', by('replace', filtered, inCenter), element],
    ['PATCH of the list', by('replace', `${EXT}:centers`, (value) => `[${inCenter(value)}]`), element],
    ['PATCH without path, filtered key', keyed(`${filtered}.${name}`), element],
  ]
}

function read(form: Form, value: string, allow: Allowances, type: ResourceType = User, before: JsonObject = BEFORE) {
  const body = readJson(form.body(value), { strictNames: false })
  const document = form.isPatch
    ? applyEdits(before, readPatch(body, type, allow).edits, type, allow)
    : normalise(body, type, allow)
  checkDocument(document, type, allow, before)
  return document
}

function refusal(run: () => unknown): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    return error instanceof ScimError ? (error.scimType ?? String(error.status)) : String(error)
  }
}

/** Attribute, what is sent, what is kept. */
const VALUES: readonly (readonly [string, string, Json])[] = [
  ['seats', '"9"', 9],
  ['seats', '{"value":"9"}', 9],
  ['seats', '["9"]', 9],
  ['share', '"0.5"', 0.5],
  ['share', '{"value":"-12.25","$ref":null}', -12.25],
  ['trial', '"1"', true],
  ['trial', '0', false],
  ['trial', '"False"', false],
  ['trial', '[{"value":"True"}]', true],
  ['rank', '7', '7'],
  ['rank', 'true', 'true'],
  ['rank', '12345678901234567890', '12345678901234567890'],
  ['rank', '1.0', '1.0'],
  ['rank', '1e3', '1e3'],
  ['rank', '[9007199254740993]', '9007199254740993'],
  ['rank', '{"value":"Captain","type":"x"}', 'Captain'],
  ['rank', '[{"value":"Captain"}]', 'Captain'],
  ['photo', '"QU JD\\r\\nREVG"', 'QUJDREVG'],
  ['page', '" https://example.com/a b c "', 'https://example.com/a%20b%20c'],
]

describe('a simple value is mended wherever it stands', () => {
  describe.each(VALUES)('%s: %s', (name, sent, kept) => {
    test.each(formsOf(name))('%s', (_form, form, find) => {
      expect(find(read(form, sent, LENIENT))).toEqual(kept)
    })
  })
})

/** What has no plain meaning. */
const REFUSED: readonly (readonly [string, string])[] = [
  ['seats', '"nine"'],
  ['seats', '"9.5"'],
  ['seats', '1.0'],
  ['seats', '12345678901234567890'],
  ['seats', '"99999999999999999999"'],
  ['share', '0.12345678901234567890'],
  ['trial', '2'],
  ['trial', '"yes"'],
  ['rank', '{"value":"x","other":"y"}'],
  ['rank', '["a","b"]'],
  ['rank', '{"value":{"value":"x"}}'],
]

describe('a value without a plain meaning is 400 invalidValue wherever it stands', () => {
  describe.each(REFUSED)('%s: %s', (name, sent) => {
    test.each(formsOf(name))('%s', (_form, form) => {
      expect(refusal(() => read(form, sent, LENIENT))).toBe('invalidValue')
    })
  })
})

describe('strict refuses it all', () => {
  describe.each(VALUES)('%s: %s', (name, sent) => {
    // What is no name in a POST is left out there, as the RFC has it.
    const forms = formsOf(name).filter(([form]) => !/^POST, (?:bare|dotted|filtered)/.test(form))
    test.each(forms)('%s', (_form, form) => {
      expect(refusal(() => read(form, sent, STRICT))).toBe('invalidValue')
    })
  })
})

describe('lists', () => {
  const both = (name: string) =>
    [
      ['POST', post((value) => user(`"${EXT}":{"${name}":${value}}`))],
      ['PATCH by path', by('add', `${EXT}:${name}`)],
      ['PATCH without path', keyed(`${EXT}:${name}`)],
      ['PATCH of the extension', by('replace', EXT, (value) => `{"${name}":${value}}`)],
    ] as const
  const LISTS: readonly (readonly [string, string, Json])[] = [
    ['ranks', '[{"value":"D8"}]', ['D8']],
    ['ranks', '[{"value":"D8"},"D9",7]', ['D8', 'D9', '7']],
    ['ranks', '{"value":"D8"}', ['D8']],
    ['ranks', '[12345678901234567890,1.0]', ['12345678901234567890', '1.0']],
    ['ranks', JSON.stringify('["a","b"]'), ['a', 'b']],
    ['ranks', JSON.stringify('[{"value":"a"},{"value":12345678901234567890}]'), ['a', '12345678901234567890']],
    ['counts', '["1",{"value":"2"}]', [1, 2]],
    ['flags', '["True","0"]', [true, false]],
  ]
  describe.each(LISTS)('%s: %s', (name, sent, kept) => {
    test.each(both(name))('%s', (_form, form) => {
      const members = read(form, sent, LENIENT)[EXT]
      expect(isObject(members) && members[name]).toEqual(kept)
    })
  })
  test.each(['["D8"]', '[{"value":"D8"}]', '{"value":"D8"}', '"D8"'])('and %s is taken out', (sent) => {
    const before = { ...BEFORE, [EXT]: { ranks: ['D7', 'D8'] } }
    const after = read(by('remove', `${EXT}:ranks`), sent, LENIENT, User, before)
    expect(after[EXT]).toEqual({ ranks: ['D7'] })
  })
})

describe('JSON in a text', () => {
  const WORK = '{"value":"b@example.com","type":"work"}'
  const BROKEN = ['{"value":"b@exam', '[{"value":', "{'value': 'x'}", '["a"] and more']
  const asText = (json: string) => JSON.stringify(json)
  const before = { ...BEFORE, emails: [{ value: 'a@example.com', type: 'work' }] }
  const EMAILS: readonly (readonly [string, Form])[] = [
    ['POST', post((value) => user(`"emails":${value}`))],
    ['POST, in a list', post((value) => user(`"emails":[${value}]`))],
    ['POST, as the value', post((value) => user(`"emails":[{"value":${value}}]`))],
    ['POST, filtered key', post((value) => user(`"emails[type eq \\"work\\"].value":${value}`))],
    ['PATCH of an element', by('replace', 'emails[type eq "work"]')],
    ['PATCH of the value of an element', by('replace', 'emails[type eq "work"].value')],
    ['PATCH of the list', by('replace', 'emails')],
    ['PATCH of the list, in a list', by('replace', 'emails', (value) => `[${value}]`)],
    ['PATCH of the list, as the value', by('replace', 'emails', (value) => `[{"value":${value}}]`)],
    ['PATCH without path, key', patched((value) => `{"op":"replace","value":{"emails":${value}}}`)],
    [
      'PATCH without path, filtered key',
      patched((value) => `{"op":"replace","value":{"emails[type eq \\"work\\"]":${value}}}`),
    ],
  ]
  test.each(EMAILS)('an e-mail is unpacked: %s', (_form, form) => {
    const { emails } = read(form, asText(WORK), LENIENT, User, before)
    expect(emails).toEqual([{ value: 'b@example.com', type: 'work' }])
  })
  test.each(EMAILS)('an e-mail is unpacked that was written as text twice: %s', (_form, form) => {
    const { emails } = read(form, asText(asText(WORK)), LENIENT, User, before)
    expect(emails).toEqual([{ value: 'b@example.com', type: 'work' }])
  })
  test.each(EMAILS)('what is no JSON, or no e-mail, is refused: %s', (_form, form) => {
    for (const sent of [...BROKEN, '{"a":1}', '[true]', '[-1]', ' [ false, null ]']) {
      const run = () => read(form, asText(sent), LENIENT, User, before)
      const found = refusal(run)
      // An object without a value is an element without one, which lists leave out; it is never an address.
      if (found !== undefined) expect(found).toBe('invalidValue')
      else expect(JSON.stringify(run().emails ?? [])).not.toMatch(/\\"|"value":"\s*\[/)
    }
  })
  test.each(EMAILS)('without the allowance it is refused, not kept as the address: %s', (_form, form) => {
    const without = { ...LENIENT, jsonText: false }
    for (const sent of [WORK, `[${WORK}]`]) {
      expect(refusal(() => read(form, asText(sent), without, User, before))).toBe('invalidValue')
    }
  })
  test.each(EMAILS)('strict takes no text for an object: %s', (form, each) => {
    // Given as the value itself it is a string, as the schema asks.
    if (/value|filtered key/.test(form)) return
    expect(refusal(() => read(each, asText(WORK), STRICT, User, before))).toBe('invalidValue')
  })

  test.each<[string, Form, string, JsonObject]>([
    ['name', post((value) => user(`"name":${value}`)), '{"givenName":"Ada"}', { name: { givenName: 'Ada' } }],
    ['name by path', by('replace', 'name'), '{"givenName":"Ada"}', { name: { givenName: 'Ada' } }],
    ['a path-less value', patched((value) => `{"op":"add","value":${value}}`), '{"title":"T"}', { title: 'T' }],
    ['an extension', by('add', EXT), '{"seats":"9"}', { [EXT]: { centers: [{ code: 'A' }], seats: 9 } }],
    ['an extension in a POST', post((value) => user(`"${EXT}":${value}`)), '{"seats":9}', { [EXT]: { seats: 9 } }],
    [
      'a whole',
      by('replace', `${EXT}:limits`),
      '{"seats":"9"}',
      { [EXT]: { centers: [{ code: 'A' }], limits: { seats: 9 } } },
    ],
    [
      'a role, with what it is called',
      by('add', 'roles[primary eq "True"].value'),
      '{"id":"x","value":"Admin","displayName":"Administrators"}',
      { roles: [{ primary: true, value: 'Admin', display: 'Administrators' }] },
    ],
    [
      'roles',
      by('add', 'roles'),
      '[{"value":"Reader"},"Writer"]',
      { roles: [{ value: 'Reader' }, { value: 'Writer' }] },
    ],
  ])('%s', (_what, form, sent, wanted) => {
    expect(read(form, asText(sent), LENIENT)).toMatchObject(wanted)
  })

  test('a photo, whose value is a URI', () => {
    const sent = asText('{"value":"https://example.com/a b","type":"photo"}')
    const wanted = [{ value: 'https://example.com/a%20b', type: 'photo' }]
    expect(
      read(
        post((value) => user(`"photos":[{"value":${value}}]`)),
        sent,
        LENIENT,
      ).photos,
    ).toEqual(wanted)
    expect(read(by('add', 'photos'), sent, LENIENT).photos).toEqual(wanted)
  })

  test('members', () => {
    const group = { schemas: [Group.schema.id], displayName: 'g', members: [{ value: 'a' }] }
    const one = (op: string, sent: string) => read(by(op, 'members'), asText(sent), LENIENT, Group, group).members
    expect(one('add', '[{"value":"b"}]')).toEqual([{ value: 'a' }, { value: 'b' }])
    expect(one('add', '{"value":"b"}')).toEqual([{ value: 'a' }, { value: 'b' }])
    expect(one('replace', '["b"]')).toEqual([{ value: 'b' }])
    expect(one('remove', '[{"value":"a"}]')).toBeUndefined()
    expect(one('add', '[]')).toEqual([{ value: 'a' }])
  })

  test.each([
    '[EMEA] Sales',
    '"[EMEA] Sales"',
    '[test]',
    '{3f2504e0-4f89-11d3-9a0c-0305e82c3301}',
    '[1] Sales',
    '{{name}}',
    '[-]',
  ])('text that only looks like it stays: %s', (role) => {
    expect(read(by('add', 'roles'), asText(role), LENIENT).roles).toEqual([{ value: role }])
  })

  test('a simple attribute may hold what it likes, and so may the value of an extension', () => {
    expect(read(by('add', 'title'), asText('{"a":1}'), LENIENT).title).toBe('{"a":1}')
    expect(read(by('add', `${EXT}:limits.rank`), asText('[{"a":1}]'), LENIENT)[EXT]).toMatchObject({
      limits: { rank: '[{"a":1}]' },
    })
  })
})

describe('an empty text for a boolean is none', () => {
  const before = { ...BEFORE, active: false, emails: [{ value: 'a', primary: true }] }
  test.each<[string, Form]>([
    ['by path', by('replace', 'active')],
    ['as a key', patched((value) => `{"op":"replace","value":{"active":${value}}}`)],
    ['of an element', by('replace', 'emails[value eq "a"].primary')],
    ['in an element', by('replace', 'emails[value eq "a"]', (value) => `{"primary":${value}}`)],
  ])('%s', (_form, form) => {
    for (const sent of ['""', '[""]', '{"value":""}']) expect(read(form, sent, LENIENT, User, before)).toBe(before)
    expect(refusal(() => read(form, '""', STRICT, User, before))).toBe('invalidValue')
  })
})

test('a bare number is no e-mail, role, manager or name: that would be two guesses at once', () => {
  for (const name of ['emails', 'roles', 'name']) {
    expect(
      refusal(() =>
        read(
          post((value) => user(`"${name}":${value}`)),
          '5',
          LENIENT,
        ),
      ),
    ).toBe('invalidValue')
  }
})

test('a reference without an id is left out where nothing else is asked for; a type that none has, too', () => {
  const group = { schemas: [Group.schema.id], displayName: 'g' }
  const add = (sent: string, allow: Allowances) => read(by('add', 'members'), sent, allow, Group, group).members
  expect(add('[{"value":"a","$ref":"User","type":"direct"}]', LENIENT)).toEqual([{ value: 'a' }])
  expect(add('[{"value":"a","$ref":"https://example.com/v2/Users"}]', LENIENT)).toEqual([{ value: 'a' }])
  expect(refusal(() => add('[{"$ref":"User"}]', LENIENT))).toBe('invalidValue')
  expect(refusal(() => add('[{"value":"a","$ref":"User"}]', STRICT))).toBe('invalidValue')
})
