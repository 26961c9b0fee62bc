// The habits of the fake apps: what each takes, refuses, forgets and rewrites.

import { describe, expect, test } from 'vitest'
import { createFakeApp } from './app.ts'
import type { FakeApp } from './fake-app.ts'
import type { JsonObject } from './json.ts'
import type { FakeProfile } from './profile.ts'
import { FAKE_PROFILES, type FakeProfileName, flaky, lying, otherWriter, slow } from './profiles.ts'

const CORE = 'urn:ietf:params:scim:schemas:core:2.0'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

/** An app with its own time, and requests in short. */
function start(profile: FakeProfile, headers: { readonly [name: string]: string } = { 'user-agent': 'test' }) {
  let now = 1_800_000_000_000
  let drawn = 0
  const clock = {
    now: () => now,
    chance: () => (drawn++ * 0.37) % 1,
    wait: async (ms: number) => {
      now += ms
    },
  }
  const app = createFakeApp({ profile, clock })
  const send = async (method: string, path: string, body?: unknown) => {
    const answer = await app.fetch(app.base + path, {
      method,
      headers: { ...headers, 'content-type': 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, body: JSON.parse(text === '' ? '{}' : text) as Shown }
  }
  const pass = (ms: number) => {
    now += ms
  }
  return { app, send, pass }
}

/** What tests look at in answers. */
interface Shown extends JsonObject {
  readonly id: string
  readonly Resources: readonly Shown[]
}

const ADA = {
  schemas: [`${CORE}:User`],
  userName: 'ada',
  externalId: 'e-ada',
  displayName: 'Ada Lovelace',
  name: { givenName: 'Ada', familyName: 'Lovelace' },
  emails: [{ value: 'ada@example.com' }],
  entitlements: [{ value: 'standard' }],
}
const { entitlements: _one, ...PLAIN_ADA } = ADA
const person = (name: string, own: JsonObject = {}) => ({
  ...PLAIN_ADA,
  userName: name,
  externalId: `e-${name}`,
  ...own,
})
const patch = (...Operations: JsonObject[]) => ({ schemas: [PATCH], Operations })

/** Makes a group with so many members. */
async function groupOf(app: FakeApp, count: number) {
  const members = Array.from({ length: count }, (_, at) => ({
    value: app.otherWriter.create('User', { userName: `u${at}`, active: true }),
  }))
  const id = app.otherWriter.create('Group', { displayName: 'Sales' })
  return { id, members }
}

const membersOf = (app: FakeApp, id: string) =>
  ((app.state().find((one) => one.id === id)?.attributes.members ?? []) as readonly JsonObject[]).length

describe('strict', () => {
  const { strict } = FAKE_PROFILES

  test('a PATCH is all or nothing', async () => {
    const { app, send } = start(strict)
    const { body } = await send('POST', '/Users', ADA)
    const answer = await send(
      'PATCH',
      `/Users/${body.id}`,
      patch(
        { op: 'replace', path: 'title', value: 'Countess' },
        { op: 'replace', path: 'emails[type eq "home"].value', value: 'x' },
      ),
    )
    expect([answer.status, answer.body.scimType]).toEqual([400, 'noTarget'])
    expect(app.state()[0]?.attributes.title).toBeUndefined()
  })

  test('a stale version is refused', async () => {
    const { app } = start(strict)
    const id = app.otherWriter.create('User', { userName: 'ada' })
    const change = (version: string) =>
      app.fetch(`${app.base}/Users/${id}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/scim+json', 'if-match': version },
        body: JSON.stringify({ ...ADA, title: version }),
      })
    expect([(await change('W/"1"')).status, (await change('W/"1"')).status]).toEqual([200, 412])
  })

  test('only SCIM or JSON is taken', async () => {
    const { app } = start(strict)
    const answer = await app.fetch(`${app.base}/Users`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify(ADA),
    })
    expect(answer.status).toBe(415)
  })

  test('a user name is taken once, in any case', async () => {
    const { send } = start(strict)
    await send('POST', '/Users', ADA)
    const { status, body } = await send('POST', '/Users', { ...ADA, userName: 'ADA' })
    expect([status, body.scimType]).toEqual([409, 'uniqueness'])
  })

  test('whoever is deleted leaves all groups', async () => {
    const { app, send } = start(strict)
    const { id, members } = await groupOf(app, 2)
    await send('PATCH', `/Groups/${id}`, patch({ op: 'add', path: 'members', value: members }))
    expect((await send('GET', `/Users/${members[0]?.value}`)).body.groups).toMatchObject([
      { value: id, display: 'Sales' },
    ])
    await send('DELETE', `/Users/${members[0]?.value}`)
    expect((await send('GET', `/Groups/${id}`)).body.members).toMatchObject([{ value: members[1]?.value }])
  })

  test('nobody who is not there becomes a member', async () => {
    const { app, send } = start(strict)
    const { id } = await groupOf(app, 0)
    expect(
      (await send('PATCH', `/Groups/${id}`, patch({ op: 'add', path: 'members', value: [{ value: 'nobody' }] })))
        .status,
    ).toBe(400)
  })
})

describe('slack-like', () => {
  const slack = FAKE_PROFILES['slack-like']

  test('speaks SCIM 1.1: partial PATCH, members that carry an operation, its own URNs', async () => {
    const { app, send } = start(slack)
    const made = await send(
      'POST',
      '/Users',
      person('ada', { 'urn:scim:schemas:extension:enterprise:1.0': { department: 'Engines' } }),
    )
    expect(made.body.schemas).toEqual(['urn:scim:schemas:core:1.0', 'urn:scim:schemas:extension:enterprise:1.0'])
    await send('PATCH', `/Users/${made.body.id}`, { title: 'Countess' })
    expect((await send('GET', `/Users/${made.body.id}`)).body).toMatchObject({ title: 'Countess', userName: 'ada' })
    const { id, members } = await groupOf(app, 3)
    await send('PATCH', `/Groups/${id}`, { members })
    await send('PATCH', `/Groups/${id}`, { members: [{ ...members[0], operation: 'delete' }] })
    expect(membersOf(app, id)).toBe(2)
    expect((await send('GET', '/Users/nobody')).body).toEqual({
      Errors: [{ description: 'There is no User "nobody"', code: 404 }],
    })
    expect((await send('GET', '/ServiceProviderConfigs')).status).toBe(200)
    expect((await send('GET', '/ServiceProviderConfig')).status).toBe(404)
  })

  test('refuses long user names and @ in names, and DELETE switches off', async () => {
    const { app, send } = start(slack)
    expect((await send('POST', '/Users', person('a'.repeat(21)))).status).toBe(400)
    expect((await send('POST', '/Users', person('ada', { displayName: 'ada@home' }))).status).toBe(400)
    const { body } = await send('POST', '/Users', person('a'.repeat(20)))
    expect((await send('DELETE', `/Users/${body.id}`)).status).toBe(204)
    expect(app.state()[0]?.attributes.active).toBe(false)
  })

  test('shows ten at a time, and takes twenty new people at once', async () => {
    const { app, send, pass } = start(slack)
    await groupOf(app, 30)
    expect((await send('GET', '/Users')).body.Resources).toHaveLength(10)
    const statuses: number[] = []
    for (let n = 0; n < 21; n++) statuses.push((await send('POST', '/Users', person(`p${n}`))).status)
    expect(statuses.filter((status) => status === 201)).toHaveLength(20)
    const refused = await send('POST', '/Users', person('p20'))
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    pass(1_000)
    expect((await send('POST', '/Users', person('p20'))).status).toBe(201)
  })
})

describe('aws-like', () => {
  const aws = FAKE_PROFILES['aws-like']
  const add = (members: readonly JsonObject[]) => patch({ op: 'add', path: 'members', value: members })

  test('a request changes 100 members, none all of them', async () => {
    const { app, send } = start(aws)
    const { id, members } = await groupOf(app, 101)
    const change = async (body: unknown) => (await send('PATCH', `/Groups/${id}`, body)).status
    expect(await change(add(members))).toBe(400)
    expect(await change(add(members.slice(0, 100)))).toBe(200)
    expect(await change(patch({ op: 'replace', path: 'members', value: [] }))).toBe(400)
    expect(await change(patch({ op: 'remove', path: 'members' }))).toBe(400)
    expect(await change(patch({ op: 'remove', path: 'members', value: members.slice(0, 1) }))).toBe(200)
    expect((await send('PUT', `/Groups/${id}`, { displayName: 'Sales' })).status).toBe(405)
    expect(membersOf(app, id)).toBe(99)
  })

  test('reads hide members, and a filter finds them', async () => {
    const { app, send } = start(aws)
    const { id, members } = await groupOf(app, 2)
    await send('PATCH', `/Groups/${id}`, add(members.slice(0, 1)))
    expect((await send('GET', `/Groups/${id}`)).body.members).toEqual([])
    const isMember = async (member: unknown) =>
      (await send('GET', `/Groups?filter=${encodeURIComponent(`id eq "${id}" and members eq "${member}"`)}`)).body
        .Resources.length
    expect([await isMember(members[0]?.value), await isMember(members[1]?.value)]).toEqual([1, 0])
    expect((await send('GET', `/Groups?filter=${encodeURIComponent('displayName sw "S"')}`)).status).toBe(400)
  })

  test('lists go by cursors', async () => {
    const { app, send } = start(aws)
    await groupOf(app, 150)
    const first = await send('GET', '/Users?count=100')
    expect(first.body.Resources).toHaveLength(100)
    const second = await send('GET', `/Users?cursor=${first.body.nextCursor}`)
    expect([second.body.Resources.length, second.body.nextCursor]).toEqual([50, undefined])
    expect((await send('GET', '/Users?startIndex=1')).status).toBe(400)
  })

  test.each<[string, JsonObject]>([
    ['two addresses', { emails: [{ value: 'a@example.com' }, { value: 'b@example.com' }] }],
    ['photos', { photos: [{ value: 'https://example.com/ada.png' }] }],
    ['a colon', { title: 'Countess: Lovelace' }],
    ['no family name', { name: { givenName: 'Ada' } }],
  ])('refuses %s', async (_case, own) => {
    const { send } = start(aws)
    expect((await send('POST', '/Users', person('ada', own))).status).toBe(400)
    expect((await send('POST', '/Users', person('ada'))).status).toBe(201)
  })
})

describe('salesforce-like', () => {
  const salesforce = FAKE_PROFILES['salesforce-like']

  test('an entitlement is required, groups are neither made nor deleted, members come in an object', async () => {
    const { app, send } = start(salesforce)
    expect((await send('POST', '/Users', PLAIN_ADA)).status).toBe(400)
    expect((await send('POST', '/Users', ADA)).status).toBe(201)
    expect((await send('POST', '/Groups', { displayName: 'Sales' })).status).toBe(405)
    const { id, members } = await groupOf(app, 1)
    expect((await send('DELETE', `/Groups/${id}`)).status).toBe(405)
    expect((await send('PATCH', `/Groups/${id}`, patch({ op: 'add', path: 'members', value: members }))).status).toBe(
      400,
    )
    expect(
      (await send('PATCH', `/Groups/${id}`, patch({ op: 'add', path: 'members', value: { members } }))).status,
    ).toBe(200)
    expect(membersOf(app, id)).toBe(1)
  })

  test('"and" binds no tighter than "or"', async () => {
    const { app, send } = start(salesforce)
    app.otherWriter.create('User', { userName: 'ada', active: true })
    const filter = 'userName eq "ada" or userName eq "bob" and title pr'
    expect((await send('GET', `/Users?filter=${encodeURIComponent(filter)}`)).body.Resources).toEqual([])
    const grouped = 'userName eq "ada" or (userName eq "bob" and title pr)'
    expect((await send('GET', `/Users?filter=${encodeURIComponent(grouped)}`)).body.Resources).toHaveLength(1)
  })
})

test('gitlab-like: the id is the externalId, names stay, switching off removes', async () => {
  const { app, send } = start(FAKE_PROFILES['gitlab-like'])
  const made = await send('POST', '/Users', ADA)
  expect(made.body).toMatchObject({ id: 'e-ada', 'name.givenName': 'Ada' })
  expect((await send('PUT', '/Users/e-ada', ADA)).status).toBe(405)
  const renamed = await send('PATCH', '/Users/e-ada', patch({ op: 'replace', path: 'userName', value: 'x' }))
  expect([renamed.status, renamed.body.userName]).toEqual([200, 'ada'])
  await send('PATCH', '/Users/e-ada', patch({ op: 'replace', path: 'externalId', value: 'e2' }))
  expect((await send('GET', '/Users/e2')).status).toBe(200)
  await send('PATCH', '/Users/e2', patch({ op: 'replace', path: 'active', value: 'false' }))
  expect(app.state()).toEqual([])
})

test('zoom-like: PATCH of active alone, PUT of a part, odd ids, errors of its own, a request a second', async () => {
  const { send, pass } = start(FAKE_PROFILES['zoom-like'])
  const slowly = async (...given: Parameters<typeof send>) => {
    pass(1_000)
    return send(...given)
  }
  const { id } = (await slowly('POST', '/Users', person('ada'))).body
  expect(id).toMatch(/[&/]/)
  const at = `/Users/${encodeURIComponent(id)}`
  expect((await slowly('PATCH', at, patch({ op: 'replace', path: 'title', value: 'x' }))).status).toBe(400)
  expect((await slowly('PATCH', at, patch({ op: 'replace', path: 'active', value: false }))).status).toBe(200)
  expect((await slowly('PUT', at, { title: 'Countess' })).body).toMatchObject({
    userName: 'ada',
    title: 'Countess',
    active: false,
  })
  expect((await slowly('GET', '/Users/nobody')).body).toEqual({ code: 4040, message: 'There is no User "nobody"' })
  expect((await send('GET', at)).status).toBe(429)
})

test('github-like: a User-Agent, names rewritten, deleted for ever', async () => {
  const { github, nameless } = {
    github: start(FAKE_PROFILES['github-like']),
    nameless: start(FAKE_PROFILES['github-like'], {}),
  }
  expect((await nameless.send('GET', '/Users')).status).toBe(403)
  const { body } = await github.send('POST', '/Users', person('Ada.L@example'))
  expect(body.userName).toBe('ada-l-example')
  await github.send('DELETE', `/Users/${body.id}`)
  expect((await github.send('POST', '/Users', person('Ada.L@example'))).status).toBe(409)
})

test('miro-like: too many bytes, few large changes of groups', async () => {
  const { app, send, pass } = start(FAKE_PROFILES['miro-like'])
  const { id, members } = await groupOf(app, 30)
  const large = patch({ op: 'add', path: 'members', value: members })
  expect(
    (await send('PATCH', `/Groups/${id}`, patch({ op: 'replace', path: 'displayName', value: 'x'.repeat(800_000) })))
      .status,
  ).toBe(413)
  const statuses: number[] = []
  for (let n = 0; n < 6; n++) statuses.push((await send('PATCH', `/Groups/${id}`, large)).status)
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
  const small = patch({ op: 'replace', path: 'displayName', value: 'S' })
  expect((await send('PATCH', `/Groups/${id}`, small)).status).toBe(200)
  pass(6_000)
  expect((await send('PATCH', `/Groups/${id}`, large)).status).toBe(200)
})

test('truncating: the first hundred members are kept', async () => {
  const { app, send } = start(FAKE_PROFILES.truncating)
  const { id, members } = await groupOf(app, 120)
  await send('PATCH', `/Groups/${id}`, patch({ op: 'add', path: 'members', value: members }))
  expect(membersOf(app, id)).toBe(100)
})

test('entra-era: capital operations, booleans as text, members removed by a list', async () => {
  const { app, send } = start(FAKE_PROFILES['entra-era'])
  const { id, members } = await groupOf(app, 2)
  const user = `/Users/${members[0]?.value}`
  expect((await send('PATCH', user, patch({ op: 'replace', path: 'active', value: 'False' }))).status).toBe(400)
  expect((await send('PATCH', user, patch({ op: 'Replace', path: 'active', value: false }))).status).toBe(400)
  expect((await send('PATCH', user, patch({ op: 'Replace', path: 'active', value: 'False' }))).body.active).toBe(false)
  await send('PATCH', user, patch({ op: 'Replace', value: { 'name.givenName': 'Ada' } }))
  expect((await send('GET', user)).body.name).toEqual({ givenName: 'Ada' })
  await send('PATCH', `/Groups/${id}`, patch({ op: 'Add', path: 'members', value: members }))
  expect(
    (await send('PATCH', `/Groups/${id}`, patch({ op: 'Remove', path: `members[value eq "${members[0]?.value}"]` })))
      .status,
  ).toBe(400)
  await send('PATCH', `/Groups/${id}`, patch({ op: 'Remove', path: 'members', value: [members[0] as JsonObject] }))
  expect(membersOf(app, id)).toBe(1)
})

describe('what is laid over an app', () => {
  const { strict } = FAKE_PROFILES

  test('lying: 201, and nothing is there', async () => {
    const { app, send } = start(lying(strict))
    expect((await send('POST', '/Users', ADA)).status).toBe(201)
    expect(app.state()).toEqual([])
  })

  test('slow: each answer takes its time', async () => {
    const { app, send } = start(slow(strict, 700))
    await send('GET', '/Users')
    const [exchange] = app.trace()
    expect((exchange?.answeredAt ?? 0) - (exchange?.at ?? 0)).toBe(700)
  })

  test('flaky: about the share of requests fails', async () => {
    const { send } = start(flaky(strict, 0.5))
    const results: string[] = []
    for (let n = 0; n < 100; n++)
      results.push(
        await send('GET', '/Users').then(
          ({ status }) => String(status),
          () => 'broken',
        ),
      )
    const failed = results.filter((one) => one !== '200').length
    expect(failed).toBeGreaterThan(20)
    expect(failed).toBeLessThan(80)
  })

  test('other-writer: accounts change by themselves', async () => {
    const { app, send } = start(otherWriter(strict, 1))
    await groupOf(app, 5)
    const before = JSON.stringify(app.state())
    await send('GET', '/Users')
    expect(JSON.stringify(app.state())).not.toBe(before)
  })

  test('read lag: a write is not seen at once, and blocks its name at once', async () => {
    const { send, pass } = start({ ...strict, readLagMs: 500 })
    const { body } = await send('POST', '/Users', ADA)
    expect((await send('GET', `/Users/${body.id}`)).status).toBe(404)
    expect((await send('POST', '/Users', ADA)).status).toBe(409)
    pass(500)
    expect((await send('GET', `/Users/${body.id}`)).status).toBe(200)
    expect((await send('GET', `/Users?filter=${encodeURIComponent('userName eq "ada"')}`)).body.Resources).toHaveLength(
      1,
    )
  })

  test('ids are used again, and lists shift', async () => {
    const { send, app } = start({ ...strict, reusesIds: true, pages: { ...strict.pages, shifts: true } })
    const { body } = await send('POST', '/Users', ADA)
    await send('DELETE', `/Users/${body.id}`)
    expect((await send('POST', '/Users', ADA)).body.id).toBe(body.id)
    await groupOf(app, 9)
    const seen = new Set<string>()
    for (let start = 1; start <= 10; start += 2)
      for (const one of (await send('GET', `/Users?startIndex=${start}&count=2`)).body.Resources) seen.add(one.id)
    expect(seen.size).toBeLessThan(10)
  })
})

test('each profile has its sources and the date of its last check', () => {
  for (const [name, profile] of Object.entries(FAKE_PROFILES) as [FakeProfileName, FakeProfile][]) {
    expect(profile.name).toBe(name)
    expect(profile.sources.length).toBeGreaterThan(0)
    expect(profile.checked).toMatch(/^\d{4}-\d{2}$/)
  }
})
