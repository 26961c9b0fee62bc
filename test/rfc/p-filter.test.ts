// Filters. RFC 7644 §3.4.2.2.

import { beforeAll, describe, expect, test } from 'vitest'
import { type Body, ENT, expectError, expectList, USER, unique } from './client.ts'
import { BADGE, badge, serverWithBadge } from './custom.ts'
import { site, tenantOf } from './site.ts'

// RFC 7644 §3.4.2.2: filters.

const at = site()

describe('filters over four users', () => {
  const c = serverWithBadge(at)
  const byName: { [name: string]: Body } = {}

  beforeAll(async () => {
    const make = async (name: string, members: Body) => {
      byName[name] = await c.makeUser({ displayName: name, ...members })
    }
    await make('ada', {
      userName: 'Ada@A.example',
      externalId: 'ExtA',
      title: 'Countess',
      nickName: 'n"q\\z',
      name: { givenName: 'Ada', familyName: 'Jürgen' },
      emails: [
        { value: 'ada@work.example', type: 'work', primary: true },
        { value: 'ada@home.example', type: 'home' },
      ],
      schemas: [USER, BADGE],
      [BADGE]: { number: 7, weight: 1.5, since: '2026-01-01T00:00:00+02:00', tags: ['red', 'blue'] },
    })
    await make('bob', {
      userName: 'bob',
      active: false,
      emails: [{ value: 'bob@home.example', type: 'home' }],
      schemas: [USER, BADGE],
      [BADGE]: { number: 10, since: '2026-06-01T12:00:00.250Z', tags: ['green'] },
    })
    await make('cy', { userName: 'cy', title: 'clerk', schemas: [USER, ENT], [ENT]: { department: 'Tours' } })
    await make('dee', {
      userName: 'dee',
      title: '',
      nickName: '',
      schemas: [USER, ENT],
      [ENT]: { manager: { value: byName.cy.id } },
    })
  })

  /** The display names that a filter finds, sorted; by GET and by POST, which must agree. */
  async function find(filter: string): Promise<readonly string[]> {
    const names = (resources: readonly Body[]) => resources.map(({ displayName }) => displayName).sort()
    const got = await c.filter('/Users', filter)
    expect(got.status, `${filter}: ${got.text}`).toBe(200)
    const posted = await c.search('/Users', { filter })
    expect(posted.body, filter).toEqual(got.body)
    expect(got.body.totalResults, filter).toBe(got.body.Resources.length)
    return names(expectList(got))
  }

  async function refused(...filters: readonly string[]) {
    for (const filter of filters) {
      for (const answer of [await c.filter('/Users', filter), await c.search('/Users', { filter })]) {
        const { status, body } = answer
        expect({ filter, status, scimType: body?.scimType }).toEqual({ filter, status: 400, scimType: 'invalidFilter' })
        expectError(answer, 400, 'invalidFilter')
      }
    }
  }

  test('P-120 filtering is advertised', async () => {
    const { filter } = (await c.get('/ServiceProviderConfig')).body
    expect(filter.supported).toBe(true)
    expect(filter.maxResults).toBeGreaterThan(0)
  })

  test('P-121 only matching resources are returned', async () => {
    expect(await find('userName eq "bob"')).toEqual(['bob'])
    expect(await find('title pr')).toEqual(['ada', 'cy'])
    expect(await find('userName eq "nobody"')).toEqual([])
    expect(await find('active eq true')).toEqual(['ada', 'cy', 'dee'])
  })

  test('P-122 operators, and, or, not and pr are case insensitive', async () => {
    for (const operator of ['eq', 'EQ', 'Eq', 'eQ']) expect(await find(`userName ${operator} "bob"`)).toEqual(['bob'])
    expect(await find('userName SW "a" OR userName Ew "b"')).toEqual(['ada', 'bob'])
    expect(await find('title PR And NOT (userName eq "cy")')).toEqual(['ada'])
  })

  test('P-123 precedence: not before and before or', async () => {
    expect(await find('userName eq "bob" or title pr and userName eq "cy"')).toEqual(['bob', 'cy'])
    expect(await find('(userName eq "bob" or title pr) and userName eq "cy"')).toEqual(['cy'])
    expect(await find('title pr and userName eq "cy" or userName eq "bob"')).toEqual(['bob', 'cy'])
    expect(await find('not (title pr) and userName eq "bob"')).toEqual(['bob'])
    expect(await find('not (title pr and userName eq "cy")')).toEqual(['ada', 'bob', 'dee'])
    expect(await find('not (title pr) or userName eq "cy"')).toEqual(['bob', 'cy', 'dee'])
  })

  test('P-124 parentheses group, 32 deep and no deeper', async () => {
    const nested = (depth: number) => `${'('.repeat(depth)}userName eq "bob"${')'.repeat(depth)}`
    expect(await find(nested(1))).toEqual(['bob'])
    expect(await find(nested(2))).toEqual(['bob'])
    expect(await find(nested(32))).toEqual(['bob'])
    await refused(nested(33), nested(2000))
    expect(await find('( userName eq "bob" )')).toEqual(['bob'])
  })

  test('P-125 not may stand with and without a space before its parenthesis', async () => {
    expect(await find('not(title pr)')).toEqual(['bob', 'dee'])
    expect(await find('not (title pr)')).toEqual(['bob', 'dee'])
    expect(await find('not   (title pr)')).toEqual(['bob', 'dee'])
    await refused('not title pr', 'not')
  })

  test('P-126 unknown operators and bad syntax are refused', async () => {
    await refused(
      'userName regex "a"',
      'userName eq',
      'userName',
      'eq "a"',
      '(userName eq "a"',
      'userName eq "a")',
      'userName eq "a" and',
      'and userName eq "a"',
      'userName eq "a" userName eq "b"',
      'userName eq "a" xor userName eq "b"',
      'userName = "a"',
      'userName eq "a',
      'userName eq "a" or or title pr',
      '()',
      '[]',
      'emails[type eq "work"',
      'emails[]',
      'emails type eq "work"]',
      'userName..x eq "a"',
      'userName pr "a"',
      'userName eq "a";drop table',
      ' ',
      '',
    )
  })

  test('P-127 comparison values are JSON literals', async () => {
    await refused(
      'userName eq bob',
      "userName eq 'bob'",
      'userName eq “bob”',
      'userName eq "a\\x"',
      'userName eq "\\ud800"',
    )
    await refused(
      'active eq TRUE',
      'active eq True',
      `${BADGE}:number eq 07`,
      `${BADGE}:number eq +7`,
      `${BADGE}:number eq .5`,
    )
    expect(await find('nickName eq "n\\"q\\\\z"')).toEqual(['ada'])
    expect(await find('name.familyName eq "J\\u00fcrgen"')).toEqual(['ada'])
    expect(await find('name.familyName eq "Jürgen"')).toEqual(['ada'])
  })

  test('P-128 eq and ne on strings, booleans, numbers and times', async () => {
    expect(await find('userName eq "bob"')).toEqual(['bob'])
    expect(await find('userName ne "bob"')).toEqual(['ada', 'cy', 'dee'])
    expect(await find('active eq false')).toEqual(['bob'])
    expect(await find('active ne false')).toEqual(['ada', 'cy', 'dee'])
    expect(await find(`${BADGE}:number eq 7`)).toEqual(['ada'])
    expect(await find(`${BADGE}:weight eq 1.50`)).toEqual(['ada'])
    expect(await find(`${BADGE}:since eq "2025-12-31T22:00:00Z"`)).toEqual(['ada'])
    // ne holds where there is no value, and where any of several differs.
    expect(await find(`${BADGE}:number ne 7`)).toEqual(['bob', 'cy', 'dee'])
    expect(await find('title ne "clerk"')).toEqual(['ada', 'bob', 'dee'])
    expect(await find('emails.type ne "work"')).toEqual(['ada', 'bob', 'cy', 'dee'])
    expect(await find('emails.type ne "home"')).toEqual(['ada', 'cy', 'dee'])
    expect(await find('not (emails.type eq "work")')).toEqual(['bob', 'cy', 'dee'])
    expect(await find('emails[type ne "home"]')).toEqual(['ada'])
  })

  test('P-129 co, sw and ew look for a part of a string', async () => {
    expect(await find('userName co "DA@"')).toEqual(['ada'])
    expect(await find('userName sw "ADA"')).toEqual(['ada'])
    expect(await find('userName ew ".EXAMPLE"')).toEqual(['ada'])
    expect(await find('userName sw "bob"')).toEqual(['bob'])
    expect(await find('userName ew "bob"')).toEqual(['bob'])
    expect(await find('userName co ""')).toEqual(['ada', 'bob', 'cy', 'dee'])
    expect(await find('emails.value co "home"')).toEqual(['ada', 'bob'])
    expect(await find('userName co "%"')).toEqual([])
    expect(await find('userName co "_"')).toEqual([])
    expect(await find('externalId sw "Ext"')).toEqual(['ada'])
    expect(await find('externalId sw "ext"')).toEqual([])
    await refused(`${BADGE}:number co 7`, 'active sw true', 'meta.created co "2026"', `${BADGE}:since sw "2026"`)
  })

  test('P-130 pr: has a value that is not empty', async () => {
    expect(await find('name pr')).toEqual(['ada'])
    expect(await find('emails pr')).toEqual(['ada', 'bob'])
    expect(await find('emails.type pr')).toEqual(['ada', 'bob'])
    expect(await find('nickName pr')).toEqual(['ada'])
    expect(await find('title pr')).toEqual(['ada', 'cy'])
    expect(await find('active pr')).toEqual(['ada', 'bob', 'cy', 'dee'])
    expect(await find(`${ENT}:manager pr`)).toEqual(['dee'])
    expect(await find('groups pr')).toEqual([])
    expect(await find('id pr and meta pr')).toEqual(['ada', 'bob', 'cy', 'dee'])
  })

  test('P-131 gt, ge, lt and le order strings, times and numbers', async () => {
    expect(await find('userName gt "bob"')).toEqual(['cy', 'dee'])
    expect(await find('userName ge "BOB"')).toEqual(['bob', 'cy', 'dee'])
    expect(await find('userName lt "bob"')).toEqual(['ada'])
    expect(await find('userName le "Bob"')).toEqual(['ada', 'bob'])
    expect(await find(`${BADGE}:number gt 7`)).toEqual(['bob'])
    expect(await find(`${BADGE}:number ge 7`)).toEqual(['ada', 'bob'])
    expect(await find(`${BADGE}:number lt 10`)).toEqual(['ada'])
    expect(await find(`${BADGE}:weight le 1.5`)).toEqual(['ada'])
    expect(await find(`${BADGE}:weight lt 1.5`)).toEqual([])
    expect(await find(`${BADGE}:since lt "2026-01-01T00:00:00Z"`)).toEqual(['ada'])
    expect(await find(`${BADGE}:since gt "2026-06-01T14:00:00.249+02:00"`)).toEqual(['bob'])
    expect(await find(`${BADGE}:since ge "2026-06-01T12:00:00.250"`)).toEqual(['bob'])
    expect(await find(`${BADGE}:since gt "2026-06-01T12:00:00.250Z"`)).toEqual([])
    const { created } = byName.ada.meta
    expect(await find(`meta.created le "${created}" and id eq "${byName.ada.id}"`)).toEqual(['ada'])
    expect(await find(`meta.lastModified gt "${byName.ada.meta.lastModified}" and id eq "${byName.ada.id}"`)).toEqual(
      [],
    )
  })

  test('P-132 booleans and binaries have no order', async () => {
    for (const operator of ['gt', 'ge', 'lt', 'le']) {
      await refused(
        `active ${operator} false`,
        `x509Certificates.value ${operator} "a"`,
        `emails.primary ${operator} true`,
      )
      await refused(`${BADGE}:photo ${operator} "a"`)
    }
  })

  test('P-133 strings compare as caseExact says', async () => {
    expect(await find('userName eq "ADA@a.EXAMPLE"')).toEqual(['ada'])
    expect(await find('emails.value eq "ADA@WORK.example"')).toEqual(['ada'])
    expect(await find('name.familyName eq "JÜRGEN"')).toEqual(['ada'])
    expect(await find('externalId eq "ExtA"')).toEqual(['ada'])
    expect(await find('externalId eq "EXTA"')).toEqual([])
    expect(await find(`id eq "${byName.ada.id.toUpperCase()}" and userName pr`)).toEqual([])
    expect(
      await find(`meta.version eq "${byName.ada.meta.version.replaceAll('"', '\\"')}" and id eq "${byName.ada.id}"`),
    ).toEqual(['ada'])
    expect(await find(`meta.version eq "${byName.ada.meta.version.toLowerCase().replaceAll('"', '\\"')}"`)).toEqual([])
    expect(await find(`meta.location eq "${byName.ada.meta.location.toUpperCase()}"`)).toEqual([])
  })

  test('P-134 a multi-valued attribute matches by any of its values', async () => {
    expect(await find('emails.value eq "ada@work.example"')).toEqual(['ada'])
    expect(await find('emails.value eq "ada@home.example"')).toEqual(['ada'])
    expect(await find(`${BADGE}:tags eq "blue"`)).toEqual(['ada'])
    expect(await find(`${BADGE}:tags co "re"`)).toEqual(['ada', 'bob'])
  })

  test('P-135 in brackets, all conditions hold for one and the same element', async () => {
    expect(await find('emails[type eq "work" and value eq "ada@home.example"]')).toEqual([])
    expect(await find('emails.type eq "work" and emails.value eq "ada@home.example"')).toEqual(['ada'])
    expect(await find('emails[type eq "home" and value eq "ada@home.example"]')).toEqual(['ada'])
    expect(await find('emails[type eq "work" and primary eq true]')).toEqual(['ada'])
    expect(await find('emails[type eq "home"] and title pr')).toEqual(['ada'])
    expect(await find('not (emails[type eq "work"])')).toEqual(['bob', 'cy', 'dee'])
    expect(await find('emails[not (type eq "home")]')).toEqual(['ada'])
  })

  test('P-136 names in brackets are sub-attributes; brackets do not nest', async () => {
    await refused(
      'emails[foo eq "a"]',
      'emails[type[value eq "a"]]',
      'emails[userName eq "a"]',
      'emails[emails.type eq "work"]',
    )
    await refused('emails[type eq "work"][value pr]', 'userName[value eq "a"]')
    expect(await find('emails[type eq "work" or (type eq "home" and value ew "@home.example")]')).toEqual([
      'ada',
      'bob',
    ])
    expect(await find('emails[ type eq "work" ]')).toEqual(['ada'])
    expect(await find('EMAILS[TYPE EQ "work"]')).toEqual(['ada'])
  })

  test('P-137 a complex attribute needs a sub-attribute, unless its value is meant', async () => {
    expect(await find('emails co "work.example"')).toEqual(['ada'])
    expect(await find('emails eq "bob@home.example"')).toEqual(['bob'])
    await refused(
      'name eq "x"',
      'addresses eq "x"',
      'meta eq "x"',
      `${ENT}:manager eq "x"`,
      'name.foo eq "x"',
      'userName.x eq "y"',
    )
  })

  test('P-138 eq null is not pr, ne null is pr, nothing else takes null', async () => {
    expect(await find('nickName eq null')).toEqual(['bob', 'cy', 'dee'])
    expect(await find('nickName ne null')).toEqual(['ada'])
    expect(await find('emails eq null')).toEqual(['cy', 'dee'])
    for (const operator of ['co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']) await refused(`nickName ${operator} null`)
  })

  test('P-139 the value fits the type of the attribute', async () => {
    await refused('active eq "true"', 'active eq 1', 'userName eq 1', 'userName eq true', 'meta.created gt "yesterday"')
    await refused(
      'meta.created gt "2026-01-01"',
      'meta.created eq 5',
      `${BADGE}:number eq "7"`,
      `${BADGE}:number eq 1.5`,
    )
    await refused(
      `${BADGE}:weight eq "1.5"`,
      'emails.primary eq "true"',
      'emails[primary eq "true"]',
      'x509Certificates.value eq true',
    )
  })

  test('P-140 an attribute that the type lacks is refused', async () => {
    await refused(
      'foo eq "a"',
      'name.foo eq "a"',
      'members.value eq "a"',
      'urn:x:y:z eq "a"',
      `${USER}:department eq "a"`,
      'department eq "Tours"',
    )
    expectError(await c.filter('/Groups', 'userName eq "a"'), 400, 'invalidFilter')
  })

  test('P-141 schemas can be filtered like any multi-valued string', async () => {
    expect(await find(`schemas eq "${ENT}"`)).toEqual(['cy', 'dee'])
    expect(await find(`schemas eq "${USER}"`)).toEqual(['ada', 'bob', 'cy', 'dee'])
    expect(await find('schemas co "badge"')).toEqual(['ada', 'bob'])
  })

  test('P-142 common attributes can be filtered', async () => {
    const { id, meta } = byName.ada
    expect(await find(`id eq "${id}"`)).toEqual(['ada'])
    expect(await find('externalId eq "ExtA"')).toEqual(['ada'])
    expect(await find('meta.resourceType eq "User"')).toEqual(['ada', 'bob', 'cy', 'dee'])
    expect(await find('meta.resourceType eq "Group"')).toEqual([])
    expect(await find(`meta.created ge "${meta.created}"`)).toEqual(['ada', 'bob', 'cy', 'dee'])
    expect(await find(`meta.lastModified lt "${meta.created}"`)).toEqual([])
    expect(await find(`meta.location eq "${meta.location}"`)).toEqual(['ada'])
    expect(await find(`meta.location ew "/Users/${id}"`)).toEqual(['ada'])
    expect(await find(`meta.version eq "${meta.version.replaceAll('"', '\\"')}" and userName sw "ada"`)).toEqual([
      'ada',
    ])
  })

  test('P-143 extension attributes are filtered by their qualified names', async () => {
    expect(await find(`${ENT}:department eq "tours"`)).toEqual(['cy'])
    expect(await find(`${ENT}:manager.value eq "${byName.cy.id}"`)).toEqual(['dee'])
    expect(await find(`${BADGE}:number gt 1 and ${ENT}:department pr`)).toEqual([])
    expect(await find(`${BADGE}:number gt 1 or ${ENT}:department pr`)).toEqual(['ada', 'bob', 'cy'])
  })

  test('P-144 a default is filtered by the value that the client was given', async () => {
    expect(byName.ada.active).toBe(true)
    expect(await find('active eq true and userName sw "ada"')).toEqual(['ada'])
  })

  test('P-145 a filter that is not understood never gives everything', async () => {
    const filters = [
      'foo eq "a"',
      'userName eq',
      'userName eq bob',
      '',
      'active gt true',
      'name eq "x"',
      'userName eq "a" and foo pr',
    ]
    for (const filter of filters) {
      for (const path of ['/Users', '/']) {
        const answer = await c.filter(path, filter)
        expectError(answer, 400, 'invalidFilter')
        expect(answer.body).not.toHaveProperty('Resources')
      }
    }
  })

  test('P-133 a badge code is compared with case, its label without', async () => {
    const made = await c.post('/Users', badge({ code: unique('Code'), label: unique('Label') }))
    const { code, label } = made.body[BADGE]
    expect(await c.ids('/Users', `${BADGE}:label eq "${label.toUpperCase()}"`)).toEqual([made.body.id])
    expect(await c.ids('/Users', `${BADGE}:code eq "${code.toUpperCase()}"`)).toEqual([])
    await c.del(`/Users/${made.body.id}`)
  })
})

describe('attributes that no document holds', () => {
  const c = at.strict()

  test('P-121 what is computed is found by what answers show of it', async () => {
    const boss = await c.makeUser({ displayName: unique('Boss') })
    const one = await c.makeUser({
      displayName: unique('One'),
      schemas: [USER, ENT],
      [ENT]: { manager: { value: boss.id } },
    })
    const inner = await c.makeGroup({ members: [{ value: one.id }] })
    const outer = await c.makeGroup({ members: [{ value: inner.id }] })
    await c.makeUser()
    await c.makeGroup()
    const find = async (path: string, filter: string) => [...(await c.ids(path, filter))].sort()

    for (const filter of [
      `members.value eq "${one.id}"`,
      `members.display eq "${one.displayName.toUpperCase()}"`,
      `members[type eq "User" and value eq "${one.id}"]`,
      `members.$ref eq "${c.base}/Users/${one.id}"`,
      `members[$ref ew "/Users/${one.id}"]`,
      'members.$ref co "/Users/"',
      'members.type eq "User"',
    ]) {
      expect(await find('/Groups', filter), filter).toEqual([inner.id])
    }
    expect(await find('/Groups', 'members.$ref co "/Groups/"')).toEqual([outer.id])
    expect(await find('/Groups', 'members pr')).toEqual([inner.id, outer.id].sort())
    expect(await find('/Groups', 'members.$ref pr')).toEqual([inner.id, outer.id].sort())

    for (const filter of [
      `groups.value eq "${outer.id}"`,
      `groups.display eq "${outer.displayName.toUpperCase()}"`,
      `groups.$ref eq "${c.base}/Groups/${inner.id}"`,
      `groups[type eq "direct" and value eq "${inner.id}"]`,
      `groups[type eq "indirect" and value eq "${outer.id}"]`,
      'groups.$ref pr',
      'groups pr',
      `${ENT}:manager.displayName eq "${boss.displayName}"`,
      `${ENT}:manager.$ref eq "${c.base}/Users/${boss.id}"`,
      `${ENT}:manager.$ref ew "/Users/${boss.id}"`,
    ]) {
      expect(await find('/Users', filter), filter).toEqual([one.id])
      expect(await find('/', filter), filter).toEqual([one.id])
    }
    expect(await find('/Users', `groups[type eq "direct" and value eq "${outer.id}"]`)).toEqual([])
  })
})

describe('sensitive attributes', () => {
  const c = at.strict()

  test('P-147 an attribute that the tenant calls sensitive is refused in a URL, not in a body', async () => {
    const { id } = await c.makeUser({ emails: [{ value: 'a@b.example' }] })
    const filter = 'emails.value eq "a@b.example"'
    expect(await c.ids('/Users', filter)).toEqual([id])
    await at.server.tenancy.changeSettings(tenantOf(c), { sensitiveFilters: ['emails.value'] }, at.server.directory)
    for (const text of [
      filter,
      'userName pr and EMAILS.VALUE sw "a"',
      'emails[value eq "a@b.example"]',
      'emails eq "a@b.example"',
    ]) {
      const answer = await c.filter('/Users', text)
      expectError(answer, 403, 'sensitive')
      expect(answer.text).not.toContain('a@b.example')
    }
    expect(expectList(await c.search('/Users', { filter }))).toHaveLength(1)
    expect((await c.filter('/Users', 'userName pr')).status).toBe(200)
  })
})
