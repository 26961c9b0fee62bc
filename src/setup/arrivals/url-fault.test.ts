// Tests for what is wrong with a base URL, from the paths that it leads to.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { urlFault } from './url-fault.ts'

const BASE = '/tenants/acme/scim/v2'

test.each([
  ['/scim/v2/Users', { fault: 'url-lacks', lacks: '/tenants/acme', got: '/scim/v2' }],
  ['/scim/v2', { fault: 'url-lacks', lacks: '/tenants/acme', got: '/scim/v2' }],
  ['/tenants/acme/Users', { fault: 'url-lacks', lacks: '/scim/v2', got: '/tenants/acme' }],
  ['/tenants/acme/scim/Users/1', { fault: 'url-lacks', lacks: '/v2', got: '/tenants/acme/scim' }],
  ['/Users', { fault: 'url-lacks', lacks: BASE, got: '/' }],
  ['/', { fault: 'url-lacks', lacks: BASE, got: '/' }],
  [`${BASE}/scim/v2/Users`, { fault: 'url-extra', extra: '/scim/v2' }],
  [`${BASE}/Users`, undefined],
  [BASE, undefined],
  ['/tenants/globex/scim/v2/Users', { fault: 'url-other', got: '/tenants/globex/scim/v2' }],
  ['/api/users', { fault: 'url-other', got: '/api' }],
])('%s', (path, fault) => {
  expect(urlFault(BASE, path)).toEqual(fault)
})

test('a tenant may be called like an endpoint', () => {
  expect(urlFault('/tenants/users/scim/v2', '/tenants/users/scim/v2/Users')).toBeUndefined()
  expect(urlFault('/tenants/users/scim/v2', '/scim/v2/Users')).toMatchObject({ lacks: '/tenants/users' })
})

test('what lies below the base URL is right, whatever it is; what lacks pieces says which', () => {
  const segments = BASE.slice(1).split('/')
  const endpoint = fc.constantFrom('/Users', '/Groups/1', '/ServiceProviderConfig', '/Schemas', '/Users/.search')
  fc.assert(
    fc.property(fc.subarray(segments), endpoint, (kept, end) => {
      const fault = urlFault(BASE, `${kept.map((one) => `/${one}`).join('')}${end}`)
      if (kept.length === segments.length) {
        expect(fault).toBeUndefined()
        return
      }
      expect(fault).toMatchObject({ fault: 'url-lacks' })
      const lacks = fault?.fault === 'url-lacks' ? fault.lacks.slice(1).split('/') : []
      expect([...lacks, ...kept].sort()).toEqual([...segments].sort())
    }),
  )
})
