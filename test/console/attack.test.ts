// Pages of other sites, in a real browser in which somebody is signed in: nothing is done, nothing is read.

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Serving, serve } from '../serve.ts'
import { hasBrowser, theBrowser } from './open-console.ts'

describe.runIf(hasBrowser)('a page of another site', () => {
  let serving: Serving
  let evil: Server
  let context: BrowserContext
  beforeAll(async () => {
    serving = await serve()
    evil = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.end('<!doctype html><title>evil</title><iframe name="sink"></iframe>')
    })
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve))
    context = await (await theBrowser()).newContext()
    const { token } = await serving.tenancy.adminTokens.create({ role: 'owner' })
    const headers = { 'X-Lockstep': '1', Origin: serving.url }
    const answer = await context.request.post(`${serving.url}/admin/v1/session`, { data: { token }, headers })
    expect(answer.status()).toBe(201)
  })
  afterAll(async () => {
    await context?.close()
    evil?.close()
    await serving?.close()
  })

  // Cookies have no port, so the second is a site of ours as far as SameSite goes: what holds there is asked of the request itself.
  test.each(['localhost', '127.0.0.1'])('at %s makes, reads, frames and signs out nothing', async (host) => {
    const page = await context.newPage()
    const { port } = evil.address() as AddressInfo
    await page.goto(`http://${host}:${port}/`)
    const tried = await page.evaluate(async (target) => {
      const body = JSON.stringify({ name: 'evil' })
      const said: string[] = []
      const ask = async (what: string, path: string, init: RequestInit) => {
        try {
          const response = await fetch(`${target}${path}`, { credentials: 'include', ...init })
          said.push(`${what}: ${response.type === 'opaque' ? 'opaque' : await response.text()}`)
        } catch {
          said.push(`${what}: blocked`)
        }
      }
      await ask('simple', '/admin/v1/tenants', { method: 'POST', mode: 'no-cors', body })
      await ask('with a header', '/admin/v1/tenants', {
        method: 'POST',
        headers: { 'x-lockstep': '1', 'content-type': 'application/json' },
        body,
      })
      await ask('read', '/admin/v1/tenants', {})
      await ask('read opaque', '/admin/v1/tenants', { mode: 'no-cors' })
      await ask('sign out', '/admin/v1/session', { method: 'DELETE' })
      const form = document.createElement('form')
      form.method = 'post'
      form.enctype = 'text/plain'
      form.action = `${target}/admin/v1/tenants`
      form.target = 'sink'
      const field = document.createElement('input')
      field.name = '{"name":"evil","x":"'
      field.value = '"}'
      form.append(field)
      document.body.append(form)
      form.submit()
      const loads = (tag: 'img' | 'script', path: string) =>
        new Promise<void>((resolve) => {
          const element = document.createElement(tag)
          element.onload = () => {
            said.push(`${tag}: loaded`)
            resolve()
          }
          element.onerror = () => resolve()
          element.src = `${target}${path}`
          document.body.append(element)
        })
      await loads('img', '/admin/v1/tenants')
      await loads('script', '/admin/v1/tenants')
      const frame = document.createElement('iframe')
      frame.src = `${target}/console/`
      await new Promise((resolve) => {
        frame.onload = resolve
        document.body.append(frame)
      })
      return said
    }, serving.url)
    expect(tried.filter((line) => !/: (?:blocked|opaque)$/.test(line))).toEqual([])
    // Chromium shows an error in place of a page that may not be framed.
    expect(
      page.frames().filter((frame) => frame.url().startsWith(serving.url) && frame.url().includes('/console')),
    ).toEqual([])
    await expect(serving.tenancy.tenants.show('evil')).rejects.toThrow('evil')
    const own = await context.request.get(`${serving.url}/admin/v1/session`)
    expect(own.status()).toBe(200)
    await page.close()
  })

  test('finds no cookie that scripts could read, and no page of the console is open to its window', async () => {
    const page = await context.newPage()
    await page.goto(`${serving.url}/console/`)
    expect(await page.evaluate(() => document.cookie)).toBe('')
    const { port } = evil.address() as AddressInfo
    await page.goto(`http://localhost:${port}/`)
    const [opened] = await Promise.all([
      context.waitForEvent('page'),
      page.evaluate((url) => void window.open(url, 'console'), `${serving.url}/console/`),
    ])
    await opened.waitForLoadState()
    expect(await opened.evaluate(() => window.opener)).toBe(null)
    await opened.close()
    await page.close()
  })
})
