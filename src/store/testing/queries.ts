// Filters, sorting and pages.

import { EnterpriseUser, type JsonObject } from '../../protocol/index.ts'
import type { Page } from '../index.ts'
import { type Chapter, rule } from './suite.ts'
import { BASE, creating, GROUP, idsOn, querying, TYPES, USER } from './writes.ts'

const PEOPLE: readonly JsonObject[] = [
  {
    userName: 'Ada',
    displayName: 'Ada Lovelace',
    active: true,
    emails: [
      { value: 'ada@work.example', type: 'work', primary: true },
      { value: 'ada@home.example', type: 'home' },
    ],
    name: { familyName: 'Lovelace' },
    [EnterpriseUser.id]: { department: 'Engines', manager: { value: 'u3' } },
  },
  {
    userName: 'bjørn ÅS',
    externalId: 'X-1',
    active: false,
    title: 'Straße',
    emails: [{ value: 'BJØRN@work.example', type: 'Work' }],
  },
  { userName: 'carl', displayName: 'Carl', nickName: '', title: 'aide', externalId: 'x-1' },
  { userName: 'dora', active: true, emails: [{ value: 'dora@home.example', type: 'home' }] },
]
const FILTERS: readonly (readonly [string, readonly string[]])[] = [
  ['userName eq "ada"', ['u1']],
  ['userName eq "ADA" and active eq true', ['u1']],
  ['userName eq "ada" and active eq false', []],
  ['userName eq "nobody"', []],
  ['userName eq "BJØRN åS"', ['u2']],
  ['userName sw "bjØ"', ['u2']],
  ['userName co "r"', ['u2', 'u3', 'u4']],
  ['userName ew "a"', ['u1', 'u4']],
  ['userName gt "b"', ['u2', 'u3', 'u4']],
  ['userName le "carl"', ['u1', 'u2', 'u3']],
  ['userName ne "ada"', ['u2', 'u3', 'u4']],
  ['externalId eq "x-1"', ['u3']],
  ['externalId eq "X-1"', ['u2']],
  ['id eq "u2"', ['u2']],
  ['id ne "u2"', ['u1', 'u3', 'u4']],
  ['id gt "u2"', ['u3', 'u4']],
  ['active eq true', ['u1', 'u4']],
  ['active ne true', ['u2', 'u3']],
  ['not (active eq true)', ['u2', 'u3']],
  ['title eq "STRASSE"', ['u2']],
  ['title sw "a"', ['u3']],
  ['title pr', ['u2', 'u3']],
  ['nickName pr', []],
  ['nickName eq ""', ['u3']],
  ['nickName lt "x"', ['u3']],
  ['not (nickName pr)', ['u1', 'u2', 'u3', 'u4']],
  ['displayName eq ""', []],
  ['displayName lt "b"', ['u1']],
  ['name.familyName eq "lovelace"', ['u1']],
  ['name pr', ['u1']],
  ['emails pr', ['u1', 'u2', 'u4']],
  ['emails.value eq "bjørn@WORK.example"', ['u2']],
  ['emails co "home"', ['u1', 'u4']],
  ['emails.type ne "work"', ['u1', 'u3', 'u4']],
  ['emails[type eq "work"]', ['u1', 'u2']],
  ['emails[type eq "work" and value eq "ada@work.example"]', ['u1']],
  ['emails[type eq "work" and value eq "ada@home.example"]', []],
  ['emails.type eq "work" and emails.value eq "ada@home.example"', ['u1']],
  ['emails[type eq "work"].value eq "bjørn@work.example"', ['u2']],
  ['emails[not (type eq "home")]', ['u1', 'u2']],
  ['emails[primary eq true]', ['u1']],
  // Left out, primary is false: RFC 7643 §2.4.
  ['emails[primary eq false]', ['u1', 'u2', 'u4']],
  ['emails[primary ne true]', ['u1', 'u2', 'u4']],
  ['emails[primary ne false]', ['u1']],
  ['emails[not (primary eq true)]', ['u1', 'u2', 'u4']],
  ['emails[type eq "home" and primary eq false]', ['u1', 'u4']],
  ['emails[type eq "work" and primary eq false]', ['u2']],
  ['emails.primary eq false', ['u1', 'u2', 'u4']],
  ['emails.primary ne false', ['u1', 'u3']],
  ['emails.primary ne true', ['u1', 'u2', 'u3', 'u4']],
  ['not (emails.primary eq true)', ['u2', 'u3', 'u4']],
  ['not (emails.primary eq false)', ['u3']],
  ['emails[primary pr]', ['u1']],
  ['emails.primary pr', ['u1']],
  ['emails[primary pr and value sw "ada"]', ['u1']],
  [`${EnterpriseUser.id}:department eq "engines"`, ['u1']],
  [`${EnterpriseUser.id}:manager.value eq "u3"`, ['u1']],
  [`${EnterpriseUser.id}:manager.displayName eq "CARL"`, ['u1']],
  [`${EnterpriseUser.id}:manager.$ref eq "${BASE}/Users/u3"`, ['u1']],
  ['userName eq "ada" or userName eq "carl"', ['u1', 'u3']],
  ['userName eq "ada" or title eq "aide"', ['u1', 'u3']],
  ['(userName sw "a" or userName sw "c") and not (displayName eq "carl")', ['u1']],
  // Comparisons that differ in their value alone may be looked up together.
  ['userName eq "ada" or userName eq "no \\"{,}" or userName eq "BJØRN åS" or userName eq "null"', ['u1', 'u2']],
  ['userName co "da" or userName co "\\\\" or userName co "AR" or title eq "strasse"', ['u1', 'u2', 'u3']],
  ['userName sw "bjØ" or userName sw "c" or userName sw "carl" or userName sw ""', ['u1', 'u2', 'u3', 'u4']],
  ['userName sw "bjØ" or userName sw "c" or userName sw "carl"', ['u2', 'u3']],
  ['userName ew "as" or userName ew "rl" or userName ew "x"', ['u3']],
  ['emails.value sw "ada" or emails.value sw "dora" or emails.value ew ".example"', ['u1', 'u2', 'u4']],
  ['(userName co "d" or userName co "r") and emails.value co "home"', ['u1', 'u4']],
  ['groups.value eq "g1"', ['u1', 'u2']],
  ['groups.value eq "g2"', ['u1', 'u2', 'u3']],
  ['groups[value eq "g2" and type eq "direct"]', ['u3']],
  ['groups.display eq "TWÖ"', ['u1', 'u2', 'u3']],
  ['groups pr', ['u1', 'u2', 'u3']],
  ['not (groups.value eq "g1")', ['u3', 'u4']],
  ['groups.value ne "g1"', ['u1', 'u2', 'u3', 'u4']],
  ['meta.resourceType eq "User"', ['u1', 'u2', 'u3', 'u4']],
  ['meta.resourceType eq "Group"', []],
  ['meta.created gt "1970-01-01T00:00:01Z"', ['u2', 'u3', 'u4']],
  ['meta.created eq "1970-01-01T01:00:01.001+01:00"', ['u2']],
  ['meta.lastModified ge "1970-01-01T00:00:01.002Z"', ['u3', 'u4']],
  ['meta.lastModified lt "1970-01-01T00:00:01.002Z"', ['u1', 'u2']],
  [`meta.location eq "${BASE}/Users/u2"`, ['u2']],
  [`meta.location ew "u2"`, ['u2']],
  ['meta.version eq "W/\\"1\\""', ['u1', 'u2', 'u3', 'u4']],
  ['schemas eq "urn:x"', ['u1']],
  ['schemas eq "URN:X"', ['u1']],
]
const GROUP_FILTERS: readonly (readonly [string, readonly string[]])[] = [
  ['members.value eq "u1"', ['g1']],
  ['members.value eq "g1"', ['g2']],
  ['members eq "u3"', ['g2']],
  ['members[type eq "Group"]', ['g2']],
  ['members[value eq "u3" and type eq "Group"]', []],
  ['members.display eq "ada lovelace"', ['g1']],
  ['members.$ref eq "https://scim.example/v2/Users/u2"', ['g1']],
  ['members pr', ['g1', 'g2']],
  ['displayName eq "twÖ"', ['g2']],
]

const SORTS: readonly (readonly [string, boolean, readonly string[]])[] = [
  ['userName', false, ['u1', 'u2', 'u3', 'u4']],
  ['userName', true, ['u4', 'u3', 'u2', 'u1']],
  ['title', false, ['u3', 'u2', 'u1', 'u4']],
  ['title', true, ['u1', 'u4', 'u2', 'u3']],
  ['active', false, ['u2', 'u1', 'u4', 'u3']],
  ['active', true, ['u3', 'u1', 'u4', 'u2']],
  ['emails', false, ['u1', 'u2', 'u4', 'u3']],
  ['emails.type', false, ['u4', 'u1', 'u2', 'u3']],
  ['meta.lastModified', true, ['u4', 'u3', 'u2', 'u1']],
  ['nickName', false, ['u3', 'u1', 'u2', 'u4']],
  [`${EnterpriseUser.id}:manager.displayName`, false, ['u1', 'u2', 'u3', 'u4']],
  ['id', true, ['u4', 'u3', 'u2', 'u1']],
]

/** Filters, sorting and pages. */
export const QUERIES: Chapter = {
  name: 'queries',
  reads: true,
  before: (on) =>
    on.store.commit([
      ...PEOPLE.map((document, i) =>
        creating(`u${i + 1}`, i === 0 ? { ...document, schemas: ['urn:x'] } : document, { at: 1_000 + i }),
      ),
      creating('g1', { displayName: 'One' }, { members: ['u1', 'u2'] }),
      creating('g2', { displayName: 'Twö' }, { members: ['g1', 'u3'] }),
    ]),
  rules: [
    ...FILTERS.map(([filter, ids]) =>
      rule(
        filter,
        async (on, expect) => {
          const page = await on.store.find(querying([USER], { filter }))
          expect(idsOn(page)).toEqual(ids)
          expect(page.total).toBe(ids.length)
          const few = await on.store.find(querying([USER], { filter, page: { offset: 1, limit: 1 } }))
          expect(idsOn(few)).toEqual(ids.slice(1, 2))
          expect(few.total).toBe(ids.length)
          const bare = await on.store.find(querying([USER], { filter, page: { offset: 0, limit: 0 } }))
          expect(bare).toEqual({ resources: [], total: ids.length })
          const walk = await on.store.find(
            querying([USER], { filter, total: false, page: { after: { id: 'u1' }, limit: 10 } }),
          )
          expect(idsOn(walk)).toEqual(ids.filter((id) => id > 'u1'))
          expect(walk.total).toBeUndefined()
        },
        { folds: /strasse/i.test(filter) },
      ),
    ),

    ...GROUP_FILTERS.map(([filter, ids]) =>
      rule(`groups: ${filter}`, async (on, expect) => {
        expect(await on.filtered([GROUP], filter)).toEqual(ids)
      }),
    ),

    rule('several types are searched at once, in order of id', async (on, expect) => {
      expect(idsOn(await on.store.find(querying(TYPES)))).toEqual(['g1', 'g2', 'u1', 'u2', 'u3', 'u4'])
      expect(await on.filtered(TYPES, 'displayName pr')).toEqual(['g1', 'g2', 'u1', 'u3'])
      expect(await on.filtered(TYPES, 'userName pr')).toEqual(['u1', 'u2', 'u3', 'u4'])
      expect(await on.filtered(TYPES, 'not (userName eq "ada")')).toEqual(['g1', 'g2', 'u2', 'u3', 'u4'])
      const page = await on.store.find(querying(TYPES, { page: { offset: 1, limit: 3 } }))
      expect([idsOn(page), page.total]).toEqual([['g2', 'u1', 'u2'], 6])
      const rest = await on.store.find(querying(TYPES, { page: { after: page.next, limit: 3 } }))
      expect(idsOn(rest)).toEqual(['u3', 'u4'])
      const sorted = await on.store.find(querying(TYPES, { sortBy: 'displayName' }))
      expect(idsOn(sorted)).toEqual(['u1', 'u3', 'g1', 'g2', 'u2', 'u4'])
      const byName = await on.store.find(querying(TYPES, { sortBy: 'userName', descending: true }))
      expect(idsOn(byName)).toEqual(['g1', 'g2', 'u4', 'u3', 'u2', 'u1'])
    }),

    ...SORTS.map(([sortBy, descending, ids]) =>
      rule(`sorted by ${sortBy}, ${descending ? 'descending' : 'ascending'}`, async (on, expect) => {
        const page = await on.store.find(querying([USER], { sortBy, descending }))
        expect(idsOn(page)).toEqual(ids)
        // The same, walked by cursor, one at a time.
        const walked: string[] = []
        let after: Page['next']
        do {
          const one = await on.store.find(
            querying([USER], { sortBy, descending, total: false, page: { after, limit: 1 } }),
          )
          walked.push(...idsOn(one))
          after = one.next
        } while (after)
        expect(walked).toEqual(ids)
        const second = await on.store.find(querying([USER], { sortBy, descending, page: { offset: 1, limit: 2 } }))
        expect(idsOn(second)).toEqual(ids.slice(1, 3))
        expect(second.total).toBe(4)
      }),
    ),

    rule('pages say whether there is more', async (on, expect) => {
      const first = await on.store.find(querying([USER], { page: { offset: 0, limit: 3 } }))
      expect([idsOn(first), first.total, first.next]).toEqual([['u1', 'u2', 'u3'], 4, { id: 'u3' }])
      const last = await on.store.find(querying([USER], { page: { offset: 3, limit: 3 } }))
      expect([idsOn(last), last.total, last.next]).toEqual([['u4'], 4, undefined])
      const beyond = await on.store.find(querying([USER], { page: { offset: 9, limit: 3 } }))
      expect([idsOn(beyond), beyond.total, beyond.next]).toEqual([[], 4, undefined])
      const none = await on.store.find(querying([USER], { filter: 'userName co "r"', page: { offset: 9, limit: 3 } }))
      expect([idsOn(none), none.total]).toEqual([[], 3])
      const nothing = await on.store.find({ ...querying([USER]), tenant: 'nowhere' })
      expect(nothing).toEqual({ resources: [], total: 0 })
    }),
  ],
}
