// Cutting old lines off the log with `lockstep log prune`.

import { readFileSync, writeFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { type Serving, serve } from '../serve.ts'
import { creating } from '../store.contract.ts'
import { folder, run } from './run.ts'

const DAY_MS = 86_400_000
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A tenant with a note from when it was made, and lines that are 100, 50 and 0 days old. */
async function filled(): Promise<{ readonly server: Serving; readonly tenant: string; readonly file: string }> {
  const server = await serve()
  ends.push(server.close)
  const dir = folder()
  ends.push(dir.remove)
  const tenant = await server.tenant()
  // What was made with the tenant is of today, and everything behind it stays with it.
  const { place } = (await server.store.tenant(tenant)) ?? { place: 0 }
  await server.store.commit([{ write: 'trim', tenant, upTo: place }])
  for (const days of [100, 50, 0]) {
    const write = creating(`u${days}`, { userName: `u${days}` })
    if (write.write !== 'create') continue
    await server.store.commit([{ ...write, at: Date.now() - days * DAY_MS, draft: { ...write.draft, tenant } }])
  }
  return { server, tenant, file: dir.path('log.jsonl') }
}

describe('lockstep log prune', { timeout: 120_000 }, () => {
  test('cuts lines older than so many days, and writes them to a file first', async () => {
    const { server, tenant, file } = await filled()
    const { place: first = 0 } = (await server.store.tenant(tenant)) ?? {}
    const args = ['log', 'prune', '--tenant', tenant, '--database', server.database]
    const { code, stdout } = await run([...args, '--days', '30', '--to', file, '--json'])
    expect([code, JSON.parse(stdout)]).toEqual([0, { tenant, lines: 2, begins: first, left: 2 }])
    const kept = readFileSync(file, 'utf8').trim().split('\n')
    expect(kept.map((line) => JSON.parse(line))).toMatchObject([
      { id: 'u100', op: 'create', at: expect.stringMatching(/^\d{4}-/) },
      { id: 'u50' },
    ])
    const again = await run([...args, '--days', '30'])
    expect(again.stdout).toMatch(/no line was old enough to delete; the log now begins at place \d+ and has 2 lines\./)
    const shown = await run(['log', '--tenant', tenant, '--database', server.database, '--after', '0', '--json'])
    const lines = shown.stdout.trim().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { id: 'u0' },
      { op: 'note', actor: 'cli', paths: [{ new: 'log pruned' }, { path: 'lines', new: 2 }, { path: 'upTo' }] },
    ])
  })

  test('never past a reader, goes by the setting, and wants to know how many days', async () => {
    const { server, tenant } = await filled()
    const args = ['log', 'prune', '--tenant', tenant, '--database', server.database]
    const lost = await run(args)
    expect(lost.code).not.toBe(0)
    expect(lost.stderr).toMatch(/keeps its log forever/)
    await server.tenancy.changeSettings(tenant, { logDays: 60 }, server.directory)
    expect((await run(args)).stdout).toMatch(/1 line deleted/)
    const { begins = 0 } = (await server.store.tenant(tenant)) ?? {}
    await server.store.commit([{ write: 'cursor', tenant, reader: 'audit', place: begins - 1 }])
    const held = await run([...args, '--days', '1'])
    expect(held.stdout).toMatch(/no line was old enough.* The reader "audit" has not read/)
    const all = await run(['log', 'prune', '--all', '--database', server.database, '--json'])
    expect(
      all.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ tenant, lines: 0 }])
    expect((await run([...args, '--all'])).stderr).toMatch(/either --tenant or --all/)
  })

  test('nothing is cut that the file has not taken', async () => {
    const { server, tenant } = await filled()
    const { begins } = (await server.store.tenant(tenant)) ?? {}
    const args = ['log', 'prune', '--tenant', tenant, '--database', server.database, '--days', '30']
    const { code, stderr } = await run([...args, '--to', '/dev/full'])
    expect(stderr).toMatch(/can't be written: the disk is full/)
    expect(code).not.toBe(0)
    expect((await server.store.tenant(tenant))?.begins).toBe(begins)
  })

  test('goes on in a file whose last line was cut off, and passes over a tenant whose import is unfinished', async () => {
    const { server, tenant, file } = await filled()
    await server.tenancy.changeSettings(tenant, { logDays: 30 }, server.directory)
    const half = await server.tenant()
    const record = { tenant: half, kind: 'arrival', key: 'arrival' }
    await server.store.commit([{ write: 'record', record, value: { checksum: 'c', offset: 1, line: 1 } }])
    writeFileSync(file, '{"place":1,"at"')
    const args = ['log', 'prune', '--all', '--database', server.database, '--to', file]
    const { code, stderr } = await run(args)
    expect([code, stderr]).toEqual([0, ''])
    const [torn, ...kept] = readFileSync(file, 'utf8').trim().split('\n')
    expect(torn).toBe('{"place":1,"at"')
    expect(kept.map((line) => JSON.parse(line))).toMatchObject([{ id: 'u100' }, { id: 'u50' }])
  })
})
