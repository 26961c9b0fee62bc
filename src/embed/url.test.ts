// Tests where requests lead by the option `url`, and what it refuses.

import { array, assert, constantFrom, property, record, string, stringMatching } from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Target } from '../call.ts'
import { isTenant, readUrl } from './url.ts'

function locate(
  url: string,
  path: string,
  given: Partial<Target> & { readonly headers?: Record<string, string>; trustProxy?: boolean } = {},
) {
  const { headers = {}, trustProxy = false, ...rest } = given
  const target: Target = { path, scheme: 'http', host: 'inner:3000', header: (name) => headers[name], ...rest }
  const found = readUrl(url, { trustProxy, endpoints: ['/Devices'] }).locate(target)
  if (!('status' in found)) return `${found.tenant ?? '-'} ${found.base} ${found.path}`
  return `${found.status} ${JSON.parse(String(found.body)).detail}`
}

test.each([
  ['https://app.example/scim/v2', '/scim/v2/Users', '- https://app.example/scim/v2 /Users'],
  ['https://app.example/scim/v2/', '/scim/v2/Users', '- https://app.example/scim/v2 /Users'],
  ['https://app.example//scim//v2', '/scim/v2/Users', '- https://app.example/scim/v2 /Users'],
  ['https://app.example', '/Users', '- https://app.example /Users'],
  ['https://app.example:8443/scim/v2', '/scim/v2', '- https://app.example:8443/scim/v2 /'],
  ['/scim/v2', '/scim/v2/Users', '- http://inner:3000/scim/v2 /Users'],
  ['/', '/Users', '- http://inner:3000 /Users'],
  ['https://app.example/t/:tenant/scim/v2', '/t/acme/scim/v2/Users', 'acme https://app.example/t/acme/scim/v2 /Users'],
  ['https://app.example/t/:tenant', '/t/acme/Users', 'acme https://app.example/t/acme /Users'],
  ['https://app.example/t/:tenant', '/t/acme', 'acme https://app.example/t/acme /'],
  ['/:tenant/scim/v2', '/org_2abc/scim/v2/Users/7', 'org_2abc http://inner:3000/org_2abc/scim/v2 /Users/7'],
  ['/t/:tenant/scim/v2', '/t/%61cme/scim/v2/Users', 'acme http://inner:3000/t/acme/scim/v2 /Users'],
  ['/t/:tenant/scim/v2', '/t/a%20b/scim/v2/Users', 'a b http://inner:3000/t/a%20b/scim/v2 /Users'],
])('%s: %s leads to %s', (url, path, to) => {
  expect(locate(url, path)).toBe(to)
})

test.each([
  ['/t/acme/scim/v2//Users', '/Users', 'a base URL that was pasted with its slash'],
  ['//t/acme/scim/v2/Users', '/Users', 'a slash too many before it'],
  ['/t//acme/scim//v2/Users', '/Users', 'slashes too many within it'],
  ['/t/acme/scim/Users', '/Users', 'without its version (RFC 7644 §3.13)'],
  ['/t/acme/scim/v9/Users', '/v9/Users', 'another version, which the route refuses by name'],
  ['/acme/scim/v2/Users', '/Users', 'a framework has cut off its beginning'],
])('%s leads to %s: %s', (path, to) => {
  expect(locate('https://app.example/t/:tenant/scim/v2', path)).toBe(`acme https://app.example/t/acme/scim/v2 ${to}`)
})

test.each([
  ['/api/scim/v2/Users', '/Users'],
  ['/scim/v2/Users', '/Users'],
  ['/v2/Users', '/Users'],
  ['/Users', '/Users'],
  ['/Devices/7', '/Devices/7'],
  ['/ServiceProviderConfig', '/ServiceProviderConfig'],
])('where a framework cuts off the beginning of /app/api/scim/v2, %s leads to %s', (path, to) => {
  expect(locate('https://app.example/app/api/scim/v2', path)).toBe(`- https://app.example/app/api/scim/v2 ${to}`)
})

describe('a sub-domain', () => {
  const url = 'https://:tenant.app.example/scim/v2'
  test.each([
    ['acme.app.example', 'acme https://acme.app.example/scim/v2 /Users'],
    ['ACME.app.example', 'acme https://acme.app.example/scim/v2 /Users'],
    ['acme.app.example:3000', 'acme https://acme.app.example/scim/v2 /Users'],
  ])('%s', (host, to) => {
    expect(locate(url, '/scim/v2/Users', { host })).toBe(to)
  })

  test.each([
    'app.example',
    '.app.example',
    'a.b.app.example',
    'acme.other.example',
    'acme_.app.example',
    '-a.app.example',
    'xapp.example',
  ])('%s names no tenant, and the answer says so', (host) => {
    expect(locate(url, '/scim/v2/Users', { host })).toMatch(
      /^404 The host .* names no tenant: the option url is https:\/\/:tenant\.app\.example/,
    )
  })

  test('in the middle, with a port', () => {
    const host = 'scim.acme.app.localhost:3000'
    const found = locate('http://scim.:tenant.app.localhost:3000', '/Users', { host })
    expect(found).toBe('acme http://scim.acme.app.localhost:3000 /Users')
  })

  test('behind a proxy that says which host was asked for', () => {
    const headers = { 'x-forwarded-host': 'acme.app.example' }
    expect(locate(url, '/scim/v2/Users', { headers })).toMatch(/^404 The host inner:3000 names no tenant.*trustProxy/)
    expect(locate(url, '/scim/v2/Users', { headers, trustProxy: true })).toMatch(/^acme /)
  })
})

describe('a path alone', () => {
  const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example, app.example' }
  test('believes X-Forwarded headers only when it is told to', () => {
    expect(locate('/scim/v2', '/scim/v2/Users', { headers })).toBe('- http://inner:3000/scim/v2 /Users')
    expect(locate('/scim/v2', '/scim/v2/Users', { headers, trustProxy: true })).toBe(
      '- https://app.example/scim/v2 /Users',
    )
  })

  test('a forwarded host that is none is not taken', () => {
    const bad = { 'x-forwarded-host': 'evil/"><script>' }
    expect(locate('/scim/v2', '/scim/v2/Users', { headers: bad, trustProxy: true })).toBe(
      '- http://inner:3000/scim/v2 /Users',
    )
  })
})

test.each([
  [
    '/scim/v2',
    '/api/Users',
    undefined,
    /no SCIM at \/api\/Users: the option url is \/scim\/v2, so it answers below \/scim\/v2; change url/,
  ],
  ['/scim/v2', '/api/Users', '/api', /answers below \/scim\/v2 and it is mounted at \/api; change url/],
  ['/t/:tenant/scim/v2', '/scim/v2/Users', undefined, /no SCIM at \/scim\/v2\/Users.*below \/t\/:tenant\/scim\/v2/],
  ['/t/:tenant/scim/v2', '/t/%E0/scim/v2/Users', undefined, /no SCIM at/],
  ['/t/:tenant/scim/v2', '/t/../scim/v2/Users', undefined, /no SCIM at/],
  ['/t/:tenant/scim/v2', '/t/a%2Fb/scim/v2/Users', undefined, /no SCIM at/],
  ['https://app.example', '/scimmers', undefined, /^- /],
])('%s: %s mounted at %s is answered in words', (url, path, mount, words) => {
  expect(locate(url, path, { mount })).toMatch(words)
})

test.each([
  ['/scim/v2', '/scim/v2/Users', 'SCIM'],
  ['/scim/v2', '/scim/Users', 'SCIM'],
  ['/scim/v2', '//scim/v2//Users', 'SCIM'],
  ['/scim/v2', '/scim/settings', 'the app'],
  ['/scim/v2', '/Users', 'the app'],
  ['/scim/v2', '/v2/Users', 'the app'],
  ['/v2', '/anything', 'the app'],
  ['/v2', '/Users', 'the app'],
  ['/v2', '/v2/Users', 'SCIM'],
  ['/api/scim/v2', '/scim/v2/Users', 'SCIM'],
  ['/t/:tenant/scim/v2', '/acme/scim/v2/Users', 'SCIM'],
  ['/t/:tenant/scim/v2', '/t/acme/scim/settings', 'the app'],
  ['/t/:tenant/scim/v2', '/t/acme/settings', 'the app'],
  ['/t/:tenant/scim/v2', '/docs/scim/intro', 'the app'],
  ['/t/:tenant/scim/v2', '/docs/scim', 'the app'],
  ['/t/:tenant/v2', '/acme/v2/Users', 'the app'],
  ['/t/:tenant/v2', '/t/acme/settings', 'the app'],
])('%s beside an app: %s is for %s', (url, path, whose) => {
  expect(locate(url, path, { shared: true }).startsWith('404') ? 'the app' : 'SCIM').toBe(whose)
})

test.each([
  ['', /absolute http or https URL/],
  ['app.example', /absolute http or https URL/],
  ['scim/v2', /absolute http or https URL/],
  ['ftp://app.example/scim', /absolute http or https URL/],
  ['https://user:secret@app.example/scim', /without credentials/],
  ['https://app.example/scim?x=1', /without credentials, query or fragment/],
  ['https://app.example/scim#x', /query or fragment/],
  ['https://app.example/t/:tenantId/scim', /the parameter :tenantId; the only one that there is is called :tenant/],
  ['https://app.example/:org/:tenant', /the parameter :org/],
  ['https://:tenant.app.example/:tenant', /:tenant only once/],
  ['https://app.example/t/x:tenant/scim', /a whole segment of the path/],
  ['https://app.example/t/:tenant.x/scim', /a whole segment of the path/],
  ['https://x-:tenant.app.example', /a whole part of the host/],
  ['https://:tenant/scim', /must not be the whole host/],
  ['https://app.example/t/{tenant}/scim', /write the place of the tenant as :tenant/],
  ['https://app.example/t/[tenant]/scim', /write the place of the tenant as :tenant/],
  ['https://*.app.example/scim', /write the place of the tenant as :tenant/],
  [7 as unknown as string, /must be a text/],
])('%j is refused in words', (url, words) => {
  expect(() => readUrl(url, { trustProxy: false })).toThrow(words)
  expect(() => readUrl(url, { trustProxy: false })).not.toThrow('secret')
})

const segment = stringMatching(/^[a-z][a-z0-9-]{0,7}$/)
const endpoint = constantFrom('/Users', '/Users/7', '/Groups/a%20b', '/', '/Schemas/urn:x:y', '/.search')
const tenantName = string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter(isTenant)

test('every tenant of any name is found again, at the base that it is told', () => {
  assert(
    property(
      record({
        before: array(segment, { maxLength: 3 }),
        after: array(segment, { maxLength: 3 }),
        tenant: tenantName,
        endpoint,
      }),
      ({ before, after, tenant, endpoint: rest }) => {
        const path = ['', ...before, ':tenant', ...after].join('/')
        const url = readUrl(`https://app.example${path}`, { trustProxy: false })
        const base = url.base(tenant)
        const sent = new URL(`${base}${rest === '/' ? '' : rest}`)
        const found = url.locate({ path: sent.pathname, scheme: 'http', host: 'x', header: () => undefined })
        expect(found).toEqual({ path: rest, base, tenant, remote: undefined })
      },
    ),
  )
})

test('a request never leads to a tenant that its path or host does not spell out', () => {
  const piece = constantFrom('t', 'acme', 'scim', 'v2', 'v9', 'Users', '', '.', '..', '%2F', '%61cme', '%', 'x')
  assert(
    property(array(piece, { maxLength: 8 }), (pieces) => {
      const path = `/${pieces.join('/')}`
      const found = readUrl('/t/:tenant/scim/v2', { trustProxy: false }).locate({
        path,
        scheme: 'http',
        host: 'x',
        header: () => undefined,
      })
      if ('status' in found) {
        expect(found.status).toBe(404)
        return
      }
      const { tenant = '' } = found
      expect(pieces.map((one) => (one.startsWith('%6') ? 'acme' : one))).toContain(tenant)
      expect(found.base).toBe(`http://x/t/${encodeURIComponent(tenant)}/scim/v2`)
      expect(found.path.startsWith('/')).toBe(true)
    }),
  )
})
