// Edits of sub-attributes.

import { describe, expect, test } from 'vitest'
import { type Allowances, LENIENT, STRICT } from './allowances.ts'
import { applyEdits } from './apply.ts'
import { defineSchema } from './define.ts'
import { ScimError } from './errors.ts'
import type { Document, Json } from './json.ts'
import { LIMITS } from './limits.ts'
import { readPatch } from './patch.ts'
import { PATCH_OP, USER } from './urn.ts'
import { User } from './user.ts'

const Limits = defineSchema({
  id: 'urn:example:limits:1.0:User',
  name: 'Limits',
  attributes: {
    limits: {
      type: 'complex',
      subAttributes: {
        seats: { type: 'integer' },
        tags: { multiValued: true },
        fixed: { multiValued: true, mutability: 'immutable' },
      },
    },
    needs: { type: 'complex', subAttributes: { tags: { multiValued: true, required: true } } },
    centres: {
      type: 'complex',
      multiValued: true,
      subAttributes: { code: { caseExact: true }, tags: { multiValued: true } },
    },
  },
})
const Type = User.extend(Limits)
const L = Limits.id

const before: Document = {
  schemas: [USER, L],
  id: 'i',
  userName: 'u',
  [L]: {
    limits: { seats: 3, tags: ['a', 'b', 'c'], fixed: ['x', 'y'] },
    needs: { tags: ['a'] },
    centres: [
      { code: 'A', tags: ['a', 'b'] },
      { code: 'B', tags: ['b', 'c'] },
    ],
  },
}

function patched(op: string, path: string, value: Json | undefined, allow: Allowances = STRICT): Json | undefined {
  const operation = { op, path: `${L}:${path}`, ...(value === undefined ? {} : { value }) }
  const { edits } = readPatch({ schemas: [PATCH_OP], Operations: [operation] }, Type, allow, { id: 'i' })
  return applyEdits(before, edits, Type, allow)[L]
}

function refusal(work: () => unknown): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof ScimError) return error.scimType
    throw error
  }
}

describe('values of a multi-valued sub-attribute', () => {
  test.each<[string, string, Json | undefined, readonly string[] | undefined]>([
    ['remove', 'limits.tags', ['a'], ['b', 'c']],
    ['remove', 'limits.tags', 'A', ['b', 'c']],
    ['remove', 'limits.tags', ['a', 'c', 'z'], ['b']],
    ['remove', 'limits.tags', ['z'], ['a', 'b', 'c']],
    ['remove', 'limits.tags', [], ['a', 'b', 'c']],
    ['remove', 'limits.tags', ['a', 'b', 'c'], undefined],
    ['remove', 'limits.tags', undefined, undefined],
    ['remove', 'limits.tags', null, undefined],
    ['add', 'limits.tags', ['B', 'd'], ['a', 'b', 'c', 'd']],
    ['add', 'limits.tags', 'd', ['a', 'b', 'c', 'd']],
    ['replace', 'limits.tags', ['d'], ['d']],
  ])('A-05 %s %s %j', (op, path, value, tags) => {
    for (const allow of [STRICT, LENIENT]) {
      const fixed = ['x', 'y']
      const limits = tags === undefined ? { seats: 3, fixed } : { seats: 3, tags, fixed }
      expect(patched(op, path, value, allow)).toMatchObject({ limits })
      expect(Object.keys((patched(op, path, value, allow) as { limits: object }).limits)).toHaveLength(
        tags === undefined ? 2 : 3,
      )
    }
  })

  test.each<[string, string, Json | undefined, readonly Json[]]>([
    [
      'remove',
      'centres[code eq "A"].tags',
      ['b'],
      [
        { code: 'A', tags: ['a'] },
        { code: 'B', tags: ['b', 'c'] },
      ],
    ],
    [
      'remove',
      'centres.tags',
      ['b'],
      [
        { code: 'A', tags: ['a'] },
        { code: 'B', tags: ['c'] },
      ],
    ],
    ['remove', 'centres[tags eq "c"].tags', ['b', 'c'], [{ code: 'A', tags: ['a', 'b'] }, { code: 'B' }]],
    ['remove', 'centres[code eq "A"].tags', undefined, [{ code: 'A' }, { code: 'B', tags: ['b', 'c'] }]],
    [
      'add',
      'centres[code eq "A"].tags',
      ['c'],
      [
        { code: 'A', tags: ['a', 'b', 'c'] },
        { code: 'B', tags: ['b', 'c'] },
      ],
    ],
    [
      'replace',
      'centres[code eq "A"].tags',
      ['c'],
      [
        { code: 'A', tags: ['c'] },
        { code: 'B', tags: ['b', 'c'] },
      ],
    ],
  ])('A-05 %s %s %j', (op, path, value, centres) => {
    for (const allow of [STRICT, LENIENT]) expect(patched(op, path, value, allow)).toMatchObject({ centres })
  })

  test('what may not go stays refused', () => {
    expect(refusal(() => patched('remove', 'limits.fixed', ['x']))).toBe('mutability')
    expect(patched('remove', 'limits.fixed', ['z'])).toBe(before[L])
    expect(refusal(() => patched('remove', 'limits.tags', [7]))).toBe('invalidValue')
    expect(refusal(() => patched('remove', 'limits.tags', [null]))).toBe('invalidValue')
  })

  test('A-07 the last one of those that must be there may not go', () => {
    expect(patched('remove', 'needs.tags', ['z'])).toBe(before[L])
    // With its only part the whole value goes, and a value that isn't there lacks nothing.
    expect(patched('remove', 'needs.tags', ['a'])).not.toHaveProperty('needs')
  })

  test('many requests do not make a list longer than its limit', () => {
    const tags = Array.from({ length: LIMITS.VALUES_PER_ATTRIBUTE }, (_, at) => `t${at}`)
    expect(refusal(() => patched('add', 'limits.tags', tags))).toBe('invalidValue')
    expect(refusal(() => patched('add', 'limits.tags', tags.slice(3)))).toBeUndefined()
  })
})
