// Starts a fresh Lockstep for the judges.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '../src/server/index.ts'
import { readSettings } from '../src/site/index.ts'
import type { Profile, Target } from './judge.ts'

/** A fresh server on a free port with its own database. */
export interface Fresh {
  /** Creates a new tenant with one connection. */
  target(profile: Profile): Promise<Target>
  close(): Promise<void>
}

/** Starts the standalone server for the judges. */
export async function fresh(): Promise<Fresh> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-judged-'))
  const database = `sqlite:${join(folder, 'lockstep.db')}`
  const server = await startServer(readSettings({ port: '0', database, logLevel: 'error' }, {}), { print: () => {} })
  let tenants = 0
  return {
    async target(profile) {
      const tenant = `judged-${++tenants}`
      await server.tenancy.tenants.create(tenant)
      const { token } = await server.tenancy.connections.create(tenant, { kind: 'generic', profile })
      return { profile, base: `${server.url}/tenants/${tenant}/scim/v2`, token }
    },
    async close() {
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
