// How the built console is served: what is kept where for how long, and what is never reached.

import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildConsole } from '../../scripts/console.ts'
import { type Serving, serve } from '../serve.ts'

let serving: Serving
beforeAll(async () => {
  buildConsole()
  serving = await serve()
})
afterAll(() => serving.close())

const HTML = { Accept: 'text/html' }

async function script(url = serving.url): Promise<string> {
  const html = await (await fetch(`${url}/console`, { headers: HTML })).text()
  return /src="([^"]+)"/.exec(html)?.[1] ?? ''
}

describe('the console', () => {
  test('pages are asked for anew each time, and answered in short when they are the same', async () => {
    for (const path of ['/console', '/console/', '/console/t/acme/people', '/setup']) {
      const page = await fetch(serving.url + path, { headers: HTML })
      expect(page.status, path).toBe(200)
      expect(page.headers.get('cache-control')).toBe('no-cache')
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(page.headers.get('content-security-policy')).not.toContain('unsafe')
      const tag = page.headers.get('etag') ?? ''
      const again = await fetch(serving.url + path, { headers: { ...HTML, 'If-None-Match': `W/${tag}` } })
      expect(again.status, path).toBe(304)
    }
  })

  test('files are kept for ever, and come compressed as the browser takes them', async () => {
    const path = await script()
    expect(path).toMatch(/^\/console\/assets\/index-[\w-]+\.js$/)
    const lengths = await Promise.all(
      [
        ['identity', undefined],
        ['gzip', 'gzip'],
        ['gzip, deflate, br', 'br'],
      ].map(async ([accepted = '', encoding]) => {
        const file = await raw(path, { 'Accept-Encoding': accepted })
        expect(file.headers['cache-control']).toBe('public, max-age=31536000, immutable')
        expect(file.headers['content-type']).toBe('text/javascript; charset=utf-8')
        expect(file.headers['content-encoding']).toBe(encoding)
        return Number(file.headers['content-length'])
      }),
    )
    expect(lengths).toEqual([...lengths].sort((a, b) => b - a))
  })

  test('what is no page and no file is not there, and no address reaches the disk', async () => {
    for (const path of [
      '/console/assets/../../../package.json',
      '/console/assets/%2e%2e/%2e%2e/package.json',
      '/console/assets/..%2findex.html',
      '/console/assets/nothing.js',
      '/console/assets/',
      '/console/nothing.js',
      '/setup/nothing',
    ]) {
      expect((await raw(path)).status, path).toBe(404)
    }
    expect((await raw('/console', {}, 'POST')).status).toBe(405)
  })

  test('what browsers report of the policy is counted, and shown to owners', async () => {
    const page = await fetch(`${serving.url}/console`, { headers: HTML })
    expect(page.headers.get('content-security-policy')).toMatch(/report-uri \/console\/policy; report-to policy$/)
    const send = (body: string) => fetch(`${serving.url}/console/policy`, { method: 'POST', body })
    const report = { effectiveDirective: 'script-src-elem', blockedURL: 'inline' }
    expect((await send(JSON.stringify([{ type: 'csp-violation', body: report }]))).status).toBe(204)
    expect((await send('{')).status).toBe(204)
    expect((await send('x'.repeat(20_000))).status).toBe(413)
    expect((await fetch(`${serving.url}/console/policy`)).status).toBe(405)
    const { token } = await serving.tenancy.adminTokens.create({ role: 'owner' })
    const system = await fetch(`${serving.url}/admin/v1/system`, { headers: { authorization: `Bearer ${token}` } })
    expect(((await system.json()) as { readonly policy: object }).policy).toEqual({
      count: 1,
      violations: [{ directive: 'script-src-elem', blocked: 'inline', count: 1, last: expect.stringMatching(/Z$/) }],
    })
  })

  test('behind a proxy that adds a path, pages name their files with it', async () => {
    const behind = await serve({ flags: { publicUrl: 'https://example.com/scim' } })
    const page = await fetch(`http://127.0.0.1:${behind.port}/console`, { headers: HTML })
    expect(await page.text()).toContain('src="/scim/console/assets/index-')
    expect(page.headers.get('strict-transport-security')).not.toBeNull()
    expect(page.headers.get('reporting-endpoints')).toBe('policy="/scim/console/policy"')
    await behind.close()
  })

  test('switched off, there is nothing', async () => {
    const off = await serve({ flags: { console: 'off' } })
    for (const path of ['/console', '/console/', '/setup']) expect((await fetch(off.url + path)).status, path).toBe(404)
    await off.close()
  })
})

/** A request whose path is sent as it is, without being tidied up. */
function raw(path: string, headers: { readonly [name: string]: string } = {}, method = 'GET') {
  return new Promise<{ readonly status: number; readonly headers: NodeJS.Dict<string | string[]> }>(
    (resolve, reject) => {
      const { hostname, port } = new URL(serving.url)
      const sent = request({ hostname, port, path, method, headers }, (response) => {
        response.resume()
        resolve({ status: response.statusCode ?? 0, headers: response.headers })
      })
      sent.once('error', reject)
      sent.end()
    },
  )
}
