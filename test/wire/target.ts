// Starts a server with a connection of every kind for recorded conversations.

import { readFileSync } from 'node:fs'
import type { Json } from '../../src/protocol/json.ts'
import { type Serving, serve } from '../serve.ts'
import type { Flow } from './flow.ts'
import { runFlow, type Target } from './runner.ts'

/** A running server, and a connection of each kind that flows ask for. */
export interface Provider {
  readonly serving: Serving
  /** Runs a flow on a connection of a kind; gives what went wrong, or nothing. `heard` is told of each answer. */
  run(flow: Flow, kind: string, heard?: Target['heard']): Promise<string | undefined>
}

/** Starts a server. Each kind has a tenant of its own, with what flows require set up in it. */
export async function startProvider(): Promise<Provider> {
  const serving = await serve()
  const targets = new Map<string, Promise<Target>>()
  const targetOf = (kind: string, requires: readonly string[]) => {
    const key = [kind, ...requires].join(' ')
    const target = targets.get(key) ?? prepare(serving, kind, requires)
    targets.set(key, target)
    return target
  }
  return {
    serving,
    async run(flow, kind, heard) {
      const target = await targetOf(kind, flow.requires ?? [])
      const result = await runFlow(flow, heard === undefined ? target : { ...target, heard })
      if (result.outcome === 'passed') return undefined
      return result.outcome === 'failed' ? result.failure : `the set-up lacks ${result.missing.join(', ')}`
    },
  }
}

/** Abilities that are an extension of User: its schema is in the file of that name. */
const EXTENSIONS = ['acme-hr', 'acme-mail']

const OKTA_ROLE = 'urn:okta:scim:schemas:core:1.0:Role'

async function prepare(serving: Serving, kind: string, requires: readonly string[]): Promise<Target> {
  return setUp(serving, { ...(await serving.connection(kind)), kind }, requires)
}

/** Sets up in a connection's tenant what flows require; what it can't is missing in the target. */
export async function setUp(
  serving: Serving,
  { base, token, tenant, kind }: Target & { readonly tenant: string; readonly kind: string },
  requires: readonly string[],
): Promise<Target> {
  const met: string[] = []
  // Old shapes are read by every kind but the strict ones, and need no set-up.
  if (requires.includes('legacy-shapes') && kind !== 'strict') met.push('legacy-shapes')
  const options = { usage: serving.directory, actor: 'test' }
  for (const name of EXTENSIONS.filter((name) => requires.includes(name))) {
    const schema: Json = JSON.parse(readFileSync(new URL(`schemas/${name}.json`, import.meta.url), 'utf8'))
    await serving.tenancy.schemas.put(tenant, schema, { ...options, extend: ['User'] })
    met.push(name)
  }
  if (requires.includes('okta-entitlements')) {
    const attributes = [{ name: 'displayName', type: 'string' }]
    await serving.tenancy.schemas.put(tenant, { id: OKTA_ROLE, name: 'OktaRole', attributes }, options)
    const type = { name: 'OktaRole', endpoint: '/Roles', schema: OKTA_ROLE, schemaExtensions: [] }
    await serving.tenancy.schemas.putType(tenant, type, options)
    const made = await fetch(`${base}/Roles`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/scim+json' },
      body: JSON.stringify({ schemas: [OKTA_ROLE], displayName: 'Billing administrator' }),
    })
    if (made.status !== 201) throw new Error(`a role could not be made: ${made.status} ${await made.text()}`)
    met.push('okta-entitlements')
  }
  return { base, token, requires: met }
}
