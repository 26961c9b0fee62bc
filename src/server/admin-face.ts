// The face of the admin API, loaded with its first request.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Admin, RecordAccess } from '../admin/index.ts'
import type { Directory } from '../directory/index.ts'
import { type createBodies, originOf, toNode } from '../node.ts'
import { createOutbound, type Outbound } from '../outbound/index.ts'
import type { Provider, Report } from '../provider/index.ts'
import type { Setup } from '../setup/index.ts'
import type { Settings, Site } from '../site/index.ts'
import type { Store } from '../store/index.ts'
import type { Sealer, Tenancy } from '../tenancy/index.ts'
import { type Face, type FaceDeps, faceOf } from './faces.ts'
import type { Metrics } from './monitoring/metrics.ts'
import type { PolicyReports } from './policy-reports.ts'
import { MOST_KEPT } from './record-retention.ts'
import type { Recording } from './recording.ts'
import { protect } from './security-headers.ts'

/** What the face is connected to. */
export interface AdminFaceDeps extends FaceDeps {
  readonly store: Store
  readonly tenancy: Tenancy
  readonly directory: Directory
  readonly setup: Setup
  readonly hub: Site['hub']
  readonly background: Site['background']
  readonly provider: Provider
  readonly bodies: ReturnType<typeof createBodies>
  readonly metrics: Metrics
  readonly publicUrl: string | undefined
  /** Absent where no record of requests is kept. */
  readonly record: Recording | undefined
  readonly policyReports: PolicyReports
  readonly sealer: Sealer
  readonly settings: Pick<Settings, 'outboundAllow' | 'outboundProxy' | 'recordDays'>
  readonly report: Report
  /** Receives the error of an answer that broke off. */
  readonly broken: (error: unknown) => void
}

/** Makes the face of the admin API. */
export function adminFace(deps: AdminFaceDeps): Face {
  let loading: ReturnType<typeof load> | undefined
  const face = faceOf(deps, {
    prefix: '/admin/',
    openTo: 'private',
    listener: async (request, response) => {
      if (request.headers.authorization !== undefined)
        response.once('close', () => noteRefused(deps, request, response))
      protect(response, originShown(deps, request), 'api')
      const refusal = request.headers.authorization === undefined ? deps.requestOrigin.rebound(request) : undefined
      if (refusal !== undefined) throw refusal
      loading ??= load(deps)
      const { admin, options, longestOf } = await loading
      const visit = { origin: originShown(deps, request), address: deps.requestOrigin.client(request) }
      const bodyBytes = longestOf(request.url ?? '') + 1
      return toNode((asked) => admin.fetch(asked, visit), { ...options, bodyBytes })(request, response)
    },
  })
  return {
    ...face,
    end: () => void loading?.then(({ admin, outbound }) => end(admin, outbound)).catch(() => undefined),
  }
}

function end(admin: Admin, outbound: Outbound): Promise<void> {
  admin.close()
  return outbound.close()
}

/** Scheme and host that a browser shows: the public URL, unless it has come here from this machine without it. */
function originShown({ requestOrigin, publicUrl }: AdminFaceDeps, request: IncomingMessage): string {
  const isDirect =
    publicUrl !== undefined && requestOrigin.isLocal(request) && new URL(publicUrl).host !== request.headers.host
  return isDirect ? originOf(request) : new URL(requestOrigin.origin(request)).origin
}

/** Longest answer of an identity provider. */
const ANSWER_BYTES = 1024 * 1024
/** How long it may take. */
const ANSWER_MS = 10_000
/** The same of a server that is checked. */
const CHECK_BYTES = 16 * 1024 * 1024
const CHECK_MS = 20_000

async function load(deps: AdminFaceDeps) {
  const { store, tenancy, directory, setup, hub, provider, bodies, publicUrl, report, broken, sealer, record } = deps
  const { outboundAllow, outboundProxy } = deps.settings
  const open = () =>
    createOutbound({
      ...(outboundAllow === undefined ? {} : { allow: outboundAllow }),
      ...(outboundProxy === undefined ? {} : { proxy: outboundProxy }),
    })
  const outbound = open()
  const { createAdmin, longestBodyAt } = await import('../admin/index.ts')
  const admin = createAdmin({
    store,
    tenancy,
    directory,
    setup,
    sealer,
    fetch: outbound.within({ timeMs: ANSWER_MS, answerBytes: ANSWER_BYTES }),
    openOutbound: () => {
      // Its own: a check that is ended with the server still has to remove what it made.
      const own = open()
      return { fetch: own.within({ timeMs: CHECK_MS, answerBytes: CHECK_BYTES }), close: own.close }
    },
    background: await deps.background(),
    hub: await hub(),
    scim: provider.handle,
    policy: deps.policyReports.told,
    ...(record === undefined ? {} : { record: accessTo(record, deps.settings.recordDays) }),
    report: ({ id, error }) => report({ id, error, method: '' }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
  })
  return { admin, outbound, options: { bodies, report: broken }, longestOf: longestBodyAt }
}

function accessTo({ store, recorder }: Recording, days: number): RecordAccess {
  const { most: lines, mostBytes: bytes } = MOST_KEPT
  return { store, failingSince: recorder.failingSince, most: { days, lines, bytes } }
}

/** Counts and logs a refused token of the admin API, as those of tenants are. */
function noteRefused(
  { metrics, requestLog, requestOrigin }: AdminFaceDeps,
  request: IncomingMessage,
  { statusCode }: ServerResponse,
): void {
  if (statusCode !== 401) return
  metrics.refused('admin')
  requestLog.refused({ reason: 'admin', remote: requestOrigin.client(request) })
}
