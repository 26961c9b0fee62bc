// The store contract on a real Citus cluster, and what only a cluster can show.

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCluster, postgresStore } from '../src/store/postgres/postgres.ts'
import { creating, editing, removing, storeContract, workContract } from './store.contract.ts'

/**
 * `LOCKSTEP_CITUS` is the URL of an empty database on the coordinator, with the extension installed and workers added. Only a real
 * cluster shows what it does with a statement.
 */
const url = process.env.LOCKSTEP_CITUS

describe.skipIf(url === undefined)('Citus', () => {
  const given = url ?? ''
  const sent: string[] = []
  let pool: pg.Pool
  let admin: pg.Client
  beforeAll(async () => {
    admin = new pg.Client({ connectionString: given })
    await admin.connect()
    await admin.query('drop schema if exists lockstep cascade')
    await (await postgresStore({ url: given, listen: false })).close()
    const cluster = await openCluster({ url: given })
    await cluster.distribute(await cluster.plan(), () => {})
    expect(await cluster.plan()).toEqual([])
    await cluster.close()
    const options = '-c citus.log_remote_commands=on -c client_min_messages=log'
    pool = new pg.Pool({ connectionString: given, max: 10, options, ...{ pipeline: true } })
    pool.on('error', () => {})
    pool.on('connect', (client) => void client.on('notice', ({ message }) => sent.push(String(message))))
  }, 120_000)
  afterAll(async () => {
    await pool.end()
    await admin.end()
  })

  const empty = async () => {
    for (const table of [
      'member',
      'value_index',
      'resource',
      'change',
      'record',
      'item',
      'cursor',
      'lease',
      'counter',
      'path',
      'gone',
      'tenant',
    ]) {
      await admin.query(`delete from lockstep.${table}`)
    }
    await admin.query('delete from lockstep.tenant_state where t <> 0')
    await admin.query('update lockstep.tenant_state set place = 0, wake = null, cut = 0, cut_at = 0 where t = 0')
  }

  const open = async () => {
    const store = await postgresStore({ pool })
    return {
      store,
      async close() {
        await store.close()
        await empty()
      },
    }
  }
  storeContract('citus', open)
  workContract('citus', open)

  test('a write is carried out on its tenant’s node and committed there alone', async () => {
    const store = await postgresStore({ pool, listen: false })
    const tenant = 'acme'
    await store.commit([{ write: 'tenant', tenant, as: 'new', at: 1 }])
    await store.commit([creating('warm', { userName: 'warm' })])
    sent.length = 0
    await store.commit([
      creating('u', { userName: 'u', emails: [{ value: 'u@example.com' }] }),
      creating('v', { userName: 'v' }),
    ])
    await store.commit([creating('g', { displayName: 'g' }, { members: ['u', 'v'] })])
    await store.commit([editing('g', [{ edit: 'remove', ids: ['v'] }])])
    await store.commit([editing('g', [{ edit: 'set', members: [{ id: 'v' }] }])])
    await store.commit([{ write: 'record', record: { tenant, kind: 'k', key: 'k' }, value: 1 }])
    await store.commit([{ write: 'record', record: { tenant, kind: 'k', key: 'k' }, value: undefined }])
    await store.commit([{ write: 'indexed', tenant, type: 'User', paths: ['title', 'nickName'], as: 'complete' }])
    await store.commit([removing('User', 'v')])
    const said = [...sent]
    await store.close()
    await empty()
    expect(said.filter((one) => /\bCOMMIT\b/.test(one)).length).toBeGreaterThanOrEqual(8)
    expect(said.filter((one) => /PREPARE TRANSACTION|COPY /.test(one))).toEqual([])
  })

  test('what an export sets for its transaction is set on the tenant’s node', async () => {
    const store = await postgresStore({ pool, listen: false })
    await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
    await store.commit([creating('u', { userName: 'u' })])
    sent.length = 0
    for await (const rows of store.exportTenant('acme')) expect(rows).not.toEqual([])
    const said = sent.join('\n')
    await store.close()
    await empty()
    expect(said).toMatch(/set local enable_seqscan/i)
    expect(said).toMatch(/set local statement_timeout/i)
  })

  test('what is written while a tenant gets shards of its own and moves is there afterwards', async () => {
    const store = await postgresStore({ pool, listen: false })
    await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
    const made: string[] = []
    let going = true
    const write = async (who: string) => {
      for (let n = 0; going; n++) {
        const id = `${who}${n}`
        await store.commit([creating(id, { userName: id })])
        made.push(id)
      }
    }
    const writers = Promise.all(['a', 'b', 'c', 'd'].map(write))
    const cluster = await openCluster({ url: given })
    await cluster.isolate('acme', undefined, () => {})
    const { rows: nodes } = await admin.query<{ node: string }>(
      `select nodename || ':' || nodeport as node from pg_dist_node where shouldhaveshards order by 1`,
    )
    for (const { node } of [...nodes, ...nodes]) await cluster.isolate('acme', node, () => {})
    going = false
    await writers
    await cluster.close()
    const missing: string[] = []
    for (const id of made) {
      if ((await store.get({ tenant: 'acme', type: 'User', id })) === undefined) missing.push(id)
    }
    await store.close()
    await empty()
    expect(made.length).toBeGreaterThan(0)
    expect(missing).toEqual([])
  })

  test('where tenants live is known to a role named like the schema', async () => {
    const store = await postgresStore({ url: given, listen: false })
    await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
    await store.close()
    const cluster = await openCluster({ url: `${given}?options=-csearch_path%3Dlockstep,public` })
    expect(await cluster.plan()).toEqual([])
    expect(await cluster.shards()).toMatchObject([{ tenant: 'acme', isolated: false }])
    expect(await cluster.isolate('acme', undefined, () => {})).toMatchObject({ tenant: 'acme', isolated: true })
    await cluster.close()
    await empty()
  })
})
