// Many edits of one list against a plain model.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyPlainly } from '../../test/plain-edits.ts'
import { type Allowances, LENIENT, STRICT } from './allowances.ts'
import { applyEdits } from './apply.ts'
import { defineSchema } from './define.ts'
import { createEditWork } from './edit-work.ts'
import { ScimError } from './errors.ts'
import type { Document, Json } from './json.ts'
import { normalise } from './normalise.ts'
import { readPatch } from './patch.ts'
import { PATCH_OP, USER } from './urn.ts'
import { User } from './user.ts'

const Badge = defineSchema({
  id: 'urn:example:badge:1.0:User',
  name: 'Badge',
  attributes: {
    doors: { multiValued: true },
    levels: { type: 'integer', multiValued: true },
    spent: { type: 'dateTime', multiValued: true },
    fixed: { multiValued: true, mutability: 'immutable' },
    needed: { multiValued: true, required: true },
    keys: {
      type: 'complex',
      multiValued: true,
      subAttributes: {
        value: { mutability: 'immutable' },
        label: {},
        primary: { type: 'boolean' },
        made: { mutability: 'readOnly' },
      },
    },
    centres: {
      type: 'complex',
      multiValued: true,
      subAttributes: {
        code: { caseExact: true },
        percent: { type: 'integer' },
        main: { type: 'boolean' },
        since: { type: 'dateTime' },
        tags: { multiValued: true },
      },
    },
    limits: { type: 'complex', subAttributes: { seats: { type: 'integer' }, tags: { multiValued: true } } },
    lent: {
      type: 'complex',
      multiValued: true,
      subAttributes: {
        value: {},
        $ref: { type: 'reference', referenceTypes: ['User', 'Group'] },
        type: {},
        display: {},
      },
    },
  },
})
const Employee = User.extend(Badge)
const B = Badge.id

const word = fc.constantFrom('a', 'b', 'B', 'c', 'd', 'e')
const kind = fc.constantFrom('work', 'home', 'Work', 'other')
const time = fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', '2027-01-01T00:00:00Z')
const words = fc.array(word, { maxLength: 6 })
const email = fc.record({ value: word, type: kind, display: word, primary: fc.boolean() }, { requiredKeys: [] })
const key = fc.record({ value: word, label: word, primary: fc.boolean() }, { requiredKeys: [] })
const centre = fc.record(
  { code: word, percent: fc.nat(2), main: fc.boolean(), since: time, tags: words },
  { requiredKeys: [] },
)
const lent = fc.record({ value: word, type: fc.constantFrom('User', 'Group') }, { requiredKeys: ['value'] })
const many = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 24 })

/** Everything in the tail may be primary once: documents are sound. */
const body = fc.record(
  {
    emails: many(email),
    roles: many(email),
    [B]: fc.record(
      {
        doors: many(word),
        levels: many(fc.nat(3)),
        spent: many(time),
        fixed: words,
        needed: words,
        keys: many(key),
        centres: many(centre),
        limits: fc.record({ seats: fc.nat(2), tags: words }, { requiredKeys: [] }),
        lent: many(lent),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['emails', 'roles'] },
)
const document = body.map(
  (more) => ({ id: 'i', ...normalise({ schemas: [USER], userName: 'u', ...more }, Employee, LENIENT) }) as Document,
)

const op = fc.constantFrom('add', 'replace')
const anyOp = fc.constantFrom('add', 'replace', 'remove')
const filters = fc.constantFrom(
  'type eq "work"',
  'value eq "b"',
  'value eq "B" and type eq "home"',
  'value eq "a" or value eq "c"',
  'type ne "home"',
  'primary eq true',
  'primary eq false',
  'display co "a" or type eq "other"',
  'not (value eq "a")',
  'value pr',
)
const lists = fc.constantFrom('emails', 'roles')
const emailEdit = fc.oneof(
  fc.record({ op, path: lists, value: many(email) }),
  fc.record({ op, path: lists, value: email }),
  fc.record({ op: fc.constant('remove'), path: lists, value: many(email) }),
  fc.record({ op: anyOp, path: fc.tuple(lists, filters).map(([list, filter]) => `${list}[${filter}]`), value: email }),
  fc.record({
    op: anyOp,
    path: fc
      .tuple(lists, filters, fc.constantFrom('value', 'type', 'display'))
      .map(([list, filter, sub]) => `${list}[${filter}].${sub}`),
    value: fc.oneof(word, kind),
  }),
  fc.record({ op, path: filters.map((filter) => `emails[${filter}].primary`), value: fc.boolean() }),
  fc.record({ op: anyOp, path: fc.constantFrom('emails.type', 'emails.display', 'roles.value'), value: word }),
)
const badge = (path: string) => `${B}:${path}`
const badgeEdit = fc.oneof(
  fc.record({ op: anyOp, path: fc.constantFrom('doors', 'fixed', 'needed').map(badge), value: words }),
  fc.record({ op: anyOp, path: fc.constant(badge('levels')), value: fc.array(fc.nat(3)) }),
  fc.record({ op: anyOp, path: fc.constant(badge('spent')), value: fc.array(time) }),
  fc.record({
    op: anyOp,
    path: fc.tuple(fc.constantFrom('doors', 'fixed'), word).map(([list, one]) => badge(`${list}[value eq "${one}"]`)),
    value: word,
  }),
  fc.record({ op: anyOp, path: time.map((one) => badge(`spent[value eq "${one}"]`)), value: time }),
  fc.record({ op: anyOp, path: fc.constant(badge('keys')), value: many(key) }),
  fc.record({ op: anyOp, path: word.map((one) => badge(`keys[value eq "${one}"]`)), value: key }),
  fc.record({ op: anyOp, path: fc.constant(badge('centres')), value: many(centre) }),
  fc.record({
    op: anyOp,
    path: fc
      .constantFrom('code eq "a"', 'code eq "B"', 'percent eq 1', 'tags eq "b"', 'since eq "2026-01-01T00:00:00Z"')
      .map((one) => badge(`centres[${one}]`)),
    value: centre,
  }),
  fc.record({ op: anyOp, path: word.map((one) => badge(`centres[code eq "${one}"].tags`)), value: words }),
  fc.record({ op: anyOp, path: fc.constantFrom('limits.tags', 'centres.tags').map(badge), value: words }),
  fc.record({ op: anyOp, path: fc.constant(badge('lent')), value: many(lent) }),
  fc.record({ op: anyOp, path: word.map((one) => badge(`lent[value eq "${one}"]`)), value: lent }),
  fc.record({ op: fc.constant('remove'), path: fc.constantFrom(B, badge('limits'), badge('centres'), 'emails') }),
)
const operations = fc.array(fc.oneof(emailEdit, badgeEdit), { minLength: 1, maxLength: 12 })

type Apply = typeof applyPlainly

function outcome(apply: Apply, before: Document, list: readonly Json[], allow: Allowances): Document | string {
  try {
    const { edits } = readPatch({ schemas: [PATCH_OP], Operations: list }, Employee, allow, { id: 'i' })
    return apply(before, edits, Employee, allow)
  } catch (error) {
    if (error instanceof ScimError) return error.detail
    throw error
  }
}

describe('many edits of one list', () => {
  test('P-345 P-346 come out as if each had looked at every value', () => {
    fc.assert(
      fc.property(document, operations, fc.constantFrom(STRICT, LENIENT), (before, list, allow) => {
        expect(outcome(applyEdits, before, list, allow)).toEqual(outcome(applyPlainly, before, list, allow))
      }),
      { numRuns: 4_000, seed: 7644 },
    )
  })

  test('A-68 give the very same document when it means the same afterwards', () => {
    fc.assert(
      fc.property(document, operations, (before, list) => {
        expect(outcome(applyEdits, before, list, LENIENT) === before).toBe(
          outcome(applyPlainly, before, list, LENIENT) === before,
        )
      }),
      { numRuns: 1_000, seed: 7643 },
    )
  })
})

/** What edits cost: values looked at, by the count that the limit is held against. */
function workOf(before: Document, list: readonly Json[]): number {
  const { edits } = readPatch({ schemas: [PATCH_OP], Operations: list }, Employee, LENIENT, { id: 'i' })
  let spent = 0
  const work = createEditWork()
  applyEdits(before, edits, Employee, LENIENT, {
    left: work.left,
    spend(values) {
      spent += values
      work.spend(values)
    },
  })
  return spent
}

describe('the work of a PATCH is its operations plus its values, never their product', () => {
  const VALUES = 9_000
  const OPERATIONS = 1_000
  const times = <T>(count: number, make: (at: number) => T) => Array.from({ length: count }, (_, at) => make(at))
  const full: Document = {
    schemas: [USER],
    id: 'i',
    userName: 'u',
    emails: times(VALUES, (at) => ({ value: `e${at}@x`, type: `t${at % 7}` })),
  }
  const sums: readonly [string, (at: number) => Json][] = [
    ['a part by value', (at) => ({ op: 'replace', path: `emails[value eq "e${at}@x"].type`, value: 'home' })],
    [
      'a part by value and type',
      (at) => ({ op: 'replace', path: `emails[value eq "e${at}@x" and type eq "t${at % 7}"].display`, value: 'D' }),
    ],
    ['the value itself', (at) => ({ op: 'replace', path: `emails[value eq "e${at}@x"].value`, value: `f${at}@x` })],
    ['primary', (at) => ({ op: 'replace', path: `emails[value eq "e${at}@x"].primary`, value: true })],
    [
      'an add of what is there',
      (at) => ({ op: 'add', path: 'emails', value: [{ value: `e${at}@x`, type: `t${at % 7}` }] }),
    ],
    ['an add without a type', (at) => ({ op: 'add', path: 'emails', value: { value: `e${at}@x`, display: 'D' } })],
    ['an add to a list of its own', (at) => ({ op: 'add', path: 'ims', value: [{ value: `i${at}` }] })],
    [
      'an add of an address',
      (at) => ({ op: 'add', path: 'addresses', value: [{ streetAddress: `s${at}`, type: 'work' }] }),
    ],
    ['an add by filter', (at) => ({ op: 'add', path: `phoneNumbers[value eq "${at}"].type`, value: 'work' })],
    ['a removal by filter', (at) => ({ op: 'remove', path: `emails[value eq "e${at}@x"]` })],
    ['a removal by value', (at) => ({ op: 'remove', path: 'emails', value: [{ value: `e${at}@x` }] })],
    ['a simple value', (at) => ({ op: 'add', path: `${B}:doors`, value: [`d${at}`] })],
    ['a simple value by filter', (at) => ({ op: 'remove', path: `${B}:doors[value eq "d${at}"]` })],
    [
      'turns with another attribute',
      (at) =>
        at % 2 === 0
          ? { op: 'replace', path: 'title', value: `t${at}` }
          : { op: 'remove', path: `emails[value eq "e${at}@x"]` },
    ],
  ]

  test.each(sums)('%s', (_what, operation) => {
    expect(workOf(full, times(OPERATIONS, operation))).toBeLessThan(8 * (VALUES + OPERATIONS))
  })

  test('values of one operation, given and there', () => {
    const emails = times(VALUES, (at) => ({ value: `e${at}@x`, type: `t${at % 7}` }))
    for (const one of ['add', 'replace', 'remove'])
      expect(workOf(full, [{ op: one, path: 'emails', value: emails }])).toBeLessThan(8 * VALUES)
  })

  test('what is left of it has a limit: 413, and what to do', () => {
    const walking = (at: number) => ({ op: 'replace', path: `emails[display co "${at}"].type`, value: 'home' })
    const few = times(50, () => ({ op: 'remove', path: 'emails[display co "x"]' }))
    expect(workOf(full, few)).toBeGreaterThan(50 * VALUES)
    const made = times(OPERATIONS, (at) => ({ ...walking(at), op: 'remove' }))
    expect(() => workOf(full, made)).toThrow(
      expect.objectContaining({ status: 413, detail: expect.stringContaining('send several requests') }),
    )
    const long = times(400, (at) => `display co "${at}"`).join(' or ')
    expect(() => workOf(full, [{ op: 'remove', path: `emails[${long}]` }])).toThrow(
      expect.objectContaining({ status: 413 }),
    )
  })
})
