// The command `lockstep check`: exit codes, reports and options.

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { createClient } from '../rfc/client.ts'
import { site } from '../rfc/site.ts'
import { folder, MAIN, ROOT, run } from './run.ts'

const at = site()
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function fresh(kind = 'strict') {
  const { base, token } = await at.server.connection(kind)
  const dir = folder()
  closing.push(dir.remove)
  return { base, token, dir, client: createClient({ base, token }) }
}

// Each starts a process, some run every case: slow where others work at the same time.
describe('lockstep check', { timeout: 180_000 }, () => {
  test('exits with 0 when all is well; the token from the environment is never printed', async () => {
    const { base, token, dir } = await fresh()
    const files = ['html', 'junit', 'badge'].flatMap((kind) => [`--${kind}`, dir.path(`report.${kind}`)])
    const { code, stdout, stderr } = await run(
      ['check', base, '--token-env', 'SCIM_TOKEN', '--only', 'patch,P-060', '--for', 'okta', ...files],
      { SCIM_TOKEN: token },
    )
    expect(stderr).toBe('')
    expect(code, stdout).toBe(0)
    expect(stdout).toMatch(/\d+ passed, 0 MUST requirements failed, 0 SHOULD requirements missed, 0 differ where/)
    expect(stdout).toContain('Okta will work with this server')
    expect(stdout).not.toContain('This is a connection of Lockstep')
    const html = readFileSync(dir.path('report.html'), 'utf8')
    expect(html).toMatch(/^<!doctype html>/)
    expect(html).not.toMatch(/\b(src|href)=/)
    // Without scripts, nothing is hidden.
    expect(html).toContain('<body data-only="all"')
    expect(html).toMatch(/\d+ of \d+ cases/)
    expect(readFileSync(dir.path('report.junit'), 'utf8')).toMatch(/<testsuite name="patch" tests="\d+" failures="0"/)
    expect(readFileSync(dir.path('report.badge'), 'utf8')).toMatch(/^<svg .*SCIM 2\.0: conformant, \d+ of \d+ cases/)
    for (const text of [stdout, html]) expect(text).not.toContain(token)
  })

  test('exits with 1 when a MUST fails: request, response, section and likely fix are shown', async () => {
    const { base, token, dir } = await fresh('generic')
    const { code, stdout } = await run([
      'check',
      base,
      '--token',
      token,
      '--only',
      'P-379/none',
      '--html',
      dir.path('report.html'),
    ])
    expect(code).toBe(1)
    expect(stdout).toContain('1 MUST requirement failed')
    expect(stdout).toMatch(
      /This is a connection of Lockstep of the kind generic, which accepts much that the RFCs refuse, for the sake of real clients\. Check the server by a strict connection: .*connection create TENANT --kind strict/,
    )
    expect(readFileSync(dir.path('report.html'), 'utf8')).toContain(
      'This is a connection of Lockstep of the kind generic',
    )
    expect(stdout).toContain('P-379/none')
    expect(stdout).toContain('expected  400 noTarget')
    expect(stdout).toContain('RFC 7644 §3.5.2.3')
    expect(stdout).toContain('likely fix')
    expect(stdout).toMatch(/> PATCH http:\/\/127\.0\.0\.1:\d+\/.*\/Users\//)
    expect(stdout).toContain('> authorization: Bearer ***')
    expect(stdout).toContain('< HTTP 200')
    expect(readFileSync(dir.path('report.html'), 'utf8')).toMatch(/<details class="case must" open>/)
  })

  test('a SHOULD that fails counts only with --strict', async () => {
    const { base, token, dir } = await fresh('generic')
    const only = ['check', base, '--token', token, '--only', 'S-111/form', '--junit', dir.path('report.xml')]
    expect((await run(only)).code).toBe(0)
    expect(readFileSync(dir.path('report.xml'), 'utf8')).toMatch(
      /failures="0"[\s\S]*<system-out>misses a SHOULD; expected 400/,
    )
    expect((await run([...only, '--strict'])).code).toBe(1)
    expect(readFileSync(dir.path('report.xml'), 'utf8')).toMatch(/failures="1"[\s\S]*<failure type="SHOULD"/)
  })

  test('exits with 1 when a requested identity provider will not work', async () => {
    const { base, token } = await fresh()
    const { code, stdout } = await run(['check', base, '--token', token, '--only', 'P-060', '--for', 'entra', '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(stdout).providers).toMatchObject([{ kind: 'entra', works: false }])
  })

  test('a server that uses neither Bearer nor Basic gets a header', async () => {
    const { base, token } = await fresh()
    const { code, stdout } = await run(['check', base, '--header', `Authorization: Bearer ${token}`, '--only', 'P-060'])
    expect(code, stdout).toBe(0)
  })

  test.each([['SIGINT'], ['SIGTERM'], ['SIGHUP']] as const)('stops on %s and leaves nothing behind', async (signal) => {
    const { base, token, client } = await fresh()
    const child = spawn(process.execPath, [MAIN, 'check', base, '--token', token, '--rate', '25'])
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
    const made = async () => (await client.get('/Users')).body.totalResults
    while ((await made()) === 0) await new Promise((resolve) => setTimeout(resolve, 50))
    child.kill(signal)
    expect(await ended).toBe(2)
    expect(await made()).toBe(0)
  })

  test('on a terminal the progress bar reads no keys, so that Ctrl-C still interrupts', async () => {
    const { base, token, client } = await fresh()
    const terminal = 'data:text/javascript,process.stderr.isTTY=true'
    const args = [MAIN, 'check', base, '--token', token, '--rate', '25']
    const child = spawn(process.execPath, ['--import', terminal, ...args])
    let shown = ''
    child.stderr.on('data', (chunk: Buffer) => {
      shown += chunk
    })
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
    while (!/ [1-9]\d* % Checking/.test(shown)) await new Promise((resolve) => setTimeout(resolve, 50))
    child.stdin.on('error', () => undefined).write('\u0003\u001b')
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(child.exitCode).toBeNull()
    child.kill('SIGINT')
    expect(await ended).toBe(2)
    expect(shown).toContain('deleting the resources of the check')
    expect((await client.get('/Users')).body.totalResults).toBe(0)
  })

  test('leftovers of a killed check are reported, and --clean deletes them and nothing else', async () => {
    const { base, token, client } = await fresh()
    await client.makeUser({ userName: 'lockstep-check-abcdef-1@example.com' })
    await client.makeGroup({ displayName: 'lockstep-check-abcdef-2@example.com' })
    await client.makeUser({ userName: 'lockstep-check-er@example.com' })
    await client.makeUser({ userName: 'somebody@example.com' })
    const args = ['check', base, '--token', token, '--only', 'P-060', '--json']
    expect(JSON.parse((await run(args)).stdout).leftovers).toHaveLength(2)
    expect(JSON.parse((await run([...args, '--clean'])).stdout).leftovers).toEqual([])
    expect((await client.get('/Groups')).body.totalResults).toBe(0)
    const names = (await client.get('/Users')).body.Resources.map((user: { userName: string }) => user.userName)
    expect(names.sort()).toEqual(['lockstep-check-er@example.com', 'somebody@example.com'])
  })

  test('no report mentions other people', async () => {
    const { base, token, client } = await fresh('generic')
    await client.makeUser({ userName: 'secret.person@example.com' })
    const { stdout } = await run(['check', base, '--token', token, '--json'])
    expect(stdout).not.toContain('secret.person')
  })

  test('exits with 2 and one line when there is nothing to check', async () => {
    const server = createServer((_request, response) => response.end('<h1>hello</h1>'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    closing.push(() => server.close())
    const { port } = server.address() as { readonly port: number }
    const { base, token } = await fresh()
    for (const [args, message] of [
      [['scim.example.com'], /is not a URL/],
      [['ftp://scim.example.com'], /ftp/],
      [[base.replace('//', '//user:pass@')], /Credentials must not be in the URL/],
      [[base], /refuses the credentials/],
      [[`http://127.0.0.1:${port}`], /no SCIM server at/],
      [['http://127.0.0.1:1'], /does not answer/],
      [
        [`${base}/Users`, '--token', token],
        /no SCIM server at .*\/ServiceProviderConfig was answered 404, .*without \/Users/,
      ],
      [[base, '--token', token, '--only', 'P-999'], /No case is called "P-999"/],
      [[base, '--token', token, '--only', 'patch', '--skip', 'patch'], /No case is left/],
      [[base, '--token', token, '--for', 'novell'], /--for must be okta/],
      [[base, '--token-env', 'NOWHERE'], /The environment variable NOWHERE is not set/],
      [
        [base, '--token', 'top\nsecret'],
        /^lockstep: The authorization header has characters that headers cannot have(?!.*secret)/,
      ],
      [[base, '--html', '/nowhere/report.html'], /\/nowhere\/report.html can't be written/],
      [[base, '--badge', ROOT], /can't be written: it is a folder/],
      [[base, '--header', 'X-Key abc'], /--header must be like/],
    ] as const) {
      const { code, stderr } = await run(['check', ...args])
      expect(stderr).toMatch(message)
      expect(stderr.trim().split('\n')).toHaveLength(1)
      expect(code, stderr).toBe(2)
    }
  })
})
