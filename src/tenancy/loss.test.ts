// Tests what a change of a schema would remove from documents.

import { expect, test } from 'vitest'
import {
  type AttributeDeclarations,
  type Document,
  defineResourceType,
  defineSchema,
  type Json,
  User,
} from '../protocol/index.ts'
import { lossOfSchema, lossOfType } from './loss.ts'

const URN = 'urn:example:scim:schemas:extension:badge:1.0:User'
const badge = (attributes: AttributeDeclarations) => defineSchema({ id: URN, name: 'Badge', attributes })
const before = badge({
  number: { type: 'integer' },
  doors: { multiValued: true },
  keys: { type: 'complex', multiValued: true, subAttributes: { value: {}, room: {} } },
})
const Employee = User.extend(before)
const ada: Document = {
  schemas: [User.schema.id, URN],
  id: '1',
  userName: 'ada',
  [URN]: { number: 7, doors: ['a'], keys: [{ value: 'x', room: 'y' }, { room: 'z' }] },
}
const bob: Document = { schemas: [User.schema.id], id: '2', userName: 'bob' }

function losses(attributes: AttributeDeclarations) {
  return lossOfSchema(before, badge(attributes), [Employee])
}

test('adding an attribute, or changing only words, loses nothing', () => {
  expect(
    losses({
      number: { type: 'integer', description: 'Printed on it' },
      doors: { multiValued: true },
      keys: { type: 'complex', multiValued: true, subAttributes: { value: {}, room: {}, floor: {} } },
      colour: {},
    }),
  ).toEqual([])
})

test('a removed attribute concerns who has it, and dropping it leaves the rest', () => {
  const [loss, ...more] = losses({
    doors: { multiValued: true },
    keys: { type: 'complex', multiValued: true, subAttributes: { value: {}, room: {} } },
  })
  expect(more).toEqual([])
  expect(loss?.what).toBe(`attribute ${URN}:number would be removed`)
  expect([ada, bob].map((document) => loss?.uses(document))).toEqual([true, false])
  expect(loss?.drop?.(ada)).toEqual({
    ...ada,
    [URN]: { doors: ['a'], keys: [{ value: 'x', room: 'y' }, { room: 'z' }] },
  })
  expect(loss?.drop?.(bob)).toBe(bob)
})

test('an element that had nothing but the removed sub-attribute goes with it', () => {
  const [loss] = losses({
    number: { type: 'integer' },
    doors: { multiValued: true },
    keys: { type: 'complex', multiValued: true, subAttributes: { value: {} } },
  })
  expect(loss?.what).toContain(`${URN}:keys.room`)
  expect(loss?.drop?.(ada)).toMatchObject({ [URN]: { keys: [{ value: 'x' }] } })
})

test.each<[string, AttributeDeclarations, AttributeDeclarations, readonly Json[], readonly (Json | undefined)[]]>([
  [
    'string → integer',
    { code: {} },
    { code: { type: 'integer' } },
    ['7', '10', 'x', '1.5'],
    [7, 10, undefined, undefined],
  ],
  ['string → decimal', { code: {} }, { code: { type: 'decimal' } }, ['7', '1.5', 'x'], [7, 1.5, undefined]],
  ['string → boolean', { code: {} }, { code: { type: 'boolean' } }, ['true', 'False', 'yes'], [true, false, undefined]],
  [
    'string → dateTime',
    { code: {} },
    { code: { type: 'dateTime' } },
    ['2026-01-31T09:00:00Z', 'soon'],
    ['2026-01-31T09:00:00Z', undefined],
  ],
  ['integer → string', { code: { type: 'integer' } }, { code: {} }, [7], ['7']],
  ['decimal → integer', { code: { type: 'decimal' } }, { code: { type: 'integer' } }, [7, 7.5], [7, undefined]],
  ['multi → single', { code: { multiValued: true } }, { code: {} }, [['a'], ['a', 'b']], ['a', undefined]],
  ['single → multi', { code: {} }, { code: { multiValued: true } }, ['a'], [['a']]],
  [
    'list of texts → one number',
    { code: { multiValued: true } },
    { code: { type: 'integer' } },
    [['7'], ['x'], ['1', '2']],
    [7, undefined, undefined],
  ],
  [
    'texts → numbers',
    { code: { multiValued: true } },
    { code: { type: 'integer', multiValued: true } },
    [['7', 'x'], ['x']],
    [[7], undefined],
  ],
  [
    'unique: only who is second',
    { code: {} },
    { code: { uniqueness: 'server' } },
    ['A1', 'A2', 'a1', 'A3'],
    ['A1', 'A2', undefined, 'A3'],
  ],
  [
    'unique without regard to case any more',
    { code: { caseExact: true, uniqueness: 'server' } },
    { code: { uniqueness: 'server' } },
    ['A', 'a', 'b'],
    ['A', undefined, 'b'],
  ],
])('%s: only values in the way count and go', (_name, old, now, values, left) => {
  const [was, is] = [badge({ ...old, other: {} }), badge({ ...now, other: {} })]
  const [loss, ...more] = lossOfSchema(was, is, [User.extend(was)])
  expect(more).toEqual([])
  const documents = values.map((code, at): Document => ({ schemas: [], id: String(at), [URN]: { code, other: 'x' } }))
  loss?.begin?.()
  expect(documents.filter((document) => loss?.uses(document)).map(({ id }) => Number(id))).toEqual(
    values.flatMap((value, at) => (says(value, left[at]) ? [] : [at])),
  )
  loss?.begin?.()
  const dropped = documents.map((document) => loss?.drop?.(document)[URN])
  expect(dropped).toEqual(left.map((code) => (code === undefined ? { other: 'x' } : { code, other: 'x' })))
  // What fits is converted whether or not something is dropped, and loses nothing.
  for (const [at, document] of documents.entries()) {
    const { code } = (loss?.convert?.(document)[URN] ?? document[URN]) as { readonly code: Json }
    expect(says(values[at] as Json, code), String(at)).toBe(true)
  }
})

/** Whether one value says all that the other one says. */
function says(value: Json, other: Json | undefined): boolean {
  const texts = (one: Json | undefined) =>
    (one === undefined ? [] : [one].flat()).map((each) => String(each).toLowerCase())
  return JSON.stringify(texts(value)) === JSON.stringify(texts(other))
}

test('an element that lacks what it will need goes, and not the others', () => {
  const keys = (required: boolean) =>
    badge({ keys: { type: 'complex', multiValued: true, subAttributes: { value: {}, room: { required } } }, other: {} })
  const [loss] = lossOfSchema(keys(false), keys(true), [User.extend(keys(false))])
  const document: Document = {
    schemas: [],
    id: '1',
    [URN]: { keys: [{ value: 'x' }, { value: 'y', room: 'z' }], other: 'x' },
  }
  expect(loss?.uses(document)).toBe(true)
  expect(loss?.drop?.(document)[URN]).toEqual({ keys: [{ value: 'y', room: 'z' }], other: 'x' })
})

test.each([
  [{ number: {} }, 'of type string instead of integer'],
  [{ number: { type: 'integer', multiValued: true } }, 'multi-valued'],
  [{ number: { type: 'integer', uniqueness: 'server' } }, 'unique (server)'],
  [{ number: { type: 'integer', required: true } }, 'required'],
] as const)('%j is seen as a loss: %s', (change, what) => {
  const rest = {
    doors: { multiValued: true },
    keys: { type: 'complex', multiValued: true, subAttributes: { value: {}, room: {} } },
  } as const
  expect(losses({ ...rest, ...change }).map((loss) => loss.what)).toEqual([`attribute ${URN}:number would be ${what}`])
})

test('a new required attribute concerns who has the extension without it, and drops the extension', () => {
  const [loss] = losses({
    number: { type: 'integer' },
    doors: { multiValued: true },
    keys: { type: 'complex', multiValued: true, subAttributes: { value: {}, room: {} } },
    colour: { required: true },
  })
  expect([ada, bob].map((document) => loss?.uses(document))).toEqual([true, false])
  expect(loss?.drop?.(ada)).toEqual({ schemas: [User.schema.id], id: '1', userName: 'ada' })
})

test('an extension taken off a type concerns who has it; one made required concerns who has not', () => {
  const [gone] = lossOfType(Employee, User)
  expect(gone?.uses(ada)).toBe(true)
  expect(gone?.drop?.(ada)).toEqual({ schemas: [User.schema.id], id: '1', userName: 'ada' })
  const [needed] = lossOfType(User, User.extend(before, { required: true }))
  expect([ada, bob].map((document) => needed?.uses(document))).toEqual([false, true])
  expect(needed?.drop).toBeUndefined()
})

test('another base schema can not be dropped into place', () => {
  const Device = (id: string) =>
    defineResourceType({
      name: 'Device',
      endpoint: '/Devices',
      schema: defineSchema({ id, name: 'Device', attributes: { serial: {} } }),
    })
  const [loss] = lossOfType(Device('urn:example:a:Device'), Device('urn:example:b:Device'))
  expect(loss?.drop).toBeUndefined()
})
