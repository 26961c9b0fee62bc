import { expect, test } from 'vitest'
import { createDirectory } from '../directory/index.ts'
import { PATCH_OP, STRICT, User } from '../protocol/index.ts'
import { memoryStore } from '../store/memory.ts'
import { bearer } from './principal.ts'
import { createProvider } from './provider.ts'

test('P-452 a PUT of oneself does not undo what an administrator does at the same time', async () => {
  const directory = createDirectory({ store: memoryStore() })
  const context = { tenant: 'acme', actor: 'admin', allow: STRICT }
  const { stored } = await directory.create(context, 'User', { schemas: [User.schema.id], userName: 'ada' })
  const rights = { User: { read: true, write: false } }
  const authenticate = bearer({ own: { tenant: 'acme', actor: 'ada', subject: stored.id, rights } })
  const scim = createProvider({ directory, authenticate })
  const headers = { authorization: 'Bearer own', 'content-type': 'application/scim+json' }
  for (let round = 0; round < 30; round++) {
    const on = { schemas: [PATCH_OP], Operations: [{ op: 'replace', path: 'active', value: true }] }
    await directory.patch(context, 'User', stored.id, on)
    const body = JSON.stringify({ schemas: [User.schema.id], userName: 'ada', active: true, title: `t${round}` })
    const put = scim.fetch(new Request('http://x/scim/v2/Me', { method: 'PUT', headers, body }))
    for (let step = 0; step < round; step++) await Promise.resolve()
    const off = { schemas: [PATCH_OP], Operations: [{ op: 'replace', path: 'active', value: false }] }
    await directory.patch(context, 'User', stored.id, off)
    expect([200, 403, 412]).toContain((await put).status)
    const now = await directory.get({ tenant: 'acme', type: 'User', id: stored.id })
    expect(now?.text).toContain('"active":false')
  }
})
