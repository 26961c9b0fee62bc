// `lockstep review`: from the copy to a document that verifies offline.

import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { emptyPlace } from '../database-under-test.ts'
import { folder, run } from './run.ts'

const dir = folder()
afterAll(() => dir.remove())

test('a review is started, decided, closed, applied, exported and verified', async () => {
  const place = await emptyPlace()
  try {
    const all = ['--database', place.database]
    // What signs is sealed; beside a PostgreSQL database no key is made by itself.
    const env = { LOCKSTEP_SEAL_KEY_FILE: dir.path('seal.key') }
    writeFileSync(env.LOCKSTEP_SEAL_KEY_FILE, randomBytes(32).toString('base64'), { mode: 0o600 })
    const cli = (args: readonly string[], input = '') => run([...args, '--tenant', 'acme', ...all], env, input)
    const ok = async (args: readonly string[], input = '') => {
      const ran = await cli(args, input)
      expect(ran, ran.stderr).toMatchObject({ code: 0 })
      return ran.stdout
    }
    expect((await run(['tenant', 'create', 'acme', ...all])).code).toBe(0)
    const made = async (type: string, body: object) =>
      JSON.parse(await ok(['create', type, '--json'], JSON.stringify(body))).id as string
    const [ada, bob] = [await made('User', { userName: 'ada' }), await made('User', { userName: 'bob' })]
    const staff = await made('Group', { displayName: 'Staff', members: [{ value: ada }, { value: bob }] })
    await ok(['app', 'add', 'crm', '--url', 'https://crm.example/scim/v2', '--users-in', 'Staff'])
    await ok(['app', 'switch-on', 'crm', '--yes'])

    const begin = ['review', 'start', 'Staff', '--name', 'Q1', '--until', '2099-01-01', '--undecided', 'keep']
    const { review } = JSON.parse(await ok([...begin, '--reason', 'Every quarter', '--json']))
    expect((await cli(['review', 'decide', review, 'remove'])).stderr).toContain('Name either --lines')
    expect(await ok(['review', 'decide', review, 'remove', '--user', bob, '--comment', 'Left'])).toBe(
      '1 lines: remove. 1 are undecided still.\n',
    )
    await ok(['review', 'close', review])
    expect(await ok(['review', 'apply', review, '--dry'])).toMatch(/bob +crm +bob +leaves +Leaves "Staff"/)
    await ok(['review', 'apply', review, '--yes'])
    expect(await ok(['review', 'show', review])).toMatch(/bob +crm +account +bob +remove +cli +done/)
    const { members } = JSON.parse(await ok(['get', 'Group', staff, '--json']))
    expect(members).toMatchObject([{ value: ada }])

    const [csv, jws, jwks] = [dir.path('q1.csv'), dir.path('q1.jws'), dir.path('jwks.json')]
    await ok(['review', 'export', review, '--to', csv, '--jws', jws])
    writeFileSync(jwks, (await run(['receipt', 'keys', '--json', ...all], env)).stdout)
    const verified = await run(['review', 'verify', jws, '--csv', csv, '--jwks', jwks])
    expect(verified.stdout).toMatch(/genuine[\s\S]*to the last byte[\s\S]*1 done, 0 gone already, 0 open/)
    writeFileSync(csv, readFileSync(csv, 'utf8').replace('remove', 'keep'))
    expect(await run(['review', 'verify', jws, '--csv', csv, '--jwks', jwks])).toMatchObject({ code: 1 })
    expect(await ok(['review', 'list'])).toMatch(new RegExp(`${review} +Q1 +closed`))
  } finally {
    await place.remove()
  }
}, 120_000)
