// Joins all that the server serves behind one listener: the provider, offloading, limits, faces.

import { createBuckets } from '../access/index.ts'
import type { Directory } from '../directory/index.ts'
import { createBodies, type Serving, serve } from '../node.ts'
import { LIMITS, tooManyRequests } from '../protocol/index.ts'
import type { ProviderHooks, Settings, Site } from '../site/index.ts'
import { adminFace } from './admin-face.ts'
import { consoleFaces } from './console.ts'
import { answerBy, type Face, type FaceDeps } from './faces.ts'
import { keyFace } from './key-face.ts'
import { createLostRequests } from './lost-requests.ts'
import type { Health } from './monitoring/health.ts'
import type { Log } from './monitoring/log.ts'
import type { Metrics } from './monitoring/metrics.ts'
import { createRefusals } from './monitoring/refusals.ts'
import { createReport, logSkipped } from './monitoring/report.ts'
import type { RequestLog } from './monitoring/request-log.ts'
import { createRouteMeters } from './monitoring/route-meters.ts'
import type { Writability } from './monitoring/writability.ts'
import { createOffload, type Offload } from './offload/offload.ts'
import { createPolicyReports } from './policy-reports.ts'
import { probeFaces } from './probe-faces.ts'
import type { Recording } from './recording.ts'
import { createRequestOrigin } from './request-origin.ts'
import { scimFace } from './scim-face.ts'
import { createStages } from './sending.ts'
import { setupFace } from './setup-face.ts'

import type { Tracing } from './tracing.ts'

/** What the app is made of: what `serve.ts` has opened. */
export interface AppDeps {
  readonly settings: Settings
  readonly site: Site
  readonly directory: Directory
  readonly metrics: Metrics
  readonly health: Health
  readonly log: Log
  readonly requestLog: RequestLog
  readonly writability: Writability
  readonly tracing: Tracing | undefined
  /** Absent where no record of requests is kept. */
  readonly recording: Recording | undefined
}

/** The listening server. */
export interface App {
  /** Starts to accept connections; returns the port. */
  readonly listen: () => Promise<{ readonly port: number }>
  /** Stops accepting connections, and resolves when the requests in flight are answered. */
  readonly close: () => Promise<void>
}

/** How many requests without a valid token one address may send before it has to wait. A valid token is let in all the same. */
const REFUSALS = { perSecond: 5, burst: 300 }

/** Creates the app. */
export async function createApp(deps: AppDeps): Promise<App> {
  const { settings, site, directory, metrics, health, log, requestLog, writability, tracing, recording } = deps
  const { tenancy } = site
  const report = createReport(log, metrics, writability, settings.database)
  const broken = (error: unknown) => log.error({ err: error }, 'an answer broke off')
  const offload = startOffload(deps, report)
  const bodies = createBodies({ most: LIMITS.BODIES_BYTES })
  metrics.bodies(bodies.held)
  const refusals = settings.metricsTenants === true ? createRefusals() : undefined
  if (refusals !== undefined) metrics.measure(refusals.source)
  const callers = new WeakMap<object, string>()
  const requestOrigin = createRequestOrigin(settings)
  const provider = await site.provider({ ...hooksOf(deps, callers), report, ...(offload && { offload: offload.run }) })
  const setup = await site.setup((error) => log.error({ err: error }, 'setup links'))
  const stages = createStages(log, (arrival) => answerBy(faces, faceDeps, arrival), broken, recording?.record)
  const { depart } = stages
  const meters = createRouteMeters(metrics)
  const keepLost = recording === undefined ? undefined : createLostRequests(recording, tenancy, requestOrigin)
  const lost: FaceDeps['lost'] = (request, path, began) => {
    setup.watch.lost({ path, header: (name) => request.headers[name]?.toString() })
    keepLost?.(request, path, began)
  }
  const faceDeps = { requestOrigin, log, requestLog, lost }
  const { publicUrl } = settings
  const policyReports = createPolicyReports()
  // SCIM comes first: nearly every request is one of its own.
  const faces: readonly Face[] = [
    scimFace({
      provider,
      bodies,
      requestOrigin,
      meters,
      requestLog,
      refusals,
      callers,
      tracing,
      recording,
      depart,
      watch: setup.watch,
    }),
    adminFace({
      ...faceDeps,
      store: site.store,
      sealer: site.sealer,
      settings,
      tenancy,
      directory,
      setup,
      hub: site.hub,
      background: site.background,
      provider,
      bodies,
      metrics,
      publicUrl,
      report,
      broken,
      record: recording,
      policyReports,
    }),
    setupFace({ ...faceDeps, setup, bodies, broken }),
    keyFace({ ...faceDeps, hub: site.hub }),
    ...consoleFaces({ ...faceDeps, settings, policyReports }),
    ...probeFaces({ ...faceDeps, settings, health, metrics }),
  ]
  let serving: Serving | undefined
  return {
    async listen() {
      // A request may wait, and then run, before any part of its answer is sent.
      const quietMs = Math.max(150, 2 * settings.requestSeconds + 60) * 1_000
      serving = await serve((request, response) => stages.arrive({ request, response, began: performance.now() }), {
        port: settings.port,
        host: settings.host,
        quietMs,
        continueWhenRead: true,
      })
      const address = serving.server.address()
      return { port: typeof address === 'object' && address !== null ? address.port : settings.port }
    },
    async close() {
      for (const face of faces) face.end?.()
      await serving?.close()
      await offload?.close()
      await setup.close()
    },
  }
}

/** Starts offloading, where threads can share the database. */
function startOffload({ settings, site, metrics, log }: AppDeps, report: ProviderHooks['report']): Offload | undefined {
  const { writerPort, nodeOf } = site.database
  if (settings.postgres === undefined && writerPort === undefined) return undefined
  const skipped: ProviderHooks['skipped'] = (note) => logSkipped(log, note)
  const offload = createOffload({ settings, writerPort, nodeOf, report, skipped, seconds: settings.requestSeconds })
  metrics.offload(offload.load)
  return offload
}

/** What the provider tells the server: refused tokens, left-out attributes, who calls; and the limits of each connection. */
function hooksOf(
  { settings, metrics, log, requestLog }: AppDeps,
  callers: WeakMap<object, string>,
): Omit<ProviderHooks, 'report'> {
  const rate = settings.rateLimit === undefined ? undefined : createBuckets(settings.rateLimit)
  const refusals = createBuckets(REFUSALS)
  return {
    refused: (reason, call) => {
      if (reason === 'missing') return
      metrics.refused(reason)
      requestLog.refused({ reason, tenant: call.tenant, remote: call.remote })
      const wait = refusals.take(call.remote ?? '')
      if (wait > 0) throw tooManyRequests(wait)
    },
    skipped: (note) => logSkipped(log, note),
    ...(requestLog.answered === undefined ? {} : { admitted: (call, id) => void callers.set(call, id) }),
    ...(rate === undefined ? {} : { throttle: (principal) => rate.take(`${principal.tenant} ${principal.actor}`) }),
  }
}
