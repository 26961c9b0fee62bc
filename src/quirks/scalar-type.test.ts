import { expect, test } from 'vitest'
import { after, create, patch } from '../../test/quirks/messages.ts'
import { createCatalog, defineResourceType, defineSchema, type Json } from '../protocol/index.ts'
import { scalarType } from './scalar-type.ts'

const Badge = defineResourceType({
  name: 'Badge',
  endpoint: '/Badges',
  description: 'A badge.',
  schema: defineSchema({
    id: 'urn:example:badge',
    name: 'Badge',
    description: 'A badge.',
    attributes: { number: { type: 'integer' }, weight: { type: 'decimal' }, label: { type: 'string' } },
  }),
})

test.each<[Json, Json]>([
  [1, true],
  ['1', true],
  [0, false],
  ['0', false],
])('the boolean %j is %j', (sent, meant) => {
  expect(after(scalarType, create({ active: sent })).body).toEqual({ active: meant })
  expect(after(scalarType, create({ emails: [{ value: '1', primary: sent }] })).body).toEqual({
    emails: [{ value: '1', primary: meant }],
  })
  expect(after(scalarType, patch({ op: 'replace', path: 'active', value: sent }))).toEqual(
    patch({ op: 'replace', path: 'active', value: meant }),
  )
  expect(after(scalarType, patch({ op: 'replace', value: { active: sent } }))).toEqual(
    patch({ op: 'replace', value: { active: meant } }),
  )
})

test.each<[string, Json, Json]>([
  ['number', '42', 42],
  ['number', '-7', -7],
  ['weight', '1.5', 1.5],
])('the %s %j is %j', (name, sent, meant) => {
  expect(scalarType.inbound(create({ [name]: sent }, Badge), createCatalog([Badge])).body).toEqual({ [name]: meant })
})

test.each<[string, Json]>([
  ['number', '042'],
  ['number', '1e3'],
  ['number', ''],
  ['number', '99999999999999999999'],
  ['weight', '1,5'],
  ['label', '42'],
])('the %s %j is left alone', (name, sent) => {
  const message = create({ [name]: sent }, Badge)
  expect(scalarType.inbound(message, createCatalog([Badge]))).toBe(message)
})

test.each<[Json]>([[2], ['yes'], [true], ['true'], [null]])('the boolean %j is left alone', (sent) => {
  const message = create({ active: sent })
  expect(after(scalarType, message)).toBe(message)
})
