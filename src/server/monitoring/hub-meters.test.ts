// Tests the hub's numbers: counts by app, what is owed as the store shows it, labels only when they are wanted.

import { expect, test } from 'vitest'
import { APP_RECORD, HUB_LANES, HUB_READER, QUEUES } from '../../hub/index.ts'
import { memoryStore } from '../../store/memory/memory.ts'
import { createHubDebt } from './hub-debt.ts'
import { createHubMeters } from './hub-meters.ts'
import { createMetrics } from './metrics.ts'

const NOW = Date.parse('2026-11-30T12:00:00Z')
const crm = { tenant: 'acme', app: 'crm' }

/** A tenant with an app that owes: two leavers, one of them held, and one update. */
async function owing() {
  const store = memoryStore()
  const link = (key: string, lane: number, state: string, since: number) =>
    ({
      write: 'item',
      item: { tenant: 'acme', queue: QUEUES.links('crm'), key },
      set: { lane, state, due: NOW, mark: 1, value: { type: 'User', name: key, since } },
    }) as const
  await store.commit([{ write: 'tenant', tenant: 'acme', at: 0, as: 'new' }])
  await store.commit([
    {
      write: 'item',
      item: { tenant: 'acme', queue: QUEUES.units, key: 'crm' },
      set: { state: 'ready', due: NOW + 86_400_000, value: { health: 'open' } },
    },
    {
      write: 'record',
      record: { tenant: 'acme', kind: APP_RECORD, key: 'crm' },
      value: { credentials: { kind: 'bearer', env: 'CRM', expiresAt: '2026-12-01T12:00:00Z' } },
    },
    link('ada', HUB_LANES.leave, 'ready', NOW - 90_000),
    link('bob', HUB_LANES.leave, 'held', NOW - 5_000_000),
    link('cyd', HUB_LANES.update, 'ready', NOW - 1_000),
    { write: 'cursor', tenant: 'acme', reader: HUB_READER, place: 0 },
    {
      write: 'note',
      ref: { tenant: 'acme', type: 'App', id: 'crm' },
      at: NOW,
      log: { actor: 'test', paths: [] },
    },
  ])
  return store
}

async function text(tenants: boolean) {
  const store = await owing()
  const { meter, source } = createHubMeters({ tenants, debt: createHubDebt(store, () => NOW) })
  meter.planned('acme', 3, 5)
  meter.sent({ ...crm, step: 'update', lane: 5, outcome: 'done', status: 200, seconds: 0.02 })
  meter.sent({ ...crm, step: 'disable', lane: 0, outcome: 'unavailable', seconds: 1 })
  meter.acknowledged({ ...crm, lane: 5, seconds: 0.3 })
  meter.acknowledged({ ...crm, lane: 0, seconds: 1.5 })
  meter.held(crm, 12)
  meter.health(crm, 'open')
  meter.resurrected(crm)
  meter.drift(crm, 'zombie', 2)
  meter.rateWait(crm, 5, 0.2)
  const metrics = createMetrics({ probe: async () => [] })
  metrics.measure(source)
  return (await metrics.text()).body.split('\n')
}

test('what was done and what is owed is shown by tenant and app', async () => {
  const of = 'tenant="acme",app="crm"'
  const lines = await text(true)
  const wanted = [
    'lockstep_planned_lines_total 3',
    'lockstep_planned_marks_total 5',
    `lockstep_requests_total{${of},step="update",outcome="done",status="2xx"} 1`,
    `lockstep_requests_total{${of},step="disable",outcome="unavailable",status="none"} 1`,
    `lockstep_deprovision_seconds_bucket{${of},le="1"} 0`,
    `lockstep_deprovision_seconds_bucket{${of},le="2.5"} 1`,
    `lockstep_deprovision_seconds_count{${of}} 1`,
    'lockstep_delivery_seconds_count{lane="0"} 1',
    'lockstep_delivery_seconds_count{lane="5"} 1',
    'lockstep_request_duration_seconds_count{step="update"} 1',
    'lockstep_rate_wait_seconds_sum{lane="5"} 0.2',
    `lockstep_held_total{${of}} 12`,
    `lockstep_breaker_changes_total{${of},health="open"} 1`,
    `lockstep_resurrected_total{${of}} 1`,
    `lockstep_drift_total{${of},kind="zombie"} 2`,
    `lockstep_deprovision_pending{${of}} 1`,
    `lockstep_deprovision_oldest_seconds{${of}} 90`,
    `lockstep_deprovision_held{${of}} 1`,
    `lockstep_dirty{${of},state="ready"} 2`,
    `lockstep_dirty{${of},state="parked"} 0`,
    `lockstep_breaker_state{${of},health="open"} 1`,
    `lockstep_app_credentials_expire_seconds{${of}} 86400`,
    'lockstep_cursor_lag{tenant="acme"} 1',
  ]
  expect(wanted.filter((line) => !lines.includes(line))).toEqual([])
})

test('without names of tenants the numbers are added up', async () => {
  const lines = await text(false)
  expect(lines.filter((line) => /acme|crm/.test(line))).toEqual([])
  expect(lines).toEqual(
    expect.arrayContaining([
      'lockstep_requests_total{step="update",outcome="done",status="2xx"} 1',
      'lockstep_deprovision_pending 1',
      'lockstep_deprovision_oldest_seconds 90',
      'lockstep_dirty{state="ready"} 2',
      'lockstep_breaker_state{health="open"} 1',
      'lockstep_cursor_lag 1',
    ]),
  )
})

test('apps beyond a number are counted together', async () => {
  const { meter, source } = createHubMeters({ tenants: true, debt: async () => undefined })
  for (let at = 0; at < 600; at++) meter.resurrected({ tenant: 'acme', app: `app${at}` })
  const metrics = createMetrics({ probe: async () => [] })
  metrics.measure(source)
  const lines = (await metrics.text()).body.split('\n')
  expect(lines).toContain('lockstep_resurrected_total{tenant="other",app="other"} 100')
  expect(lines.filter((line) => line.startsWith('lockstep_resurrected_total{'))).toHaveLength(501)
})
