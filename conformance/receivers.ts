// The servers that the hub provisions into, and how each departs from the RFC, as a profile.

import type { JsonObject } from '../src/protocol/index.ts'
import { SERVERS, type Server, startServer } from './servers.ts'
import { fresh } from './target.ts'

/** A server at the receiving end. */
export interface Receiver {
  readonly name: string
  readonly title: string
  /** The profile of the app. */
  readonly profile: JsonObject
  /** Starts it. Throws `Missing` if it cannot be installed. */
  start(): Promise<{ readonly base: string; readonly token: string; stop(): Promise<void> }>
}

const other = (name: string, profile: JsonObject): Receiver => {
  const server = SERVERS.find((each) => each.name === name) as Server
  return { name, title: `${server.title} ${server.version}`, profile, start: () => startServer(server) }
}

/** All servers that the hub provisions into. */
export const RECEIVERS: readonly Receiver[] = [
  {
    name: 'lockstep',
    title: 'Lockstep',
    profile: { base: 'rfc' },
    async start() {
      const server = await fresh()
      const { base, token } = await server.target('strict')
      return { base, token, stop: () => server.close() }
    },
  },
  // Its lists ignore startIndex in a URL; a page holds them all.
  other('scimmy', { base: 'rfc', paging: { count: 10_000 } }),
  other('scim-sdk', { base: 'rfc' }),
  other('scim2-server', { base: 'rfc' }),
  other('django-scim2', {
    base: 'rfc',
    types: {
      User: { ops: ['replace'], valuePaths: false, wholeLists: true, unset: 'null' },
      Group: {
        patchOnly: ['members'],
        members: { remove: 'value-list', replace: false, clear: 'one-by-one', type: false },
      },
    },
    user: {
      match: ['userName'],
      drop: ['emails.type', 'name.formatted', 'displayName'],
      singleValued: ['emails'],
    },
    group: { match: ['displayName'] },
  }),
]
