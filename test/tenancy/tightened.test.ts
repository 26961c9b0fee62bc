// Tightening a schema keeps, converts or reports existing values.

import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/protocol/index.ts'
import { profileOf } from '../../src/quirks/index.ts'
import { type Process, site } from './processes.ts'

// A schema that becomes stricter looks at the values: those that keep to it stay.

const URN = 'urn:example:scim:schemas:extension:badge:1.0:User'
const context = { tenant: 'acme', actor: 'test', allow: profileOf('generic').allow }

async function filled(values: readonly JsonObject[], attributes: readonly JsonObject[]): Promise<Process> {
  const process = await (await site()).process()
  const { tenancy, directory } = process
  await tenancy.tenants.create('acme')
  await put(process, attributes, false)
  await tenancy.ready('acme')
  for (const [at, badge] of values.entries()) {
    await directory.create(context, 'User', { schemas: [], userName: `user${at}`, [URN]: badge })
  }
  return process
}

function put({ tenancy, directory }: Process, attributes: readonly JsonObject[], force: boolean) {
  const schema = { id: URN, name: 'Badge', attributes: [...attributes] }
  return tenancy.schemas.put('acme', schema, { usage: directory, actor: 'test', extend: ['User'], force })
}

async function badges({ store }: Process): Promise<readonly unknown[]> {
  const found: [string, unknown][] = []
  for await (const chunk of store.exportTenant('acme')) {
    for (const row of chunk) {
      if (row.row !== 'resource') continue
      const document = JSON.parse(row.text)
      found.push([document.userName, document[URN]])
    }
  }
  return found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, badge]) => badge)
}

test('what keeps to the stricter schema needs no force, and is converted where its form is another', async () => {
  const list = { name: 'doors', multiValued: true }
  const process = await filled([{ code: '7', doors: ['a'] }, { code: '10' }], [{ name: 'code' }, list])
  await put(process, [{ name: 'code', type: 'integer', uniqueness: 'server' }, { name: 'doors' }], false)
  expect(await badges(process)).toEqual([{ code: 7, doors: 'a' }, { code: 10 }])
})

test('only true duplicates are in the way of uniqueness, and of them the first one keeps its value', async () => {
  const process = await filled([{ code: 'A1' }, { code: 'A2' }, { code: 'a1' }, { code: 'A3' }], [{ name: 'code' }])
  const unique = [{ name: 'code', uniqueness: 'server' }]
  await expect(put(process, unique, false)).rejects.toMatchObject({ code: 'ERR_IN_USE', count: 1 })
  expect(await badges(process)).toHaveLength(4)
  await put(process, unique, true)
  expect(await badges(process)).toEqual([{ code: 'A1' }, { code: 'A2' }, undefined, { code: 'A3' }])
})

test('with force only what does not fit goes', async () => {
  const process = await filled(
    [{ code: '7' }, { code: 'seven', other: 'x' }, { code: '8' }],
    [{ name: 'code' }, { name: 'other' }],
  )
  const numbers = [{ name: 'code', type: 'integer' }, { name: 'other' }]
  await expect(put(process, numbers, false)).rejects.toMatchObject({ code: 'ERR_IN_USE', count: 1 })
  await put(process, numbers, true)
  expect(await badges(process)).toEqual([{ code: 7 }, { other: 'x' }, { code: 8 }])
})
