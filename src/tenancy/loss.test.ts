import { expect, test } from 'vitest'
import { type AttributeDeclarations, type Document, defineResourceType, defineSchema, User } from '../protocol/index.ts'
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
