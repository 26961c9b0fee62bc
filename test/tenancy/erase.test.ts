// Erasing a person removes every value from the log and the files.

import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/protocol/index.ts'
import { profileOf } from '../../src/quirks/index.ts'
import type { ExportRow } from '../../src/store/index.ts'
import { onPostgres } from '../database-under-test.ts'
import { type Process, site } from './processes.ts'

// A person who is erased is in no log line, no row, no index, no export and, where the files are ours, in no byte of them.

const BOSS = 'urn:example:scim:schemas:extension:boss:1.0:User'
const MANAGER = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const context = { tenant: 'acme', actor: 'test', allow: profileOf('generic').allow }

/** Everything of the person that is nowhere else. */
const SECRETS = [
  'zqxada',
  'Zqxlovelace',
  'zqx-external',
  'zqx-mail',
  'zqx-old-mail',
  'Zqxnick',
  'Zqx Display',
  'zqx-title',
]
const person = (mail: string): JsonObject => ({
  schemas: [],
  userName: 'zqxada',
  externalId: 'zqx-external',
  displayName: 'Zqx Display',
  nickName: 'Zqxnick',
  name: { givenName: 'Ada', familyName: 'Zqxlovelace' },
  emails: [{ value: `${mail}@example.com`, display: 'Zqx Display' }],
  title: 'zqx-title',
  password: 'zqx-password-1',
})

async function filled(): Promise<{
  readonly process: Process
  readonly dump: () => Promise<string>
  readonly id: string
}> {
  const at = await site()
  const process = await at.process()
  const { tenancy, directory } = process
  await tenancy.tenants.create('acme')
  const options = { usage: directory, actor: 'test' }
  const shown = { name: 'display', type: 'string' }
  const ref = { name: '$ref', type: 'reference', referenceTypes: ['User'] }
  const boss = (name: string, multiValued: boolean) => ({
    name,
    type: 'complex',
    multiValued,
    subAttributes: [{ name: 'value' }, ref, shown],
  })
  // A reference that has no value, only an address.
  const twin = { name: 'twin', type: 'complex', subAttributes: [ref, shown] }
  const schema = { id: BOSS, name: 'Boss', attributes: [boss('boss', false), boss('friends', true), twin] }
  await tenancy.schemas.put('acme', schema, { ...options, extend: ['User'] })
  await tenancy.ready('acme')
  // Others before and after, so that pages fill up, split and move.
  const others = async (from: number) => {
    for (let n = from; n < from + 120; n++) {
      await directory.create(context, 'User', { schemas: [], userName: `other${n}`, title: `Title ${n}` })
    }
  }
  await others(0)
  const { stored } = await directory.create(context, 'User', person('zqx-old-mail'))
  const { id } = stored
  await others(200)
  await directory.replace(context, 'User', id, person('zqx-mail'))
  const report = await directory.create(context, 'User', {
    schemas: [],
    userName: 'report',
    [MANAGER]: { manager: { value: id, displayName: 'Zqx Display' } },
    [BOSS]: { boss: { value: id, display: 'Zqx Display' }, friends: [{ value: id, display: 'Zqx Display' }] },
  })
  const display = { op: 'replace', path: `${BOSS}:boss.display`, value: 'Zqx Display II' }
  await directory.patch(context, 'User', report.stored.id, { schemas: [], Operations: [display] })
  const linked = await directory.create(context, 'User', {
    schemas: [],
    userName: 'linked',
    [BOSS]: { twin: { $ref: `../Users/${id}`, display: 'Zqx Display' } },
  })
  await directory.remove(context, 'User', linked.stored.id)
  await directory.create(context, 'Group', { schemas: [], displayName: 'Team', members: [{ value: id }] })
  return { process, dump: at.place.dump, id }
}

async function exported({ store }: Process): Promise<string> {
  const rows: ExportRow[] = []
  for await (const chunk of store.exportTenant('acme')) rows.push(...chunk)
  return JSON.stringify(rows)
}

test('a person who is there is not erased', async () => {
  const { process, id } = await filled()
  const ref = { tenant: 'acme', type: 'User', id }
  await expect(process.directory.erase(ref, 'admin')).rejects.toMatchObject({ status: 409 })
  await expect(process.directory.erase({ ...ref, id: 'nobody' }, 'admin')).rejects.toMatchObject({ status: 404 })
  expect(await exported(process)).toContain('zqxada')
})

test('a deleted person is erased to the last byte, and the log says by whom', async () => {
  const { process, dump, id } = await filled()
  const { directory, store } = process
  const before = await store.changes('acme', 0, 1_000)
  await directory.remove(context, 'User', id)
  const kept = await exported(process)
  for (const secret of SECRETS) expect(kept.toLowerCase(), secret).toContain(secret.toLowerCase())
  expect(
    await directory.findDeleted('acme', directory.catalog('acme').types[0] as never, 'userName', 'ZQXADA'),
  ).toEqual([id])
  const erased = await directory.erase({ tenant: 'acme', type: 'User', id }, 'admin:ada')
  expect(erased.lines).toBeGreaterThan(3)
  const after = await exported(process)
  const files = await dump()
  for (const secret of SECRETS) {
    expect(after.toLowerCase(), secret).not.toContain(secret.toLowerCase())
    expect(files.toLowerCase().includes(secret.toLowerCase()), secret).toBe(false)
  }
  const lines = await store.changes('acme', 0, 1_000)
  expect(lines.at(-1)).toMatchObject({
    op: 'note',
    type: 'User',
    id,
    actor: 'admin:ada',
    paths: [{ new: 'erased' }, {}],
  })
  // Which lines there are, when, by whom and of what, is as it was.
  const shape = ({ paths, ...line }: (typeof lines)[number]) => ({ ...line, paths: paths.map(({ path }) => path) })
  expect(lines.slice(0, before.length).map(shape)).toEqual(before.map(shape))
  // Values of others stay.
  expect(JSON.stringify(lines)).toContain('Title 119')
  const again = await directory.erase({ tenant: 'acme', type: 'User', id }, 'admin:ada')
  expect(again.lines).toBe(0)
})

test.runIf(!onPostgres)('what was deleted long before is in no free page either', async () => {
  const { process, dump, id } = await filled()
  const { directory, store } = process
  await directory.remove(context, 'User', id)
  // Most of the others go too, so that pages become free and are merged.
  for (const { id: other, op } of await store.changes('acme', 0, 1_000)) {
    if (op === 'create' && Number.parseInt(other.at(-1) ?? '0', 16) > 2) {
      await directory.remove(context, 'User', other).catch(() => undefined)
    }
  }
  await directory.erase({ tenant: 'acme', type: 'User', id }, 'admin')
  const files = (await dump()).toLowerCase()
  for (const secret of SECRETS) expect(files.includes(secret.toLowerCase()), secret).toBe(false)
})
