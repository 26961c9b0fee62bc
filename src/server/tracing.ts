// Traces requests, and what the hub sends to apps because of them, with OpenTelemetry; off unless asked for.

import type { IncomingMessage } from 'node:http'
import type { Context, Span, SpanContext } from '@opentelemetry/api'
import type { HubTracer, TracedStep } from '../hub/index.ts'
import type { Store } from '../store/index.ts'

/** The span of a request. */
export interface RequestSpan {
  /** Where the span is in its trace: what the log lines of the request have in common, and where the hub goes on. */
  readonly txn: string | undefined
  readonly end: (status: number) => void
}

/** What is traced. */
export interface Tracing {
  /** Begins the span of a request, below the one that its `traceparent` names. `route` is a template, never a URL. */
  readonly request: (request: IncomingMessage, method: string, route: string, tenant: string) => RequestSpan
  readonly hub: HubTracer
}

/** The version and the fields of `traceparent`. W3C Trace Context §3.2. */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

/**
 * Creates the spans, by whatever SDK the process has registered; without one, nothing is recorded. A request and all that apps are told
 * of it are one trace: its log lines hold the request's span as their `txn`, which also tells lines of one request from others.
 */
export async function createTracing(store: Pick<Store, 'changes'>): Promise<Tracing> {
  const { defaultTextMapGetter, isSpanContextValid, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } =
    await import('@opentelemetry/api')
  const tracer = trace.getTracer('lockstep')
  const below = (context: Context, parent: SpanContext | undefined) =>
    parent === undefined ? context : trace.setSpanContext(context, parent)
  return {
    request(request, method, route, tenant) {
      // From the headers alone: requests are answered in batches, so that the active context may be another one's.
      const parent = propagation.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter)
      const attributes = { 'http.request.method': method, 'http.route': route, 'lockstep.tenant': tenant }
      const span = tracer.startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent)
      return {
        txn: isSpanContextValid(span.spanContext()) ? traceparentOf(span) : undefined,
        end(status) {
          span.setAttribute('http.response.status_code', status)
          if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
          span.end()
        },
      }
    },
    hub: {
      async begin(step) {
        const parent = await originOf(store, step)
        const { tenant, app, type, resource, lane } = step
        const attributes = {
          'lockstep.tenant': tenant,
          'lockstep.app': app,
          'lockstep.resource.type': type,
          'lockstep.resource.id': resource,
          'lockstep.lane': lane,
        }
        const options = { kind: SpanKind.CLIENT, attributes }
        const span = tracer.startSpan(`${step.step} ${type}`, options, below(ROOT_CONTEXT, parent))
        const headers: { [name: string]: string } = {}
        propagation.inject(trace.setSpan(ROOT_CONTEXT, span), headers)
        return {
          headers,
          end(outcome, status) {
            if (status !== undefined) span.setAttribute('http.response.status_code', status)
            if (outcome !== 'done') {
              span.setAttribute('error.type', outcome)
              span.setStatus({ code: SpanStatusCode.ERROR })
            }
            span.end()
          },
        }
      },
    },
  }
}

/** The span of the request that made a change, by its log line; undefined when there is none, or the line is gone. */
async function originOf(
  store: Pick<Store, 'changes'>,
  { tenant, place }: TracedStep,
): Promise<SpanContext | undefined> {
  if (place === undefined || place < 1) return undefined
  const [line] = await store.changes(tenant, place - 1, 1).catch(() => [])
  const [, traceId, spanId, flags] = TRACEPARENT.exec(line?.place === place ? (line.txn ?? '') : '') ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
}

function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}
