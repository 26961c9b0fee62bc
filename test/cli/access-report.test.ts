// `lockstep access`: who has what, as a table, for spreadsheets and for programs, now and then.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { csvLine } from '../../src/cli/access/csv.ts'
import { folder, type Ran, run } from './run.ts'

const dir = folder()
const database = ['--database', `sqlite:${dir.path('access.db')}`]
const place = ['--tenant', 'acme', ...database]
const cli = async (args: readonly string[], input = ''): Promise<Ran> => run([...args, ...place], {}, input)
const ok = async (args: readonly string[], input = '') => {
  const ran = await cli(args, input)
  expect(ran, ran.stderr).toMatchObject({ code: 0 })
  return ran.stdout
}

let ada = ''
let group = ''
let then = ''

beforeAll(async () => {
  expect((await run(['tenant', 'create', 'acme', ...database])).code).toBe(0)
  const made = async (type: string, body: object) =>
    JSON.parse(await ok(['create', type, '--json'], JSON.stringify(body))).id
  ada = await made('User', { userName: 'ada', displayName: '=HYPERLINK("x")', title: 'Boss' })
  group = await made('Group', { displayName: 'Sales', members: [{ value: ada }] })
  const grants = [{ group, attribute: 'roles', value: '=1+1' }]
  await ok(
    ['app', 'add', 'crm', '--url', 'https://crm.example/scim/v2', '--users-in', 'Sales', '--settings', '-'],
    JSON.stringify({ grants }),
  )
  await ok(['app', 'switch-on', 'crm', '--yes'])
  then = new Date().toISOString()
  await new Promise((resolve) => setTimeout(resolve, 20))
  await ok(['delete', 'Group', group, '--yes'])
}, 120_000)
afterAll(() => dir.remove())

describe('lockstep access', () => {
  test('now: nobody any more', async () => {
    expect(await ok(['access', 'ada'])).toBe('What user ada has: no access.\n')
    expect(await ok(['access', 'crm'])).toBe('Who has app crm: no access.\n')
  }, 60_000)

  test('then, as a table', async () => {
    const table = await ok(['access', 'ada', '--at', then])
    expect(table).toMatch(/^What user \S+ has at .* UTC:\nPERSON +APP +HAS +WHICH +THROUGH\n/)
    expect(table).toMatch(new RegExp(`ada +crm +account +ada +memberOf Sales \\(${group}\\)`))
    expect(table).toMatch(new RegExp(`ada +crm +role +=1\\+1 +grant Sales \\(${group}\\)`))
  }, 60_000)

  test('then, of a group that is gone, for spreadsheets', async () => {
    const lines = (await ok(['access', group, '--as', 'group', '--at', then, '--csv'])).trimEnd().split('\n')
    expect(lines).toEqual([
      'user,name,app,account,kind,value,through,confirmed',
      `${ada},ada,crm,,account,ada,"memberOf Sales (${group})",`,
      `${ada},ada,crm,,role,"'=1+1","grant Sales (${group})",`,
    ])
  }, 60_000)

  test('then, of an app, for programs', async () => {
    const answer = JSON.parse(await ok(['access', 'crm', '--at', then, '--json']))
    expect(answer).toMatchObject({
      tenant: 'acme',
      app: 'crm',
      at: then,
      rows: [
        { user: ada, kind: 'account' },
        { user: ada, kind: 'role', value: '=1+1' },
      ],
      doubts: [],
    })
  }, 60_000)

  test.each([
    [['access', 'nobody'], /never had a person/],
    [['access', 'ada', '--at', 'yesterday'], /--at must be a date or a time/],
    [['access', 'ada', '--at', '2999-01-01'], /must be in the past/],
    [['access', 'ada', '--as', 'device'], /--as must be app, group or user/],
    [['access', 'ada', '--csv', '--json'], /either --csv or --json/],
    [['access', 'chat', '--as', 'app'], /has no app "chat"/],
  ])(
    '%j is refused',
    async (args, text) => {
      const ran = await cli(args)
      expect(ran.code).not.toBe(0)
      expect(ran.stderr).toMatch(text)
    },
    60_000,
  )
})

test.each([
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['=1+1', `"'=1+1"`],
  ['+1', `"'+1"`],
  ['-1', `"'-1"`],
  ['@x', `"'@x"`],
  ['  =1', `"'  =1"`],
  ['\t=1', String.raw`"'\u{9}=1"`],
  ['two\nlines', String.raw`two\u{a}lines`],
])('the cell %j is written as %s', (value, written) => {
  expect(csvLine([value])).toBe(`${written}\n`)
})
