// Attributes that take only their canonical values.

import { describe, expect, test } from 'vitest'
import { STRICT } from './allowances.ts'
import { applyEdits } from './apply.ts'
import { defineSchema } from './define.ts'
import { writeSchema } from './discovery.ts'
import { ScimError } from './errors.ts'
import type { Document, Json } from './json.ts'
import { normalise } from './normalise.ts'
import { readPatch } from './patch.ts'
import { User } from './user.ts'

const Badge = defineSchema({
  id: 'urn:example:badge:1.0:User',
  name: 'Badge',
  attributes: {
    colour: { canonicalValues: ['red', 'green'], closed: true },
    code: { canonicalValues: ['A', 'b'], closed: true, caseExact: true },
    doors: { multiValued: true, canonicalValues: ['main', 'yard'], closed: true },
    size: { canonicalValues: ['small'] },
    keys: {
      type: 'complex',
      multiValued: true,
      subAttributes: { value: {}, type: { canonicalValues: ['steel', 'brass'], closed: true } },
    },
  },
})
const Employee = User.extend(Badge)
const USER = User.schema.id

const badge = (value: Json) =>
  normalise({ schemas: [USER, Badge.id], userName: 'a', [Badge.id]: value }, Employee, STRICT)[Badge.id]

function patched(op: string, path: string, value: Json, before: Json = {}) {
  const document: Document = { schemas: [USER, Badge.id], id: '1', userName: 'a', [Badge.id]: before }
  const body = {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op, path: `${Badge.id}:${path}`, value }],
  }
  return applyEdits(document, readPatch(body, Employee, STRICT, { id: '1' }).edits, Employee, STRICT)[Badge.id]
}

const detailOf = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    if (error instanceof ScimError) return `${error.scimType}: ${error.detail}`
    throw error
  }
  return undefined
}

describe('closed attributes', () => {
  test('take a canonical value, in the spelling of the schema', () => {
    expect(badge({ colour: 'RED', doors: ['Main', 'yard'], keys: [{ value: '1', type: 'Steel' }] })).toEqual({
      colour: 'red',
      doors: ['main', 'yard'],
      keys: [{ value: '1', type: 'steel' }],
    })
    expect(badge({ code: 'A' })).toEqual({ code: 'A' })
  })
  test('refuse every other value, and say which there are', () => {
    expect(detailOf(() => badge({ colour: 'blue' }))).toBe(
      'invalidValue: colour must be one of red, green; it was "blue"',
    )
    for (const value of [{ code: 'a' }, { doors: ['main', 'roof'] }, { keys: [{ value: '1', type: 'tin' }] }]) {
      expect(detailOf(() => badge(value))).toContain('must be one of')
    }
  })
  test('S-041 without `closed`, canonical values are suggestions', () => {
    expect(badge({ size: 'huge' })).toEqual({ size: 'huge' })
  })
  test('a PATCH sets canonical values alone, also those that its filter says', () => {
    expect(patched('replace', 'colour', 'Green', { colour: 'red' })).toEqual({ colour: 'green' })
    expect(patched('add', 'keys[type eq "BRASS"].value', '7')).toEqual({ keys: [{ type: 'brass', value: '7' }] })
    expect(detailOf(() => patched('replace', 'colour', 'blue'))).toContain('must be one of red, green')
    expect(detailOf(() => patched('add', 'keys[type eq "tin"].value', '7'))).toContain('noTarget')
  })
  test('are shown in /Schemas with what RFC 7643 §7 knows', () => {
    expect(JSON.stringify(writeSchema(Badge, 'https://app.example'))).not.toContain('closed')
  })
})
