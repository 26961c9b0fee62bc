// Tests that what is a tenant's own is read as of one moment, although others change it.

import { expect, test } from 'vitest'
import type { Json } from '../protocol/index.ts'
import type { Store, Write } from '../store/index.ts'
import { sqliteStore } from '../store/sqlite/sqlite.ts'
import { buildModel, RECORDS, readOwn } from './model.ts'
import { createTenancy } from './tenancy.ts'

const BADGE = 'urn:example:scim:schemas:extension:badge:1.0:User'

test('a type that goes with its schema while both are read is not left without it', async () => {
  const store = sqliteStore(':memory:')
  const tenancy = createTenancy({ store })
  try {
    await tenancy.tenants.create('acme')
    const record = (kind: string, key: string, value: Json | undefined): Write => ({
      write: 'record',
      record: { tenant: 'acme', kind, key },
      value,
    })
    const schema = { id: BADGE, name: 'Badge', attributes: [{ name: 'code', type: 'string' }] }
    const type = {
      name: 'User',
      endpoint: '/Users',
      schema: 'urn:ietf:params:scim:schemas:core:2.0:User',
      schemaExtensions: [{ schema: BADGE, required: false }],
    }
    await store.commit([record(RECORDS.schema, BADGE, schema), record(RECORDS.type, 'User', type)])
    expect((await readOwn(store, 'acme')).types.size).toBe(1)
    // Somebody removes both between two reads.
    let reads = 0
    const torn: Pick<Store, 'records'> = {
      records: async (...args) => {
        const found = await store.records(...args)
        if (reads++ === 0)
          await store.commit([record(RECORDS.type, 'User', undefined), record(RECORDS.schema, BADGE, undefined)])
        return found
      },
    }
    const own = await readOwn(torn, 'acme')
    expect([own.types.size, own.schemas.size]).toEqual([0, 0])
    expect(() => buildModel(own)).not.toThrow()
  } finally {
    await tenancy.close()
    await store.close()
  }
})
