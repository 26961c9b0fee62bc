// /Me as the user that a token acts for.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { bearer } from '../access/index.ts'
import { createDirectory } from '../directory/index.ts'
import { PATCH_OP, STRICT, User } from '../protocol/index.ts'
import { sqliteStore } from '../store/sqlite/sqlite.ts'
import { createProvider } from './provider.ts'

test('P-452 a PUT of oneself does not undo a switching off that comes between its check and its write', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-'))
  // Two processes, so that nothing but the version keeps them apart.
  const stores = [sqliteStore(join(folder, 'test.db')), sqliteStore(join(folder, 'test.db'))] as const
  const [directory, administrator] = [createDirectory({ store: stores[0] }), createDirectory({ store: stores[1] })]
  const context = { tenant: 'acme', actor: 'admin', allow: STRICT }
  const { stored } = await directory.create(context, 'User', { schemas: [User.schema.id], userName: 'ada' })
  const rights = { User: { read: true, write: false } }
  const authenticate = bearer({ own: { tenant: 'acme', actor: 'ada', subject: stored.id, rights } })
  const scim = createProvider({ directory, authenticate })
  const headers = { authorization: 'Bearer own', 'content-type': 'application/scim+json' }
  const set = (value: boolean) =>
    administrator.patch(context, 'User', stored.id, {
      schemas: [PATCH_OP],
      Operations: [{ op: 'replace', path: 'active', value }],
    })
  for (let round = 0; round < 10; round++) {
    await set(true)
    const put = { schemas: [User.schema.id], userName: 'ada', active: true, title: `t${round}`, password: 'a new one' }
    // Hashing the password takes its time.
    const answer = scim.fetch(new Request('http://x/scim/v2/Me', { method: 'PUT', headers, body: JSON.stringify(put) }))
    await wait(round * 4)
    await set(false)
    expect([200, 403, 412]).toContain((await answer).status)
    const now = await administrator.get({ tenant: 'acme', type: 'User', id: stored.id })
    expect(now?.text).toContain('"active":false')
  }
  await Promise.all(stores.map((store) => store.close()))
  rmSync(folder, { recursive: true, force: true })
})
