// Values are escaped before they reach a terminal.

import { writeFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { emptyPlace } from '../database-under-test.ts'
import { folder, run } from './run.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const EVIL = 'l1\r\nFAKE row \u001b[2J\u009b2J\u202e\u200b\u2028'
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const DANGER = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e\u2028]/
const made: { remove: () => unknown }[] = []
afterEach(async () => {
  for (const one of made.splice(0)) await one.remove()
})

test('values and labels are escaped for the terminal, and JSON stays JSON', async () => {
  const dir = folder()
  made.push(dir)
  const { database, remove } = await emptyPlace()
  made.push({ remove })
  const lockstep = (...args: string[]) => run([...args, '--database', database])
  await lockstep('tenant', 'create', 'acme', '--label', EVIL)
  await lockstep('tenant', 'create', 'beta')
  const user = { schemas: [USER], userName: 'ada', displayName: EVIL, title: EVIL }
  writeFileSync(dir.path('people.jsonl'), `${JSON.stringify(user)}\n{"schemas":["${EVIL.slice(0, 2)}\\u001b[2J"]}\n`)
  await lockstep('import', dir.path('people.jsonl'), '--tenant', 'acme')
  const at = ['--tenant', 'acme']
  const asked: readonly (readonly string[])[] = [
    ['query', 'User', ...at, '--attributes', 'userName,displayName,title'],
    ['log', ...at],
    ['connection', 'list', 'acme'],
    ['tenant', 'show', EVIL],
    ['diff', 'local:acme', 'local:beta', '--key', 'displayName'],
    ['get', 'User', EVIL, ...at],
    ['query', 'User', ...at, '--filter', `title eq "${EVIL}`],
    ['query', EVIL, ...at],
    ['import', dir.path(EVIL.replaceAll('/', '')), ...at],
    ['export', '-', ...at],
    [EVIL],
  ]
  for (const args of asked) {
    for (const json of [[], ['--json']]) {
      const { stdout, stderr } = await lockstep(...args, ...json)
      expect(stdout + stderr, args.join(' ')).not.toMatch(DANGER)
      expect(stdout, args.join(' ')).not.toMatch(/^FAKE/m)
    }
  }
  const { stdout } = await lockstep('query', 'User', ...at, '--json')
  expect(JSON.parse(stdout).Resources[0].displayName).toBe(EVIL)
  expect((await lockstep('query', 'User', ...at)).stdout).toContain('l1\\u{d}\\u{a}FAKE row \\u{1b}[2J')
}, 120_000)

test('query says how many more results there are and how to continue, and refuses invalid counts', async () => {
  const dir = folder()
  made.push(dir)
  const { database, remove } = await emptyPlace()
  made.push({ remove })
  const lockstep = (...args: string[]) => run([...args, '--database', database])
  await lockstep('tenant', 'create', 'acme')
  writeFileSync(dir.path('p.csv'), `userName,title\n${Array.from({ length: 7 }, (_, at) => `u${at},x\n`).join('')}`)
  await lockstep('import', dir.path('p.csv'), '--tenant', 'acme')
  const query = (...more: string[]) => lockstep('query', 'User', '--tenant', 'acme', '--sort-by', 'userName', ...more)
  expect((await query('--count', '3')).stdout).toMatch(/\n3 of 7\n4 more; to continue, add --start-index 4\n$/)
  expect((await query('--count', '3', '--start-index', '4')).stdout).toMatch(
    /\n3 of 7\n1 more; to continue, add --start-index 7\n$/,
  )
  expect((await query('--count', '3', '--start-index', '7')).stdout).toMatch(/\n1 of 7\n$/)
  expect((await query()).stdout).toMatch(/\n7 of 7\n$/)
  for (const wrong of [
    ['--count', '-1'],
    ['--start-index', '0'],
    ['--count', 'many'],
  ]) {
    const { code, stderr } = await query(...wrong)
    expect([code, stderr]).toEqual([2, expect.stringMatching(/must be a whole number, at least/)])
  }
  const { stdout } = await lockstep('tenant', 'list')
  expect(stdout).toMatch(/\d\d:\d\d:\d\d UTC/)
})
