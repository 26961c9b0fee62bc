// The default maps of all profiles can be carried out, and have everything that an app requires.

import { expect, test } from 'vitest'
import { SCIM_KIND } from '../../src/hub/adapters/scim/scim-kind.ts'
import { compileMaps } from '../../src/hub/map/app-maps.ts'
import { lintApp } from '../../src/hub/map/lint-map.ts'
import { EnterpriseUser, Group, User } from '../../src/protocol/index.ts'
import { APPS } from '../../src/quirks/index.ts'

test.each(Object.keys(APPS))('%s', (profile) => {
  const options = { url: 'https://app.example/scim/v2', profile }
  const settings = { options, scope: { users: {}, groups: {} }, grants: [] }
  const types = [User, Group]
  expect(lintApp(settings, SCIM_KIND, types).filter(({ level }) => level === 'error')).toEqual([])
  const maps = compileMaps(settings, SCIM_KIND, types)
  const ada = {
    id: 'u1',
    userName: 'ada',
    active: true,
    displayName: 'Ada',
    name: { givenName: 'Ada', familyName: 'King' },
    emails: [{ value: 'ada@example.com', type: 'work', primary: true }],
    [EnterpriseUser.id]: { department: 'Maths', manager: { value: 'u2' } },
  }
  const around = { memberOf: new Set<string>(), accountOf: (id: string) => `account-${id}` }
  const { document, waitsFor } = maps.User.map(ada, around, 'create')
  expect(document).toMatchObject({ active: true, userName: expect.stringContaining('ada') })
  expect(waitsFor).toEqual([])
  // Onto itself, nothing changes.
  expect(maps.User.map(ada, { ...around, account: document }, 'update').document).toEqual(document)
})
