// Property tests of `diff`: every result gives the second document within the app's profile.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AppProfile,
  applyEdits,
  createNotes,
  type Difference,
  type Document,
  defineResourceType,
  defineSchema,
  diff,
  EnterpriseUser,
  Group,
  isObject,
  type Json,
  type JsonObject,
  LENIENT,
  normalise,
  PATCH_OP,
  type PatchOperation,
  type ResourceType,
  readPatch,
  replaceDocument,
  sameDocument,
  type UpdateProfile,
  User,
  updatesOf,
} from '../src/protocol/index.ts'
import { APPS } from '../src/quirks/index.ts'

const ENT = EnterpriseUser.id
const word = fc.constantFrom('a', 'b', 'B', 'c', 'é', 'x y', '"q"')
const kind = fc.constantFrom('work', 'home', 'other')
const onePrimary = (list: readonly { primary?: boolean }[]) => {
  const first = list.findIndex(({ primary }) => primary === true)
  return list.map((one, at) => (one.primary === true && at !== first ? { ...one, primary: false } : one))
}
const emails = fc
  .array(fc.record({ value: word, type: kind, display: word, primary: fc.boolean() }, { requiredKeys: ['value'] }), {
    maxLength: 5,
  })
  .map(onePrimary)
const addresses = fc
  .array(fc.record({ type: kind, locality: word, country: word, primary: fc.boolean() }, { requiredKeys: [] }), {
    maxLength: 3,
  })
  .map(onePrimary)
const user = fc
  .record(
    {
      displayName: word,
      title: word,
      externalId: word,
      name: fc.record({ givenName: word, familyName: word, middleName: word }, { requiredKeys: [] }),
      emails,
      addresses,
      phoneNumbers: emails,
      [ENT]: fc.record(
        { department: word, division: word, manager: fc.record({ value: fc.constantFrom('m1', 'm2') }) },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  )
  .chain((more) => fc.boolean().map((active) => settled({ userName: 'ada', active, ...more }, User)))
const group = fc
  .record(
    {
      externalId: word,
      members: fc.uniqueArray(
        fc.record(
          { value: fc.constantFrom('1', '2', '3', '4', '5', '6'), type: fc.constant('User') },
          { requiredKeys: ['value'] },
        ),
        { maxLength: 6, selector: ({ value }) => value },
      ),
    },
    { requiredKeys: [] },
  )
  .chain((more) => word.map((displayName) => settled({ displayName, ...more }, Group)))

function settled(document: Json, type: ResourceType): Document {
  return { id: 'i', ...normalise({ ...(document as JsonObject) }, type, LENIENT) }
}

/** Any schema: attributes of every shape, by names that say it. */
const attribute = fc.record({
  type: fc.constantFrom('string', 'boolean', 'integer', 'complex'),
  multiValued: fc.boolean(),
  mutability: fc.constantFrom('readWrite', 'readWrite', 'readOnly', 'immutable'),
  subs: fc.subarray(['value', 'type', 'primary', 'size', 'note'], { minLength: 1 }),
})
const generated = fc.array(attribute, { minLength: 1, maxLength: 5 }).chain((list) => {
  const type = typeOf(list)
  const document = fc
    .tuple(...list.map((each) => someValue(each)))
    .map((values) =>
      settled(Object.fromEntries(values.flatMap((value, at) => (value === null ? [] : [[`a${at}`, value]]))), type),
    )
  return fc.tuple(fc.constant(type), document, document)
})
type Shape = typeof attribute extends fc.Arbitrary<infer T> ? T : never
const SUBS = {
  value: { type: 'string' },
  type: { type: 'string' },
  primary: { type: 'boolean' },
  size: { type: 'integer' },
  note: { type: 'string', caseExact: true },
} as const

function typeOf(list: readonly Shape[]): ResourceType {
  const attributes = list.map(({ type, multiValued, mutability, subs }, at) => [
    `a${at}`,
    {
      type,
      multiValued: multiValued && type !== 'boolean',
      mutability,
      ...(type === 'complex'
        ? { subAttributes: Object.fromEntries(subs.map((name) => [name, SUBS[name as 'value']])) }
        : {}),
    },
  ])
  return defineResourceType({
    name: 'Thing',
    endpoint: '/Things',
    schema: defineSchema({ id: 'urn:example:thing', name: 'Thing', attributes: Object.fromEntries(attributes) }),
  })
}

function someValue({ type, multiValued, subs }: Shape): fc.Arbitrary<Json> {
  const parts: { readonly [name: string]: fc.Arbitrary<Json> } = {
    value: word,
    type: kind,
    primary: fc.boolean(),
    size: fc.constantFrom(1, 2),
    note: word,
  }
  const complex = fc
    .record(Object.fromEntries(subs.map((name) => [name, parts[name] ?? word])), { requiredKeys: [] })
    .map((value) => value as Json)
  const one: fc.Arbitrary<Json> =
    type === 'complex'
      ? complex
      : type === 'boolean'
        ? fc.boolean()
        : type === 'integer'
          ? fc.constantFrom(1, 2, 3)
          : word
  const list = fc
    .array(one, { maxLength: 4 })
    .map((values) => (type === 'complex' ? onePrimary(values as { primary?: boolean }[]) : values) as Json)
  return fc.option(multiValued && type !== 'boolean' ? list : one)
}

/** What our own engine makes of a difference, as an app of that profile would. */
function applied(before: Document, { put, patches, partials }: Difference, type: ResourceType): Document {
  let state = before
  if (put?.partial) state = { ...state, ...put.document }
  else if (put !== undefined) {
    const notes = createNotes()
    state = replaceDocument(state, normalise(put.document, type, LENIENT, notes), type, notes.cleared)
  }
  for (const operations of patches) state = patched(state, operations, type)
  for (const part of partials) state = withPart(state, part, type)
  return state
}

/** A resource after the PATCH of SCIM 1.1: what `meta.attributes` names goes, values replace, parts and lists join. SCIM 1.1 §3.3.2. */
function withPart(state: Document, { meta, ...part }: JsonObject, type: ResourceType): Document {
  const gone = isObject(meta) ? (meta.attributes as readonly string[]) : []
  const emptied = gone.reduce((held, path) => patched(held, [{ op: 'remove', path }], type), state)
  const joined = (old: Json | undefined, value: Json): Json => {
    if (Array.isArray(value)) {
      const leaving = value.filter((one) => isObject(one) && one.operation === 'delete') as readonly JsonObject[]
      const had = ((old ?? []) as readonly Json[]).filter(
        (one) => !leaving.some((other) => isObject(one) && other.value === one.value),
      )
      return [...had, ...value.filter((one: Json) => !leaving.includes(one as JsonObject))]
    }
    if (!isObject(value)) return value
    const held = isObject(old) ? old : {}
    return {
      ...held,
      ...Object.fromEntries(Object.entries(value).map(([name, own]) => [name, joined(held[name], own)])),
    }
  }
  return joined(emptied, part) as Document
}

function patched(state: Document, Operations: readonly PatchOperation[], type: ResourceType): Document {
  const { edits, skipped } = readPatch({ schemas: [PATCH_OP], Operations }, type, LENIENT)
  expect(skipped).toEqual([])
  return applyEdits(state, edits, type, LENIENT)
}

/** What in the requests goes beyond a profile. */
function beyond({ patches, put, partials }: Difference, updates: UpdateProfile): readonly string[] {
  const out: string[] = []
  const say = (wrong: boolean, what: string) => wrong && out.push(what)
  say(patches.length > 0 && updates.form === 'partial', 'operations')
  say(partials.length > 0 && updates.form !== 'partial', 'a part')
  for (const { members = [] } of partials) {
    say((members as readonly Json[]).length > updates.members.perRequest, 'too many members')
    say(!updates.members.type && JSON.stringify(members).includes('"type"'), 'a type')
  }
  say(put !== undefined && updates.put === 'none', 'a PUT')
  say(put !== undefined && put.partial !== (updates.put === 'partial'), 'the wrong kind of PUT')
  say(patches.length > 0 && !updates.patch, 'a PATCH')
  for (const operations of patches) {
    say(operations.length > updates.perRequest, `${operations.length} operations`)
    say(Buffer.byteLength(JSON.stringify(operations)) > updates.bytes + 2, 'too many bytes')
    let changed = 0
    for (const { op, path, value } of operations) {
      const lower = op.toLowerCase()
      say(op !== (updates.opCase === 'lower' ? lower : lower.replace(/^./, (first) => first.toUpperCase())), op)
      say(!(updates.ops as readonly string[]).includes(lower), `op ${op}`)
      say((path !== undefined) !== updates.paths, `path ${path}`)
      say(/(?:^|[:[,])(?:true|false)\b/.test(JSON.stringify(value) ?? '') && updates.booleans === 'text', 'a boolean')
      const roots = path === undefined ? Object.keys((value ?? {}) as object) : [rootOf(path)]
      for (const root of roots) {
        say(updates.patchOnly !== undefined && !updates.patchOnly.includes(root), `PATCH of ${root}`)
        say(updates.fixed?.includes(root) === true, `a change of ${root}`)
      }
      const { members } = updates
      if (path?.startsWith('members')) {
        const list = isObject(value) ? value.members : value
        const count = path.includes('[') ? 1 : Array.isArray(list) ? list.length : 0
        changed += count
        say(value !== undefined && isObject(value) !== (members.wrap === 'object'), 'a list not wrapped as asked')
        say(count > members.perOperation, `${count} members in an operation`)
        say(lower === 'replace' && !members.replace && updates.ops.length > 1, 'all members')
        say(lower === 'add' && !members.add, 'an added member')
        say(path.includes('[') && members.remove !== 'value-path', 'a value path for members')
        say(lower === 'remove' && value !== undefined && members.remove !== 'value-list', 'a value list')
        say(lower === 'remove' && path === 'members' && value === undefined && members.clear !== 'remove', 'remove all')
        say(!members.type && JSON.stringify(list ?? null).includes('"type"'), 'a type')
      } else {
        say(path?.includes('[') === true && !updates.valuePaths, `value path ${path}`)
        say(lower === 'remove' && updates.unset !== 'remove', 'a remove')
      }
    }
    say(changed > updates.members.perRequest, `${changed} members in a request`)
  }
  return out
}

function rootOf(path: string): string {
  const bare = path.replace(/\[.*$/s, '')
  const colon = bare.lastIndexOf(':')
  return colon >= 0 ? bare.slice(0, colon) : (bare.split('.')[0] ?? bare)
}

/** The attributes that notes say were left alone. */
function leftAlone({ notes }: Difference): ReadonlySet<string> {
  return new Set(
    notes.filter(({ kind }) => kind === 'impossible' || kind === 'refused').map(({ path }) => rootOf(path)),
  )
}

function without(document: Document, names: ReadonlySet<string>): Document {
  return Object.fromEntries(Object.entries(document).filter(([name]) => !names.has(name)))
}

function holds(before: Document, after: Document, type: ResourceType, profile: AppProfile): void {
  const difference = diff(before, after, type, profile)
  expect(beyond(difference, updatesOf(profile, type.name))).toEqual([])
  const result = applied(before, difference, type)
  const alone = leftAlone(difference)
  if (!sameDocument(without(result, alone), without(after, alone), type)) {
    throw new Error(`${JSON.stringify(difference)} makes ${JSON.stringify(result)}`)
  }
}

const settings = { numRuns: 300, seed: 7644 }

describe.each(Object.entries(APPS))('on %s', (_name, profile: AppProfile) => {
  test('applying the difference of two users gives the second, within what the app takes', () => {
    fc.assert(
      fc.property(user, user, (a, b) => holds(a, b, User, profile)),
      settings,
    )
  })

  test('applying the difference of two groups gives the second, within what the app takes', () => {
    fc.assert(
      fc.property(group, group, (a, b) => holds(a, b, Group, profile)),
      settings,
    )
  })

  test('applying the difference of two resources of any schema gives the second, within what the app takes', () => {
    fc.assert(
      fc.property(generated, ([type, a, b]) => holds(a, b, type, profile)),
      settings,
    )
  })
})

describe('what nobody knows the server to hold', () => {
  const uncertain = ['displayName', 'name', 'emails', 'active', ENT]

  test.each(Object.entries(APPS))('is set whatever it is, on %s', (_name, profile: AppProfile) => {
    fc.assert(
      fc.property(user, user, user, (a, b, real) => {
        // What is certain is as it was said; the rest may be anything that the hub ever wrote.
        const { [ENT]: _ent, name: _name, displayName: _shown, emails: _emails, active: _active, ...certain } = a
        const held = { ...real, ...certain }
        for (const key of Object.keys(real)) if (!uncertain.includes(key) && a[key] === undefined) delete held[key]
        for (const key of ['name', ENT]) {
          // Of several parts only those that either document has are the hub's.
          const ours = new Set([...Object.keys(a[key] ?? {}), ...Object.keys(b[key] ?? {})])
          const kept = Object.entries((real[key] ?? {}) as JsonObject).filter(([part]) => ours.has(part))
          delete held[key]
          if (kept.length > 0 && (key !== 'name' || a[key] !== undefined || b[key] === undefined))
            held[key] = Object.fromEntries(kept)
        }
        const difference = diff(a, b, User, profile, { uncertain })
        const alone = leftAlone(difference)
        const result = applied(held, difference, User)
        if (!sameDocument(without(result, alone), without(b, alone), User)) {
          throw new Error(`${JSON.stringify(difference)} makes ${JSON.stringify(result)} of ${JSON.stringify(held)}`)
        }
      }),
      settings,
    )
  })
})

describe('the least', () => {
  const needsAll = (before: Document, after: Document, type: ResourceType) => {
    const { patches, put, notes } = diff(before, after, type)
    expect(put).toBeUndefined()
    const operations = patches[0] ?? []
    if (notes.length > 0) return
    expect(operations.length === 0).toBe(sameDocument(before, after, type))
    operations.forEach((one, at) => {
      let less: Document | undefined
      try {
        less = patched(before, operations.toSpliced(at, 1), type)
      } catch {
        // It doesn't even apply without.
      }
      if (less !== undefined && sameDocument(less, after, type)) throw new Error(`needless: ${JSON.stringify(one)}`)
    })
  }

  test('no operation can be left out', () => {
    fc.assert(
      fc.property(user, user, (a, b) => needsAll(a, b, User)),
      settings,
    )
    fc.assert(
      fc.property(group, group, (a, b) => needsAll(a, b, Group)),
      settings,
    )
    fc.assert(
      fc.property(generated, ([type, a, b]) => needsAll(a, b, type)),
      settings,
    )
  })

  test('a list is never said with more bytes than it has', () => {
    fc.assert(
      fc.property(emails, emails, (a, b) => {
        const after = settled({ userName: 'ada', emails: b }, User)
        const [operations = []] = diff(settled({ userName: 'ada', emails: a }, User), after, User).patches
        const whole = JSON.stringify([{ op: 'replace', path: 'emails', value: after.emails ?? [] }]).length
        if (operations.length > 1) expect(JSON.stringify(operations).length).toBeLessThanOrEqual(whole + 40)
      }),
      settings,
    )
  })
})

test('what goes beyond a profile is seen: the differences of a strict server do, on each that takes less', () => {
  const a = settled({ userName: 'ada', title: 'x', active: true, emails: [{ value: 'a' }, { value: 'b' }] }, User)
  const b = settled({ userName: 'ada', active: false, emails: [{ value: 'b' }] }, User)
  const crowd = (from: number, count: number) =>
    settled(
      {
        displayName: `g${from}`,
        members: Array.from({ length: count }, (_, at) => ({ value: `${from + at}`, type: 'User' })),
      },
      Group,
    )
  const users = diff(a, b, User)
  const groups = diff(crowd(0, 300), crowd(150, 9_000), Group)
  for (const [name, profile] of Object.entries(APPS)) {
    const said = [...beyond(users, updatesOf(profile, 'User')), ...beyond(groups, updatesOf(profile, 'Group'))]
    if (name !== 'rfc') expect(said, name).not.toEqual([])
  }
  expect(beyond(users, updatesOf(APPS.zoom, 'User'))).toEqual(['PATCH of title', 'PATCH of emails'])
  expect(beyond(groups, updatesOf(APPS.aws, 'Group'))).toContain('8850 members in an operation')
  expect(beyond(groups, updatesOf(APPS.atlassian, 'Group'))).toEqual(['a change of displayName'])
  expect(new Set(beyond(users, updatesOf(APPS['entra-era'], 'User')))).toEqual(
    new Set(['remove', 'replace', 'a boolean']),
  )
})

test('what a fallback is, is said', () => {
  const before = settled({ userName: 'ada', active: true, emails: [{ value: 'a' }, { value: 'b' }] }, User)
  const after = settled({ userName: 'ada', active: true, emails: [{ value: 'a' }] }, User)
  const kinds = (name: keyof typeof APPS) => diff(before, after, User, APPS[name]).notes.map(({ kind }) => kind)
  expect(kinds('rfc')).toEqual([])
  expect(kinds('put-only')).toEqual(['put'])
  expect(kinds('whole-lists')).toEqual(['whole list'])
  expect(kinds('zoom')).toEqual(['put'])
  expect(kinds('gitlab')).toEqual(['impossible'])
  const crowd = (count: number) =>
    settled({ displayName: 'g', members: Array.from({ length: count }, (_, at) => ({ value: `${at}` })) }, Group)
  const { patches, notes } = diff(crowd(1), crowd(251), Group, APPS.aws)
  expect(patches.map((operations) => operations.map(({ value }) => (value as Json[]).length))).toEqual([
    [100],
    [100],
    [50],
  ])
  expect(notes.map(({ kind }) => kind)).toEqual(['split'])
  expect(diff(crowd(2), crowd(0), Group, APPS.aws).patches).toEqual([
    [{ op: 'remove', path: 'members', value: [{ value: '0' }, { value: '1' }] }],
  ])
})
