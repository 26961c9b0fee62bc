// Judges that parse filters: two npm packages must find the same people as Lockstep.

import type { Finding, Judge, Target } from '../judge.ts'
import { packages } from './packages.ts'
import { type Json, made, request } from './scim.ts'

type Test = (resource: Json) => boolean

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const PEOPLE: readonly Json[] = [
  { userName: 'ada', name: { givenName: 'Ada', familyName: 'Lovelace' }, title: 'Countess', active: true },
  { userName: 'grace', name: { givenName: 'Grace', familyName: 'Hopper' }, title: 'Rear Admiral', active: false },
  { userName: 'alan', displayName: 'Alan "Prof" Turing', emails: [{ value: 'alan@kings.example', type: 'work' }] },
  {
    userName: 'edsger',
    emails: [
      { value: 'ewd@home.example', type: 'home', primary: true },
      { value: 'ewd@work.example', type: 'work' },
    ],
    userType: 'Employee',
  },
  { userName: 'barbara', userType: 'Intern', emails: [{ value: 'liskov@home.example', type: 'home' }], active: true },
  {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', ENTERPRISE],
    userName: 'donald',
    [ENTERPRISE]: { department: 'Books', employeeNumber: '0xDEK' },
  },
  { userName: 'kurt', nickName: 'éclair \\ back/slash', userType: 'Employee', active: false },
]

/** Filters with only one possible meaning by RFC 7644 §3.4.2.2; names and values in the case in which they are stored. */
const FILTERS: readonly string[] = [
  'userName eq "ada"',
  'userName ne "ada"',
  'userName co "ra"',
  'userName sw "a"',
  'userName ew "a"',
  'userName gt "barbara"',
  'userName ge "barbara"',
  'userName lt "barbara"',
  'userName le "barbara"',
  'title pr',
  'not (title pr)',
  'active eq true',
  'active eq false',
  'name.familyName eq "Lovelace"',
  'name.givenName sw "G"',
  'name pr',
  'emails pr',
  'emails.value co "@home"',
  'emails.type eq "work"',
  'emails[type eq "work"]',
  'emails[type eq "work" and value co "work"]',
  'emails[type eq "home" and value co "work"]',
  'emails[type eq "home" and primary eq true]',
  'emails[type eq "home" or value ew "kings.example"]',
  'emails[not (type eq "home")]',
  'userType eq "Employee" and emails pr',
  'userType eq "Employee" or title pr',
  'userName eq "ada" or userName eq "alan" and title pr',
  '(userName eq "ada" or userName eq "alan") and title pr',
  'not (userName sw "a" or userName sw "b")',
  'not (userName sw "a") and not (userName sw "b")',
  'userType eq "Employee" and (emails co "home.example" or active eq false)',
  'displayName eq "Alan \\"Prof\\" Turing"',
  'nickName co "\\\\"',
  'nickName sw "\\u00e9clair"',
  'userName EQ "ada"',
  'USERNAME eq "ada"',
  'userName eq "ADA"',
  'urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ada"',
  `${ENTERPRISE}:department eq "Books"`,
  `${ENTERPRISE}:employeeNumber sw "0x"`,
  'nickName eq null',
  'title ne null',
]

/** A judge that evaluates filters: each must match the same people as in Lockstep. */
function parser(
  name: string,
  about: string,
  atLeast: number,
  load: (require: NodeJS.Require) => (filter: string) => Test,
): Judge {
  return {
    name,
    about,
    profiles: ['strict'],
    atLeast,
    prepare: async () => void (await packages()),
    async judge(target) {
      const reading = load(await packages())
      const people: Json[] = []
      for (const person of PEOPLE) people.push(await made(target, person))
      const findings: Finding[] = []
      for (const filter of FILTERS) findings.push(await verdict(target, filter, reading, people))
      return findings
    },
  }
}

async function verdict(
  target: Target,
  filter: string,
  reading: (filter: string) => Test,
  people: readonly Json[],
): Promise<Finding> {
  const { status, json } = await request(target, 'GET', `/Users?filter=${encodeURIComponent(filter)}`)
  const ours =
    status === 200 ? names((json.Resources as readonly Json[] | undefined) ?? []) : `status ${status}: ${json.detail}`
  let theirs: string
  try {
    theirs = names(people.filter(reading(filter)))
  } catch (error) {
    theirs = `refused: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`
  }
  if (ours === theirs) return { check: filter, outcome: 'passed', detail: '' }
  return {
    check: filter,
    outcome: 'failed',
    detail: `it says ${theirs || 'nobody'}; the server says ${ours || 'nobody'}`,
  }
}

function names(people: readonly Json[]): string {
  return people
    .map(({ userName }) => String(userName))
    .sort()
    .join(' ')
}

/** The filter parser used by most SCIM servers on npm. */
export const scim2ParseFilter = parser(
  'scim2-parse-filter',
  'scim2-parse-filter 0.2.10, the filter library beside scim-patch',
  30,
  (require) => {
    const { parse, filter } = require('scim2-parse-filter') as {
      parse(text: string): unknown
      filter(tree: unknown): Test
    }
    return (text) => filter(parse(text))
  },
)

/** A second, independent parser, generated from the RFC's own ABNF. */
export const scimQueryFilterParser = parser(
  'scim-query-filter-parser',
  'scim-query-filter-parser 2.0.4, generated from the ABNF of RFC 7644',
  30,
  (require) => (require('scim-query-filter-parser') as { compileFilter(text: string): Test }).compileFilter,
)
