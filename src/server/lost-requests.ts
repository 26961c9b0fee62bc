// Records requests that lead nowhere with the tenant whose token they bring: a wrong base URL is seen there.

import type { IncomingMessage } from 'node:http'
import { readAuthorization, tenantOfToken } from '../access/index.ts'
import { blankAbout } from '../call.ts'
import { scimPath, type Tenancy } from '../tenancy/index.ts'
import type { Recording } from './recording.ts'
import type { RequestOrigin } from './request-origin.ts'

/** Records a request that leads nowhere and was answered with 404. Returns at once, and never throws. */
export type LostRequests = (request: IncomingMessage, path: string, began: number) => void

/** Most whose token is looked up at a time: strangers can send any number. */
const MOST = 20
/** Names of a path that are nobody's. */
const PLAIN = /^(?:scim|v1|v2|tenants|api|Users|Groups|Me|Bulk|\.search|Schemas|ResourceTypes|ServiceProviderConfig)$/i
/** So many pieces of a path are repeated. */
const PIECES = 6

/**
 * Creates it. Only a token that would let its bearer into the tenant counts there, so that nobody fills the record of a tenant whose name they
 * guess; whoever sent the request is told nothing of it.
 */
export function createLostRequests(
  { recorder }: Pick<Recording, 'recorder'>,
  tenancy: Pick<Tenancy, 'authenticate'>,
  requestOrigin: Pick<RequestOrigin, 'client'>,
): LostRequests {
  let pending = 0
  return (request, path, began) => {
    const header = request.headers.authorization
    const sent = readAuthorization(header)
    const tenant = sent === undefined ? undefined : tenantOfToken(sent.token)
    if (tenant === undefined || pending >= MOST) return
    const remote = requestOrigin.client(request)
    const headers = { ...request.headers }
    const { method = 'GET' } = request
    const keep = async () => {
      const { caller } = await tenancy.authenticate(tenant, header)
      if (caller === undefined) return
      const now = performance.now()
      const about = { ...blankAbout(), caller, code: 'SCIM_NOT_FOUND', refused: refusedText(tenant, path) }
      const call = { method, path, search: '', remote, header: (name: string) => headers[name]?.toString() }
      const id = recorder.nextId(now)
      recorder.answered({ id, call, about, tenant }, 404, (now - began) * 1_000, 0, now)
    }
    pending++
    void keep()
      // The database may be away: what is lost is a note.
      .catch(() => undefined)
      .finally(() => {
        pending--
      })
  }
}

function refusedText(tenant: string, path: string): string {
  const pieces = path.split('/').slice(1, 1 + PIECES)
  const shown = pieces.map((piece) => (PLAIN.test(piece) || piece === tenant ? piece : '…')).join('/')
  return `There is nothing here; SCIM is at ${scimPath(tenant)}, and what came was for /${shown}`
}
