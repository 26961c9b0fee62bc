// Properties that hold for any PATCH.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LENIENT, STRICT } from './allowances.ts'
import { applyEdits } from './apply.ts'
import { checkDocument } from './check.ts'
import { EnterpriseUser } from './enterprise-user.ts'
import { ScimError } from './errors.ts'
import type { Document, Json } from './json.ts'
import { normalise } from './normalise.ts'
import { readPatch } from './patch.ts'
import { User } from './user.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const ENT = EnterpriseUser.id
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

const word = fc.constantFrom('a', 'b', 'B', 'c', 'd')
const kind = fc.constantFrom('work', 'home', 'Work')
const email = fc.record({ value: word, type: kind, display: word, primary: fc.boolean() }, { requiredKeys: ['value'] })
const emails = fc
  .array(email, { maxLength: 4 })
  .map((list) => list.map((one, at) => (at === 0 ? one : { ...one, primary: false })))
const name = fc.record({ givenName: word, familyName: word }, { requiredKeys: [] })
const document = fc
  .record(
    {
      nickName: word,
      title: word,
      name,
      emails,
      [ENT]: fc.record({ department: word, manager: fc.record({ value: word }) }, { requiredKeys: [] }),
    },
    { requiredKeys: [] },
  )
  .map(
    (more) =>
      ({
        schemas: [USER],
        id: 'i',
        ...normalise({ schemas: [USER], userName: 'u', ...more }, User, STRICT),
      }) as Document,
  )

const simplePath = fc.constantFrom(
  'nickName',
  'title',
  'name.givenName',
  'name.familyName',
  `${ENT}:department`,
  `${ENT}:manager.value`,
)
const listPath = fc.constantFrom(
  'emails[type eq "work"]',
  'emails[value eq "b"]',
  'emails[primary eq true]',
  'emails[type ne "home"]',
)
const op = fc.constantFrom('add', 'replace')
const operation: fc.Arbitrary<Json> = fc.oneof(
  fc.record({ op, path: simplePath, value: fc.option(word) }),
  fc.record({ op, path: fc.constant('name'), value: name }),
  fc.record({ op, path: fc.constant('emails'), value: emails }),
  fc.record({ op, path: listPath, value: fc.record({ display: word, primary: fc.boolean() }, { requiredKeys: [] }) }),
  fc.record({ op, path: listPath.map((path) => `${path}.display`), value: word }),
  fc.record({ op, path: fc.constantFrom('emails.display', 'emails.type'), value: word }),
  fc.record({
    op: fc.constant('remove'),
    path: fc.oneof(simplePath, listPath, fc.constantFrom('emails', 'name', ENT, 'emails.type')),
  }),
  fc.record({
    op: fc.constant('remove'),
    path: fc.constant('emails'),
    value: fc.array(fc.record({ value: word }), { maxLength: 2 }),
  }),
  fc.record({ op, value: fc.record({ nickName: word, name, 'name.givenName': word }, { requiredKeys: [] }) }),
)
const operations = fc.array(operation, { minLength: 1, maxLength: 6 })

/** The document after a PATCH, or what it was refused with. */
function patched(before: Document, list: readonly Json[], allow = LENIENT): Document | string {
  try {
    const body = { schemas: [PATCH_OP], Operations: list }
    return applyEdits(before, readPatch(body, User, allow, { id: 'i' }).edits, User, allow)
  } catch (error) {
    if (error instanceof ScimError) return error.scimType ?? String(error.status)
    throw error
  }
}

const settings = { numRuns: 500, seed: 7644 }

describe('any PATCH', () => {
  test('P-346 leaves the document it was given as it is', () => {
    fc.assert(
      fc.property(document, operations, (before, list) => {
        const copy = structuredClone(before)
        patched(before, list)
        expect(before).toEqual(copy)
      }),
      settings,
    )
  })

  test('P-345 P-346 is its operations one after the other, and fails as the first of them that fails', () => {
    fc.assert(
      fc.property(document, operations, fc.constantFrom(STRICT, LENIENT), (before, list, allow) => {
        let step: Document | string = before
        for (const one of list) if (typeof step !== 'string') step = patched(step, [one], allow)
        expect(patched(before, list, allow)).toEqual(step)
      }),
      settings,
    )
  })

  test('P-349 A-68 said twice changes nothing more, for operations that say what should be', () => {
    fc.assert(
      fc.property(document, operation, (before, one) => {
        const once = patched(before, [one])
        if (typeof once === 'string') return
        // A filter may select nothing, or something else, once it has been acted upon; then nothing is promised.
        const twice = patched(once, [one])
        if (typeof twice !== 'string' && !JSON.stringify(one).includes('[type ne')) expect(twice).toBe(once)
      }),
      settings,
    )
  })

  test('S-081 S-084 S-085 S-093 leaves a sound document in normal form', () => {
    fc.assert(
      fc.property(document, operations, (before, list) => {
        const after = patched(before, list)
        if (typeof after === 'string') return
        checkDocument(after, User, LENIENT)
        expect({ id: 'i', ...normalise(after, User, STRICT) }).toEqual(after)
      }),
      settings,
    )
  })

  test('P-371..P-374 agrees with the plainest model on simple attributes', () => {
    const plain = fc.array(
      fc.record({ op, path: fc.constantFrom('nickName', 'title', 'displayName'), value: fc.option(word) }),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(document, plain, (before, list) => {
        const model = new Map(Object.entries(before))
        for (const each of list) {
          if (each.value !== null) model.set(each.path, each.value)
          else if (each.op === 'replace') model.delete(each.path)
        }
        expect(patched(before, list.length === 0 ? [] : list)).toEqual(Object.fromEntries(model))
      }),
      settings,
    )
  })
})
