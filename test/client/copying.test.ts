// copy and diff with servers that show less than they have.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { folder, run } from '../cli/run.ts'
import { type Serving, serve } from '../serve.ts'
import { raw, type Scripted, scripted, type Wire } from './scripted.ts'

// Each is a real server behind a proxy that changes its responses.

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
type Json = { readonly [name: string]: unknown }

let server: Serving
const dir = folder()
const open: Scripted[] = []
beforeAll(async () => {
  server = await serve()
})
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})
afterAll(async () => {
  await server.close()
  dir.remove()
})

/** Changes a response on its way: its body, or the whole response. */
type Bend = (body: Json, wire: Wire) => Json | { readonly status: number; readonly body: unknown } | undefined

/** A tenant of the server behind a proxy that changes its responses. */
async function place(bend: Bend = () => undefined) {
  const { base, token } = await server.connection('generic')
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
  const ask = async (method: string, path: string, body?: unknown): Promise<Json> => {
    const more = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = await fetch(base + path, { method, headers, ...more })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? {} : JSON.parse(text)
  }
  const front = await scripted((wire) => (socket) => {
    const more = wire.body === '' ? {} : { body: wire.body }
    fetch(base + wire.target, { method: wire.method, headers, ...more }).then(async (response) => {
      const text = await response.text()
      const json: Json = text === '' ? {} : JSON.parse(text)
      const bent = text === '' ? undefined : bend(json, wire)
      const isWhole = bent !== undefined && 'status' in bent && 'body' in bent
      const status = isWhole ? Number(bent.status) : response.status
      const shown = isWhole ? bent.body : (bent ?? json)
      const location = response.headers.get('location')
      socket.end(raw(status, text === '' ? '' : JSON.stringify(shown), location === null ? {} : { Location: location }))
    })
  })
  open.push(front)
  const make = async (path: string, body: Json) => String((await ask('POST', path, body)).id)
  return {
    front,
    ask,
    user: (userName: string, more: Json = {}) => make('/Users', { schemas: [USER, ENT], userName, ...more }),
    group: (displayName: string, ids: readonly string[]) =>
      make('/Groups', { schemas: [GROUP], displayName, members: ids.map((value) => ({ value })) }),
    names: async () =>
      ((await ask('GET', '/Users?count=200')).Resources as Json[]).map(({ userName }) => userName).sort(),
    members: async (id: string) => ((await ask('GET', `/Groups/${id}`)).members as Json[] | undefined)?.length ?? 0,
    writes: () => front.seen.filter(({ method }) => method !== 'GET'),
  }
}

type Place = Awaited<ReturnType<typeof place>>

/** Runs a command on the targets A and B. */
async function lockstep(command: string, a: Place, b: Place, ...more: readonly string[]) {
  const env = {
    XDG_CONFIG_HOME: dir.path('config'),
    XDG_CACHE_HOME: dir.path('cache'),
    LOCKSTEP_REMOTE_A_URL: a.front.url,
    LOCKSTEP_REMOTE_B_URL: b.front.url,
  }
  const ran = await run([command, 'a', 'b', '--json', ...more], env)
  const lines: readonly Json[] = ran.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
  return { ...ran, lines, last: lines.at(-1) ?? {} }
}

const isList = (wire: Wire, path: string) => wire.target === path || wire.target.startsWith(`${path}?`)
const resources = (body: Json) => (body.Resources ?? []) as readonly Json[]
const isFirst = (wire: Wire) => !/startIndex=(?!1\b)\d+/.test(wire.target)
const without = (resource: Json, ...names: readonly string[]): Json =>
  Object.fromEntries(Object.entries(resource).filter(([name]) => !names.includes(name)))

const SLOW = { timeout: 120_000 }

describe('an incomplete list', SLOW, () => {
  test.each<[string, Bend]>([
    [
      'pages stop',
      (body, wire) =>
        isList(wire, '/Users')
          ? { ...body, totalResults: 5, Resources: isFirst(wire) ? resources(body).slice(0, 2) : [] }
          : undefined,
    ],
    ['it is empty', (body, wire) => (isList(wire, '/Users') ? { ...body, Resources: [] } : undefined)],
    ['Resources is missing', (_body, wire) => (isList(wire, '/Users') ? { totalResults: '4' } : undefined)],
    [
      'an entry has no id',
      (body, wire) =>
        isList(wire, '/Users')
          ? { ...body, Resources: resources(body).map((each, at) => (at === 1 ? without(each, 'id') : each)) }
          : undefined,
    ],
    [
      'one is shown twice',
      (body, wire) =>
        isList(wire, '/Users')
          ? { ...body, Resources: resources(body).map((_each, at, all) => all[at === 1 ? 0 : at]) }
          : undefined,
    ],
  ])('of A (%s) ends the command before anything is written', async (_case, bend) => {
    const a = await place(bend)
    const b = await place()
    for (const name of ['ann', 'bob', 'cleo', 'dora']) {
      await a.user(name)
      await b.user(name)
    }
    for (const command of ['diff', 'copy'] as const) {
      const ran = await lockstep(command, a, b, ...(command === 'copy' ? ['--delete'] : []))
      expect(ran.code).toBe(1)
      expect(ran.stderr).toMatch(/Remote \\"a\\": the list of \/Users is not whole: .*--force/)
    }
    expect(b.writes()).toEqual([])
    expect(await b.names()).toHaveLength(4)
  })

  test('of B ends it too, and --force continues for servers that count hidden resources', async () => {
    const a = await place()
    const b = await place((body, wire) =>
      isList(wire, '/Users') ? { ...body, totalResults: Number(body.totalResults) + 3 } : undefined,
    )
    await a.user('ann')
    await b.user('bob')
    const refused = await lockstep('copy', a, b, '--delete')
    expect([refused.code, b.writes()]).toEqual([1, []])
    const forced = await lockstep('copy', a, b, '--delete', '--force')
    expect([forced.code, forced.last]).toMatchObject([0, { created: 1, deleted: 1, failed: 0 }])
    expect(await b.names()).toEqual(['ann'])
  })
})

describe('a list that omits things', SLOW, () => {
  const hideMembers = (body: Json, wire: Wire, which: (at: number) => boolean = () => true) =>
    isList(wire, '/Groups')
      ? { ...body, Resources: resources(body).map((each, at) => (which(at) ? without(each, 'members') : each)) }
      : undefined

  test.each<[string, Bend]>([
    ['all groups', (body, wire) => hideMembers(body, wire)],
    ['some groups', (body, wire) => hideMembers(body, wire, (at) => at === 0)],
  ])('the members of %s are read one by one', async (_case, bend) => {
    const a = await place(bend)
    const b = await place(bend)
    const ids: { [name: string]: string } = {}
    for (const [side, at] of [
      ['a', a],
      ['b', b],
    ] as const) {
      const people = [await at.user('ann'), await at.user('bob')]
      ids[side] = await at.group('One', people)
      await at.group('Two', side === 'a' ? people : people.slice(1))
      await at.group('None', [])
    }
    const found = await lockstep('diff', a, b)
    expect(found.lines.slice(0, -1)).toMatchObject([
      { key: 'Two', operations: [{ op: 'add', path: 'members', value: [{ value: 'ann' }] }] },
    ])
    const copied = await lockstep('copy', a, b, '--delete')
    expect(copied.last).toEqual({ dryRun: false, created: 0, updated: 1, deleted: 0, failed: 0, left: 0 })
    expect(await b.members(ids.b ?? '')).toBe(2)
    expect(copied.stderr).toBe('')
  })

  test('members that A never shows are left unchanged and reported', async () => {
    const a = await place(
      (body, wire) =>
        hideMembers(body, wire) ?? (wire.target.startsWith('/Groups/') ? without(body, 'members') : undefined),
    )
    const b = await place()
    await a.group('One', [await a.user('ann')])
    const id = await b.group('One', [await b.user('ann')])
    const found = await lockstep('diff', a, b, '--exit-code')
    expect(found.code).toBe(1)
    expect(found.lines).toMatchObject([
      { key: 'One', state: 'same', left: [expect.stringContaining('A does not show its members')] },
      {},
    ])
    const copied = await lockstep('copy', a, b)
    expect(copied.last).toMatchObject({ updated: 0, failed: 0, left: 1 })
    expect(copied.lines[0]).toMatchObject({
      key: 'One',
      left: [expect.stringContaining('A does not show its members')],
    })
    expect([b.writes(), await b.members(id)]).toEqual([[], 1])
    // In the other direction members may be added, which removes nobody, but A doesn't show them.
    const back = await lockstep('copy', b, a)
    expect(back.last).toMatchObject({ updated: 0, failed: 0, left: 1 })
    for (const { body } of a.writes()) expect(body).not.toContain('remove')
  })

  test("members that can't be read are left unchanged, and the rest is copied", async () => {
    const a = await place(
      (body, wire) =>
        hideMembers(body, wire) ??
        (/^\/(?:Users|Groups)\/./.test(wire.target) ? { status: 501, body: { detail: 'not here' } } : undefined),
    )
    const b = await place()
    await a.group('One', [await a.user('ann', { title: 'Dr' })])
    const id = await b.group('One', [await b.user('ann')])
    const copied = await lockstep('copy', a, b)
    expect([copied.code, copied.last]).toMatchObject([0, { updated: 1, failed: 0, left: 1 }])
    expect(await b.members(id)).toBe(1)
  })

  test('attributes that lists omit are read from each resource', async () => {
    const summary: Bend = (body, wire) =>
      isList(wire, '/Users')
        ? { ...body, Resources: resources(body).map(({ id, userName }) => ({ id, userName })) }
        : undefined
    for (const [bendA, bendB] of [
      [summary, undefined],
      [undefined, summary],
      [summary, summary],
    ] as const) {
      const [a, b] = [await place(bendA), await place(bendB)]
      for (const at of [a, b])
        for (const name of ['ann', 'bob']) await at.user(name, { title: 'Dr', [ENT]: { department: 'R&D' } })
      await a.user('cleo', { title: 'Prof' })
      const found = await lockstep('diff', a, b)
      expect(found.lines.slice(0, -1)).toMatchObject([{ key: 'cleo', state: 'only in a' }])
      expect((await lockstep('copy', a, b)).last).toMatchObject({ created: 1, updated: 0, left: 0 })
      const all = (await b.ask('GET', '/Users?sortBy=userName')).Resources as Json[]
      expect(all.map(({ title }) => title)).toEqual(['Dr', 'Dr', 'Prof'])
    }
  })

  test('a resource that A lists without a value is read before the value is removed', async () => {
    // The list shows titles, but not all.
    const a = await place((body, wire) =>
      isList(wire, '/Users')
        ? {
            ...body,
            Resources: resources(body).map((each) => (each.userName === 'zoe' ? without(each, 'title') : each)),
          }
        : undefined,
    )
    const b = await place()
    for (const at of [a, b]) for (const name of ['ann', 'bob', 'cleo', 'zoe']) await at.user(name, { title: 'Dr' })
    expect((await lockstep('copy', a, b)).last).toMatchObject({ updated: 0 })
    expect(b.writes()).toEqual([])
  })

  test('people whom A hides are neither deleted nor removed from groups', async () => {
    const hidden = (each: Json) => each.active === false
    const a = await place((body, wire) => {
      if (!isList(wire, '/Users') || wire.target.includes('filter=')) return undefined
      const shown = resources(body).filter((each) => !hidden(each))
      return { ...body, totalResults: shown.length, Resources: shown }
    })
    const b = await place()
    const ids: string[] = []
    for (const at of [a, b]) {
      const [ann, bob] = [await at.user('ann', { active: true }), await at.user('bob', { active: false })]
      await at.user('carl', { active: false })
      ids.push(await at.group('Staff', [ann, bob]))
    }
    await b.user('stranger')
    const plan = await lockstep('copy', a, b, '--delete', '--dry-run')
    const copied = await lockstep('copy', a, b, '--delete')
    expect(copied.last).toEqual({ ...plan.last, dryRun: false })
    expect(copied.last).toMatchObject({ created: 0, updated: 0, deleted: 1, failed: 0, left: 1 })
    expect(copied.lines.find(({ key }) => key === 'carl')).toMatchObject({
      left: [expect.stringContaining('its list does not show it')],
    })
    expect(await b.names()).toEqual(['ann', 'bob', 'carl'])
    expect(await b.members(ids[1] ?? '')).toBe(2)
  })

  test('members whom A refers to but never shows prevent removals, and managers stay', async () => {
    const a = await place((body, wire) => {
      if (wire.target.includes('filter=')) return { ...body, totalResults: 0, Resources: [] }
      if (isList(wire, '/Users')) {
        const shown = resources(body).filter(({ userName }) => userName !== 'boss')
        return { ...body, totalResults: shown.length, Resources: shown }
      }
      return wire.target.startsWith('/Users/') && body.userName === 'boss'
        ? { status: 403, body: { detail: 'not for you' } }
        : undefined
    })
    const b = await place()
    for (const at of [a, b]) {
      const boss = await at.user('boss')
      const ann = await at.user('ann', { [ENT]: { manager: { value: boss } } })
      await at.group('Staff', at === a ? [boss] : [boss, ann])
    }
    const copied = await lockstep('copy', a, b)
    expect(copied.last).toMatchObject({ updated: 0, failed: 0, left: 2 })
    expect(b.writes()).toEqual([])
    expect(JSON.stringify(copied.lines)).toContain('A does not reveal who one of its members is, so nobody is removed')
  })
})

describe('unusual servers', SLOW, () => {
  const lower = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(lower)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.toLowerCase(), lower(inner)]))
        : value
  const inLowerCase: Bend = (body, wire) =>
    /^\/(?:Users|Groups)/.test(wire.target) ? (lower(body) as Json) : undefined
  const withoutTotal: Bend = (body, wire) =>
    /^\/(?:Users|Groups)\b/.test(wire.target) && 'Resources' in body ? without(body, 'totalResults') : undefined
  /** Two per page, whatever the request. */
  const shortPages: Bend = (body, wire) => {
    if (!/^\/(?:Users|Groups)\?/.test(wire.target)) return undefined
    return { ...body, Resources: resources(body).slice(0, 2), totalResults: String(body.totalResults) }
  }

  test.each<[string, Bend]>([
    ['names in lower case', inLowerCase],
    ['no totalResults', withoutTotal],
    ['pages shorter than asked, totalResults as text', shortPages],
  ])('%s', async (_case, bend) => {
    const [a, b] = [await place(bend), await place(bend)]
    const ids: string[] = []
    for (const name of ['ann', 'bob', 'cleo', 'dora', 'eve'])
      ids.push(await a.user(name, { title: 'Dr', [ENT]: { department: 'R&D' } }))
    await a.group('Staff', ids)
    await b.user('ANN', { nickName: 'Annie' })
    await b.user('stranger')
    const copied = await lockstep('copy', a, b, '--delete')
    expect([copied.stderr, copied.last]).toMatchObject(['', { created: 5, updated: 1, deleted: 1, failed: 0, left: 0 }])
    const again = await lockstep('copy', a, b, '--delete')
    expect(again.last).toMatchObject({ created: 0, updated: 0, deleted: 0, failed: 0, left: 0 })
    expect((await lockstep('diff', a, b, '--exit-code')).code).toBe(0)
  })

  test('attributes that B never shows are read from a few resources, not from all', async () => {
    const drop = (each: Json) => without(each, 'nickName')
    const [a, b] = [
      await place(),
      await place((body, wire) =>
        /^\/Users/.test(wire.target)
          ? Array.isArray(body.Resources)
            ? { ...body, Resources: resources(body).map(drop) }
            : drop(body)
          : undefined,
      ),
    ]
    for (const at of [a, b])
      for (let one = 0; one < 12; one++) await at.user(`user${one}`, at === a ? { nickName: 'x' } : {})
    expect((await lockstep('diff', a, b)).last).toMatchObject({ summary: [{ differs: 12 }, {}] })
    // Three as samples of the list, three for the nickname.
    expect(b.front.seen.filter(({ target }) => target.startsWith('/Users/'))).toHaveLength(6)
  })
})

describe('keys', SLOW, () => {
  test('names that are not unique are reported and skipped, on either side', async () => {
    const [a, b] = [await place(), await place()]
    const people = { a: [await a.user('ann')], b: [await b.user('ann')] }
    await a.group('Sales', people.a)
    await a.group('sales', [])
    await b.group('Sales', people.b)
    await a.group('Ops', people.a)
    await b.group('Ops', [])
    await b.group('Ops', people.b)
    await b.group('Only', [])
    await b.group('Only', people.b)
    const found = await lockstep('diff', a, b, '--type', 'Group', '--exit-code')
    expect(found.lines.slice(0, -1)).toMatchObject([
      { key: 'Only', state: 'several', several: { a: 0, b: 2 } },
      { key: 'Ops', state: 'several', several: { a: 1, b: 2 } },
      { key: 'Sales', state: 'several', several: { a: 2, b: 1 } },
    ])
    expect(found.last).toMatchObject({ summary: [{ a: 3, b: 5, same: 0, onlyInA: 0, onlyInB: 0, left: 8 }] })
    expect(found.code).toBe(1)
    const plan = await lockstep('copy', a, b, '--delete', '--dry-run')
    const copied = await lockstep('copy', a, b, '--delete')
    expect(copied.last).toEqual({ dryRun: false, created: 0, updated: 0, deleted: 0, failed: 0, left: 3 })
    expect(plan.last).toEqual({ ...copied.last, dryRun: true })
    expect(b.writes()).toEqual([])
  })

  test('a server that stores names in lower case is not changed with every copy', async () => {
    const lower = (body: Json): Json => {
      const one = (each: Json): Json => ({
        ...each,
        ...(each.userName === undefined ? {} : { userName: String(each.userName).toLowerCase() }),
        ...(Array.isArray(each.emails)
          ? { emails: (each.emails as Json[]).map((mail) => ({ ...mail, value: String(mail.value).toLowerCase() })) }
          : {}),
      })
      return Array.isArray(body.Resources) ? { ...body, Resources: resources(body).map(one) } : one(body)
    }
    const a = await place()
    const b = await place((body, wire) => (/^\/(?:Users|Groups)/.test(wire.target) ? lower(body) : undefined))
    const ids = [
      await a.user('Ann@X.example', { emails: [{ value: 'Ann@X.example', type: 'work' }] }),
      await a.user('BOB'),
    ]
    await a.group('Staff', ids)
    expect((await lockstep('copy', a, b)).last).toMatchObject({ created: 3, failed: 0 })
    const again = await lockstep('copy', a, b)
    expect(again.last).toMatchObject({ created: 0, updated: 0, failed: 0, left: 1 })
    expect(again.lines[0]).toMatchObject({
      left: [expect.stringContaining('B accepted the change, but shows the same as before')],
    })
    const found = await lockstep('diff', a, b, '--ignore', 'emails', '--exit-code')
    expect([found.code, found.lines]).toMatchObject([0, [{ summary: [{ same: 2 }, { same: 1 }] }]])
  })
})

describe("a server whose schemas don't say what the RFC says", SLOW, () => {
  /** Schemas in which the manager is no reference, groups are writable, and groups declare externalId themselves. */
  const odd: Bend = (body, wire) => {
    if (!isList(wire, '/Schemas')) return undefined
    const bend = (attribute: Json): Json => {
      const subs = attribute.subAttributes as Json[] | undefined
      const plain = subs?.map((sub) =>
        sub.name === '$ref'
          ? { ...without(sub, 'referenceTypes'), type: 'string', mutability: 'readWrite' }
          : { ...sub, mutability: 'readWrite' },
      )
      if (attribute.name === 'manager' || attribute.name === 'members') return { ...attribute, subAttributes: plain }
      return attribute.name === 'groups' ? { ...attribute, mutability: 'readWrite', subAttributes: plain } : attribute
    }
    return {
      ...body,
      Resources: resources(body).map((schema) => ({
        ...schema,
        attributes: [
          ...(schema.attributes as Json[]).map(bend),
          ...(schema.id === GROUP || schema.id === USER
            ? [
                {
                  name: 'externalId',
                  type: 'string',
                  multiValued: false,
                  mutability: 'readWrite',
                  returned: 'default',
                },
                { name: 'id', type: 'string', multiValued: false, mutability: 'readWrite', returned: 'default' },
              ]
            : []),
        ],
      })),
    }
  }

  test.each([
    ['A', odd, undefined],
    ['B', undefined, odd],
    ['both', odd, odd],
  ] as const)('gets no ids and addresses of the other one (%s)', async (_case, bendA, bendB) => {
    const [a, b] = [await place(bendA), await place(bendB)]
    const boss = await a.user('boss')
    const ann = await a.user('ann', { externalId: 'x1', [ENT]: { manager: { value: boss }, department: 'R&D' } })
    await a.group('Staff', [boss, ann])
    await b.user('ann', { title: 'Dr', externalId: 'old' })
    await b.ask('POST', '/Groups', { schemas: [GROUP], displayName: 'Staff', externalId: 'old' })
    const plan = await lockstep('copy', a, b, '--dry-run')
    expect([plan.code, plan.last]).toMatchObject([0, { created: 1, updated: 2, failed: 0 }])
    const copied = await lockstep('copy', a, b)
    expect(copied.stderr).toBe('')
    expect(copied.last).toMatchObject({ created: 1, updated: 2, failed: 0, left: 0 })
    const sent = b
      .writes()
      .map(({ body }) => body)
      .join('\n')
    for (const foreign of [boss, ann, a.front.url, '"groups"', '$ref']) expect(sent).not.toContain(foreign)
    for (const { method, body } of b.writes()) {
      if (method !== 'PATCH') continue
      const operations = (JSON.parse(body).Operations as Json[]).map((each) => JSON.stringify(each))
      expect(new Set(operations).size).toBe(operations.length)
    }
    const again = await lockstep('copy', a, b)
    expect(again.last).toMatchObject({ created: 0, updated: 0, failed: 0, left: 0 })
    expect((await lockstep('diff', a, b, '--exit-code')).code).toBe(0)
  })

  test("one that can't be compared is reported and counted, and the others follow", async () => {
    // A's emails have the wrong shape for one person.
    const a = await place((body, wire) =>
      isList(wire, '/Users') || wire.target.startsWith('/Users/')
        ? 'Resources' in body
          ? {
              ...body,
              Resources: resources(body).map((each) =>
                each.userName === 'bob' ? { ...each, active: { is: 'nonsense' } } : each,
              ),
            }
          : undefined
        : undefined,
    )
    const b = await place()
    for (const at of [a, b])
      for (const name of ['ann', 'bob', 'cleo']) await at.user(name, at === a ? { title: 'Dr' } : {})
    const found = await lockstep('diff', a, b)
    expect(found.code).toBe(1)
    expect(found.lines.map(({ key, state }) => [key, state])).toEqual([
      ['ann', 'differs'],
      ['bob', 'failed'],
      ['cleo', 'differs'],
      [undefined, undefined],
    ])
    expect(found.last).toMatchObject({ summary: [{ differs: 2, failed: 1, same: 0 }, {}] })
    const plan = await lockstep('copy', a, b, '--dry-run')
    expect([plan.code, plan.last]).toMatchObject([1, { updated: 2, failed: 1 }])
    const copied = await lockstep('copy', a, b)
    expect([copied.code, copied.last]).toMatchObject([1, { updated: 2, failed: 1 }])
  })
})
