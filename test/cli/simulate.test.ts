// The command `lockstep simulate`: output, exit codes, options, and the cleanup when it is stopped.

import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFakeApp, listen } from '../../src/testing/index.ts'
import { type Serving, serve } from '../serve.ts'
import { MAIN, run } from './run.ts'

let serving: Serving

beforeAll(async () => {
  serving = await serve()
})
afterAll(() => serving.close())

describe('lockstep simulate', { timeout: 60_000 }, () => {
  test('prints one line for each request, without colours where there is no terminal', async () => {
    const { base, token } = await serving.connection('onelogin')
    const args = ['simulate', 'onelogin', base, '--token-env', 'SCIM_TOKEN', '--people', '1', '--seed', '5']
    const { code, stdout, stderr } = await run([...args, '--only', 'joiner'], { SCIM_TOKEN: token })
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^OneLogin: the SCIM provisioner/)
    expect(lines[1]).toContain(`Against ${base}.`)
    expect(lines.filter((line) => /^ {2}\S/.test(line)).map((line) => line.replace(/^ {2}(.{10}).*: /, '$1 '))).toEqual(
      [
        '+ 200 GET  there is nobody of this name yet',
        '+ 201 POST the account is created, and its id is kept',
        '+ 200 GET  the account is as it should be',
      ],
    )
    expect(stdout).toContain('OneLogin would do all of its work with this server')
    expect(stdout).toContain('--seed 5 plays the same people again')
    expect(stdout).not.toContain('\u001b')
    expect(stdout).not.toContain(token)
  })

  test('says what would go wrong, with bodies, and exits with 1', async () => {
    const app = await listen(createFakeApp({ token: 'secret-of-the-app' }))
    const args = ['simulate', 'entra', app.base, '--token', 'secret-of-the-app', '--people', '1']
    const { code, stdout } = await run([...args, '--only', 'leaver'])
    expect(code).toBe(1)
    expect(stdout).toMatch(/ {2}- 400 PATCH \/Users\/\S+ .*turn the account off/)
    expect(stdout).toContain('Microsoft Entra ID logs a failure, and tries the same again in later cycles')
    expect(stdout).toContain('An administrator reads: StatusCode: BadRequest')
    expect(stdout).toContain('> {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]')
    expect(stdout).toContain('Microsoft Entra ID would not do its work with this server: leaver')
    expect(stdout).not.toContain('secret-of-the-app')
    const shown = await run([...args, '--only', 'joiner', '--verbose'])
    expect(shown.code).toBe(0)
    expect(shown.stdout).toContain('> {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"')
    await app.close()
  })

  test('prints JSON for programs', async () => {
    const { base, token } = await serving.connection('rippling')
    const { code, stdout } = await run(['simulate', 'rippling', base, '--token', token, '--json', '--only', 'connect'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      provider: 'Rippling',
      url: base,
      works: true,
      acts: [{ act: 'connect', verdict: 'works' }],
      problems: [],
      left: [],
    })
  })

  test.each([
    [['simulate', 'nokta', 'http://127.0.0.1:9'], /^lockstep: The provider must be okta, okta-oin, entra/],
    [['simulate', 'okta', 'app.example'], /^lockstep: url: must be an address like https/],
    [['simulate', 'okta', 'http://127.0.0.1:9', '--only', 'holiday'], /^lockstep: --only must be some of connect/],
    [['simulate', 'okta', 'http://127.0.0.1:9', '--people', 'many'], /^lockstep: --people must be a whole number/],
    [
      ['simulate', 'okta', 'http://127.0.0.1:9', '--token-env', 'NOWHERE'],
      /^lockstep: The environment variable NOWHERE/,
    ],
  ])('exits with 2 and one line: %j', async (args, message) => {
    const { code, stderr } = await run(args)
    expect([code, stderr.trim().split('\n').length]).toEqual([2, 1])
    expect(stderr).toMatch(message)
  })

  test('stops on Ctrl-C and leaves nothing behind', async () => {
    const { base, token } = await serving.connection('entra')
    const args = [MAIN, 'simulate', 'entra', base, '--token', token, '--people', '1000']
    const child = spawn(process.execPath, args)
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
    const made = async () => {
      const answer = await fetch(`${base}/Users?count=0`, { headers: { authorization: `Bearer ${token}` } })
      return ((await answer.json()) as { readonly totalResults: number }).totalResults
    }
    while ((await made()) === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    child.kill('SIGINT')
    expect(await ended).toBe(1)
    expect(await made()).toBe(0)
  })

  test('the shell completes providers and acts', async () => {
    expect((await run(['complete', 'simulate', 'en'])).stdout).toBe('entra\nentra-flag\n')
    expect((await run(['complete', '--', 'simulate', 'okta', 'http://x', '--only', 'joiner,le'])).stdout).toBe(
      'joiner,leaver\n',
    )
  })
})
