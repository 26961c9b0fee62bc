// The faces for monitoring: /healthz, /readyz and /metrics.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { bearerToken, hashToken, sameHash } from '../access/index.ts'
import type { Answer } from '../call.ts'
import { send } from '../node.ts'
import { forbidden, methodNotAllowed, notFound, unauthorized } from '../protocol/index.ts'
import type { Settings } from '../site/index.ts'
import { type Face, type FaceDeps, faceOf, refusalAnswer } from './faces.ts'
import type { Health } from './monitoring/health.ts'
import type { Metrics } from './monitoring/metrics.ts'
import type { RequestOrigin } from './request-origin.ts'

/** What the faces are connected to. */
export interface ProbeDeps extends FaceDeps {
  readonly settings: Settings
  readonly health: Health
  readonly metrics: Metrics
}

const JSON_HEADERS = ['Content-Type', 'application/json', 'Cache-Control', 'no-store']

/** Makes the faces for monitoring. */
export function probeFaces(deps: ProbeDeps): readonly Face[] {
  const { health, metrics, settings, requestOrigin } = deps
  const face = (prefix: string, openTo: Face['openTo'], read: (request: IncomingMessage) => Answer | Promise<Answer>) =>
    faceOf(deps, { prefix, openTo, listener: async (request, response) => answerRead(request, response, read) })
  return [
    face('/healthz', 'probe', () => ({ headers: JSON_HEADERS, ...health.live() })),
    face('/readyz', 'probe', async () => ({ headers: JSON_HEADERS, ...(await health.ready()) })),
    face('/metrics', 'public', async (request) => {
      requireReader(settings, requestOrigin, request)
      const { type, body } = await metrics.text()
      return { status: 200, headers: ['Content-Type', type, 'Cache-Control', 'no-store'], body }
    }),
  ]
}

async function answerRead(
  request: IncomingMessage,
  response: ServerResponse,
  read: (request: IncomingMessage) => Answer | Promise<Answer>,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return send(request, response, refusalAnswer(methodNotAllowed(['GET', 'HEAD'])))
  }
  send(request, response, await read(request))
}

/** Refuses readers that may not see the metrics: they name customers. */
function requireReader(
  { metrics, metricsToken }: Settings,
  requestOrigin: RequestOrigin,
  request: IncomingMessage,
): void {
  if (metrics === 'off') throw notFound('Metrics are switched off; start with --metrics local')
  if (metricsToken !== undefined) {
    const given = bearerToken(request.headers.authorization)
    if (given !== undefined && sameHash(hashToken(given), hashToken(metricsToken))) return
    throw unauthorized('Metrics need the token of --metrics-token-file', 'Bearer realm="metrics"')
  }
  if (metrics === 'open' || requestOrigin.isLocal(request)) return
  throw forbidden(
    'Metrics can be read on this machine only, and not through a proxy; start with --metrics-token-file FILE, or --metrics open',
  )
}
