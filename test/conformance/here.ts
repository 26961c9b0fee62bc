// Runs the checker against our own provider in memory, without a server in between.

import { bearer } from '../../src/access/index.ts'
import { type CheckOptions, checkServer, type Report } from '../../src/conformance/index.ts'
import { createDirectory } from '../../src/directory/index.ts'
import {
  type Allowances,
  EnterpriseUser,
  Group,
  type ResourceType,
  readResourceType,
  readSchema,
  STRICT,
  User,
} from '../../src/protocol/index.ts'
import { createProvider } from '../../src/provider/index.ts'
import type { Quirk } from '../../src/quirks/index.ts'
import { memoryStore } from '../../src/store/memory/memory.ts'
import { BADGE_SCHEMA, userType } from '../rfc/custom.ts'

/** How a provider in this process deviates, and whether users have a badge: an attribute of every type and characteristic. */
export interface HereOptions {
  readonly allow?: Partial<Allowances>
  readonly quirks?: readonly Quirk[]
  readonly badge?: boolean
}

/** The base URL of the provider; nothing listens there. */
export const HERE = 'http://provider.test/scim/v2'

const badge = readSchema(BADGE_SCHEMA)
const schemas = [User.schema, EnterpriseUser, badge]
const badged: ResourceType = readResourceType(userType([{ schema: badge.id }]), (id) =>
  schemas.find((one) => one.id === id),
)

const known = bearer({ secret: { tenant: 'acme', actor: 'check', kind: 'strict' } })

/** Our whole provider in memory: requests become answers without a server in between. */
export function createHere(options: HereOptions = {}): (request: Request) => Promise<Response> {
  const directory = createDirectory({ store: memoryStore(), types: [options.badge === true ? badged : User, Group] })
  const profile = { kind: 'strict', allow: { ...STRICT, ...options.allow }, quirks: options.quirks ?? [] } as const
  const { fetch } = createProvider({
    directory,
    authenticate: async (call) => {
      const principal = await known(call)
      return principal === undefined ? undefined : { ...principal, profile }
    },
  })
  return fetch
}

/** Checks a provider in this process. */
export function checkHere(
  fetch: (request: Request) => Promise<Response>,
  options: Partial<CheckOptions> = {},
): Promise<Report> {
  return checkServer({ url: HERE, token: 'secret', fetch, ...options })
}

/** Ids of the cases that a report finds a fault by: failed, missed, or different. */
export function faults(report: Report): readonly string[] {
  return report.results.filter(({ verdict }) => ['must', 'should', 'differs'].includes(verdict)).map(({ id }) => id)
}
