// Tests the metrics: counts, labels, and what they show while the database is gone.

import { expect, test } from 'vitest'
import { unavailable } from '../../protocol/index.ts'
import { StoreUnavailable } from '../../store/index.ts'
import { createMetrics, joinNumbers } from './metrics.ts'

const tenants = async () => [{ tenant: 'acme', created: 0, place: 3, begins: 1, resources: { User: 2, Group: 1 } }]

const probe = async () => []
const lost = () => Promise.reject(new Error('gone'))

test('tenants are neither read nor named unless the settings ask for it', async () => {
  const { body } = await createMetrics({ probe }).text()
  expect(body).toContain('lockstep_database_up 1')
  expect(body).not.toMatch(/lockstep_(tenants|resources)/)
})

test('requests by route and status, latency, batch size and resources per tenant are in the form of Prometheus', async () => {
  const metrics = createMetrics({ probe, tenants })
  const meter = metrics.meter('GET', '/Users/{id}')
  meter.seen(200, 0.0004)
  meter.seen(200, 0.003)
  meter.seen(404, 20)
  metrics.batch(1)
  metrics.batch(5)
  metrics.refused('expired')
  const { type, body } = await metrics.text()
  expect(type).toMatch(/^text\/plain/)
  for (const line of [
    '# TYPE lockstep_http_requests_total counter',
    'lockstep_http_requests_total{method="GET",route="/Users/{id}",status="200"} 2',
    'lockstep_http_requests_total{method="GET",route="/Users/{id}",status="404"} 1',
    '# TYPE lockstep_http_request_duration_seconds histogram',
    'lockstep_http_request_duration_seconds_bucket{method="GET",route="/Users/{id}",le="0.0005"} 1',
    'lockstep_http_request_duration_seconds_bucket{method="GET",route="/Users/{id}",le="0.005"} 2',
    'lockstep_http_request_duration_seconds_bucket{method="GET",route="/Users/{id}",le="+Inf"} 3',
    'lockstep_http_request_duration_seconds_count{method="GET",route="/Users/{id}"} 3',
    'lockstep_write_batch_size_bucket{le="1"} 1',
    'lockstep_write_batch_size_bucket{le="8"} 2',
    'lockstep_write_batch_size_sum 6',
    'lockstep_refused_tokens_total{reason="expired"} 1',
    'lockstep_resources{tenant="acme",type="User"} 2',
    'lockstep_resources{tenant="acme",type="Group"} 1',
    'lockstep_tenants 1',
  ]) {
    expect(body.split('\n')).toContain(line)
  }
})

test('an outage is recognised by the fields of the error, also if it came from another thread', async () => {
  const metrics = createMetrics({ probe, tenants })
  expect(metrics.passing(new StoreUnavailable('gone', 1_000))).toBe('outage')
  expect(metrics.passing({ name: 'StoreUnavailable', message: 'gone', retryAfterMs: 1_000 })).toBe('outage')
  expect(metrics.passing(new StoreUnavailable('crowded', 1_000, { busy: true }))).toBe('busy')
  expect(metrics.passing(unavailable(1))).toBe('busy')
  expect(metrics.passing({ name: 'TypeError', message: 'x', retryAfterMs: undefined })).toBeUndefined()
  expect(metrics.passing(new Error('x'))).toBeUndefined()
  const { body } = await metrics.text()
  expect(body).toContain('lockstep_database_outages_total 2')
  expect(body).toContain('lockstep_busy_total 2')
})

test('the same route has the same meter', () => {
  const metrics = createMetrics({ probe, tenants })
  expect(metrics.meter('GET', '/Users')).toBe(metrics.meter('GET', '/Users'))
  expect(metrics.meter('GET', '/Users')).not.toBe(metrics.meter('POST', '/Users'))
})

test('routes without end are counted together past a limit', async () => {
  const metrics = createMetrics({ probe, tenants })
  for (let at = 0; at < 1_000; at++) metrics.meter('GET', `/${at}`).seen(200, 0)
  const { body } = await metrics.text()
  expect(body.split('\n').filter((line) => line.startsWith('lockstep_http_requests_total{')).length).toBeLessThan(510)
  expect(body).toContain('route="other"')
})

test('while the database is gone the number of tenants is absent, not 0; other processes have it', async () => {
  const gone = createMetrics({ probe: lost, tenants: lost })
  const { body } = await gone.text()
  expect(body).toContain('lockstep_database_up 0')
  expect(body).not.toMatch(/^lockstep_tenants /m)
  const joined = await joinNumbers([await gone.numbers(), await createMetrics({ probe, tenants }).numbers()])
  expect(joined.body).toMatch(/^lockstep_tenants 1$/m)
  expect(joined.body).toMatch(/^lockstep_database_up 0$/m)
})
