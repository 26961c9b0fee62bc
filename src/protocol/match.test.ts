// What filters mean.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Gadget } from '../../test/embedded-host.ts'
import { bindFilter, bindPath, bindSort } from './bind.ts'
import { type Filter, formatFilter, parseFilter } from './filter.ts'
import type { Document, Json } from './json.ts'
import { isObject } from './json.ts'
import { matches, matchesElement } from './match.ts'
import { parsePath } from './path.ts'
import type { ResourceType } from './schema.ts'
import { compareKeys, sortKey } from './sort.ts'
import { ENTERPRISE_USER, USER } from './urn.ts'
import { User } from './user.ts'

const bjensen: Document = {
  schemas: [USER, ENTERPRISE_USER],
  id: '2819c223',
  externalId: 'AbC',
  userName: 'Bjensen',
  name: { givenName: 'Barbara', familyName: 'Jensen' },
  nickName: '',
  active: true,
  emails: [
    { value: 'a@example.com', type: 'work', primary: true },
    { value: 'b@home.example', type: 'home' },
  ],
  x509Certificates: [{ value: 'MIIC' }],
  [ENTERPRISE_USER]: { department: 'Tours', manager: { value: '26118915' } },
  groups: [{ value: 'e9e30dba', display: 'Tour Guides', type: 'direct' }],
  meta: {
    resourceType: 'User',
    created: '2026-01-01T00:00:00Z',
    lastModified: '2026-01-01T00:00:00.500Z',
    location: 'https://example.com/v2/Users/2819c223',
    version: 'W/"1"',
  },
}

const gadget: Document = {
  schemas: ['urn:example:scim:schemas:gadget:1.0:Gadget'],
  id: '1',
  label: 'Ann  Lee',
  number: 5,
  weight: 0.5,
  tags: ['Red', 'green'],
  scores: [1, 10],
  photo: 'aGk=',
  parts: [{ value: 'wheel', size: 5, since: '2026-01-01T00:00:00+02:00' }, { type: 'spare' }],
}

const hit = (document: Document, type: ResourceType, text: string) =>
  matches(document, bindFilter(parseFilter(text), type))

describe('matches', () => {
  test.each([
    ['userName eq "bjensen"', true, 'P-128 P-133 insensitive'],
    ['userName eq "bjense"', false, 'P-128'],
    ['userName ne "x"', true, 'P-128'],
    ['userName ne "BJENSEN"', false, 'P-128'],
    ['externalId eq "AbC"', true, 'P-133 exact'],
    ['externalId eq "abc"', false, 'P-133 exact'],
    ['userName co "JENS"', true, 'P-129'],
    ['userName sw "bj"', true, 'P-129'],
    ['userName sw "bjensen"', true, 'P-129 equal text starts with itself'],
    ['userName ew "bjensen"', true, 'P-129 and ends with itself'],
    ['userName ew "sen"', true, 'P-129'],
    ['userName ew "se"', false, 'P-129'],
    ['userName co ""', true, 'P-129 empty text is in every value'],
    ['title co ""', false, 'P-129 but there must be one'],
    ['name pr', true, 'P-130'],
    ['title pr', false, 'P-130'],
    ['nickName pr', false, 'P-130 empty text is no value'],
    ['addresses pr', false, 'P-130'],
    ['emails pr', true, 'P-130'],
    ['nickName eq null', true, 'P-138'],
    ['userName eq null', false, 'P-138'],
    ['userName ne null', true, 'P-138'],
    ['userName gt "a"', true, 'P-131'],
    ['userName gt "BJENSEN"', false, 'P-131'],
    ['userName ge "BJENSEN"', true, 'P-131'],
    ['userName lt "c"', true, 'P-131'],
    ['userName le "bjensem"', false, 'P-131'],
    ['meta.created lt "2026-01-01T01:00:00+00:30"', true, 'P-131 instants'],
    ['meta.created eq "2026-01-01T01:00:00+01:00"', true, 'P-131 instants'],
    ['meta.lastModified gt "2026-01-01T00:00:00.500Z"', false, 'A-29 the value just returned'],
    ['meta.lastModified gt "2026-01-01T00:00:00.499Z"', true, 'A-29'],
    ['active eq true', true, 'P-144'],
    ['active ne true', false, 'P-128'],
    ['active ne false', true, 'P-128'],
    ['emails.value eq "b@HOME.example"', true, 'P-134'],
    ['emails co "home"', true, 'P-137'],
    ['emails[type eq "work" and value co "home"]', false, 'P-135'],
    ['emails.type eq "work" and emails.value co "home"', true, 'P-135'],
    ['emails[type eq "work" or value co "home"]', true, 'P-135'],
    ['emails[not (type eq "work")]', true, 'P-135'],
    ['emails[primary ne true]', true, 'A-24 per element'],
    ['emails.type ne "work"', true, 'A-24 any value differs'],
    ['not (emails.type eq "work")', false, 'A-24 none equals'],
    ['title ne "x"', true, 'A-24 no value differs from all'],
    ['addresses.type ne "work"', true, 'A-24'],
    ['title gt "a"', false, 'no value has no order'],
    ['schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user"', true, 'P-141'],
    [`${ENTERPRISE_USER}:department eq "tours"`, true, 'P-143'],
    [`${ENTERPRISE_USER}:manager.value eq "26118915"`, true, 'P-143'],
    [`${ENTERPRISE_USER}:manager pr`, true, 'P-143'],
    [`${ENTERPRISE_USER}:costCenter pr`, false, 'P-143'],
    ['id eq "2819c223"', true, 'P-142'],
    ['id eq "2819C223"', false, 'S-011'],
    ['meta.resourceType eq "User"', true, 'P-142'],
    ['meta.location ew "/Users/2819c223"', true, 'P-142'],
    ['meta.version eq "W/\\"1\\""', true, 'P-142'],
    ['groups.display eq "tour guides"', true, 'P-134'],
    ['name[givenName eq "barbara" and familyName sw "J"]', true, 'P-135'],
    ['name[not (middleName pr)]', true, 'P-135'],
    ['x509Certificates.value eq "MIIC"', true, 'P-128'],
    ['x509Certificates.value eq "miic"', false, 'S-045 binary is exact'],
    ['title pr or userName sw "b" and active eq true', true, 'P-123'],
    ['(title pr or userName sw "b") and active eq false', false, 'P-123'],
    ['not (title pr) and userName sw "b"', true, 'P-123'],
  ])('P-121 P-128..144 %s → %s (%s)', (text, expected, _case) => {
    expect(hit(bjensen, User, text)).toBe(expected)
  })
  test.each([
    ['number eq 5', true],
    ['number ne 5', false],
    ['number gt 4', true],
    ['number ge 5', true],
    ['number lt 5', false],
    ['number le 5', true],
    ['weight lt 1', true],
    ['weight eq 5e-1', true],
    ['scores gt 9', true],
    ['scores lt 1', false],
    ['tags eq "RED"', true],
    ['tags[value eq "red"]', true],
    ['tags[value sw "g" and value sw "r"]', false],
    ['tags sw "g" and tags sw "r"', true],
    ['label eq "ann lee"', true],
    ['label co "n  l"', true],
    ['parts[size ge 5 and since eq "2025-12-31T22:00:00Z"]', true],
    ['parts[size ne 5]', true],
    ['parts[type pr]', true],
    ['parts eq "WHEEL"', true],
    ['on eq false', false],
    ['photo sw "aG"', true],
  ])('P-128 P-131 P-134 %s → %s', (text, expected) => {
    expect(hit(gadget, Gadget, text)).toBe(expected)
  })
})

describe('matchesElement', () => {
  test.each([
    ['emails[type eq "WORK"]', User, bjensen.emails, [true, false]],
    ['emails[type eq "work" or value ew "example"].value', User, bjensen.emails, [true, true]],
    ['tags[value eq "red"]', Gadget, gadget.tags, [true, false]],
    ['parts[size pr]', Gadget, gadget.parts, [true, false]],
  ])('P-377 P-386 %s', (text, type, elements, expected) => {
    const path = bindPath(parsePath(text), type)
    const filter = path?.target === undefined ? undefined : path.filter
    const list: readonly Json[] = Array.isArray(elements) ? elements : []
    expect(list.map((element) => filter && matchesElement(element, filter))).toEqual(expected)
  })
})

// A second evaluator, as slow and plain as can be: of filters as written, on gadgets with text in lower case.
function naive(document: Document, filter: Filter, element?: Json): boolean {
  if ('all' in filter) {
    const held = filter.all.filter((part) => naive(document, part, element)).length
    return filter.op === 'and' ? held === filter.all.length : held > 0
  }
  if (filter.op === 'not') return !naive(document, filter.filter, element)
  const inElement = element !== undefined
  const [name = '', sub] = (inElement ? `.${filter.path}` : filter.path).split('.')
  let values: readonly (Json | undefined)[]
  if (inElement) values = [isObject(element) ? element[sub ?? ''] : element]
  else values = [document[name]].flat() as Json[]
  if (!inElement && sub !== undefined) values = values.map((value) => (isObject(value) ? value[sub] : undefined))
  // RFC 7643 §2.4.
  if (sub === 'primary' && filter.op !== 'pr' && (inElement || document[name] !== undefined)) {
    values = values.map((value) => value ?? false)
  }
  values = values.filter((value) => value !== undefined)
  if (filter.op === 'has') return values.some((value) => naive(document, filter.filter, value))
  if (filter.op === 'pr') return values.some((value) => value !== '' && JSON.stringify(value) !== '{}')
  const wanted = filter.value
  if (values.length === 0) return filter.op === 'ne'
  return values.some((value) => {
    const [a, b] = [value, wanted]
    switch (filter.op) {
      case 'eq':
        return a === b
      case 'ne':
        return a !== b
      case 'co':
        return String(a).indexOf(String(b)) >= 0
      case 'sw':
        return String(a).indexOf(String(b)) === 0
      case 'ew':
        return String(a).slice(-String(b).length || String(a).length) === String(b)
      case 'gt':
        return (a ?? 0) > (b ?? 0)
      case 'ge':
        return (a ?? 0) >= (b ?? 0)
      case 'lt':
        return (a ?? 0) < (b ?? 0)
      default:
        return (a ?? 0) <= (b ?? 0)
    }
  })
}

const word = fc.constantFrom('', 'a', 'b', 'ab', 'ba', 'aab')
const size = fc.integer({ min: 0, max: 3 })
const part = fc.record({ value: word, type: word, size, primary: fc.boolean() }, { requiredKeys: [] })
const gadgets = fc.record(
  {
    label: word,
    number: size,
    on: fc.boolean(),
    tags: fc.array(word, { minLength: 1, maxLength: 3 }),
    scores: fc.array(size, { minLength: 1, maxLength: 3 }),
    parts: fc.array(part, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: [] },
)

function terms(text: readonly string[], number: readonly string[], boolean: readonly string[]): fc.Arbitrary<Filter> {
  return fc.oneof(
    fc.record({ op: fc.constant('pr' as const), path: fc.constantFrom(...text, ...number, ...boolean) }),
    fc.record({
      op: fc.constantFrom('eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'),
      path: fc.constantFrom(...text),
      value: word.filter((one) => one !== ''),
    }),
    fc.record({
      op: fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'),
      path: fc.constantFrom(...number),
      value: size,
    }),
    fc.record({ op: fc.constantFrom('eq', 'ne'), path: fc.constantFrom(...boolean), value: fc.boolean() }),
  )
}

function nested(leaf: fc.Arbitrary<Filter>, depth: number): fc.Arbitrary<Filter> {
  if (depth === 0) return leaf
  const deeper = nested(leaf, depth - 1)
  return fc.oneof(
    leaf,
    fc.record({ op: fc.constantFrom('and', 'or'), all: fc.array(deeper, { minLength: 2, maxLength: 3 }) }),
    fc.record({ op: fc.constant('not' as const), filter: deeper }),
  )
}

const inner = nested(terms(['value', 'type'], ['size'], ['primary']), 2)
const outer = nested(
  fc.oneof(
    terms(['label', 'tags', 'parts.value', 'parts.type'], ['number', 'scores', 'parts.size'], ['on', 'parts.primary']),
    fc.record({ op: fc.constant('has' as const), path: fc.constant('parts'), filter: inner }),
  ),
  2,
)

test('P-121 P-123 P-135 agrees with a naive evaluator', () => {
  fc.assert(
    fc.property(gadgets, outer, (document, filter) => {
      const read = parseFilter(formatFilter(filter))
      expect(matches(document, bindFilter(read, Gadget))).toBe(naive(document, filter))
    }),
    { numRuns: 3000 },
  )
})

describe('sorting', () => {
  const key = (document: Document, sortBy: string, type: ResourceType) => {
    const sort = bindSort(sortBy, undefined, type)
    return sort && sortKey(document, sort)
  }
  test.each([
    ['userName', 'bjensen', 'P-164 folded'],
    ['externalId', 'AbC', 'P-164 exact'],
    ['emails', 'a@example.com', 'P-162 of the primary'],
    ['emails.type', 'work', 'P-162'],
    ['title', null, 'P-163'],
    ['addresses.type', null, 'P-163'],
    ['active', true, 'A-32'],
    ['meta.created', 1767225600000, 'P-164 an instant'],
    [`${ENTERPRISE_USER}:department`, 'tours', 'P-162'],
    ['name.familyName', 'jensen', 'P-162'],
    ['schemas', USER.toLowerCase(), 'P-162 the first of simple values'],
  ])('P-162..164 by %s: %s (%s)', (sortBy, expected, _case) => {
    expect(key(bjensen, sortBy, User)).toBe(expected)
  })
  test('P-162 the first element where none is primary; without the sub-attribute it has no value', () => {
    expect(key(gadget, 'parts', Gadget)).toBe('wheel')
    expect(key(gadget, 'parts.type', Gadget)).toBeNull()
    expect(key({ parts: [{ value: 'a' }, { type: 'x', primary: true }] }, 'parts', Gadget)).toBeNull()
  })
  test.each([
    [
      ['b', null, 'A'.toLowerCase(), 'c'],
      ['a', 'b', 'c', null],
    ],
    [
      [10, 9, null, 1.5],
      [1.5, 9, 10, null],
    ],
    [
      [true, null, false],
      [false, true, null],
    ],
    [
      ['\u{1F600}', '\uff5e'],
      ['\uff5e', '\u{1F600}'],
    ],
  ])('P-163 P-164 %j', (keys, ascending) => {
    expect(keys.toSorted((a, b) => compareKeys(a, b))).toEqual(ascending)
    expect(keys.toSorted((a, b) => compareKeys(a, b, { descending: true }))).toEqual(ascending.toReversed())
  })
})
