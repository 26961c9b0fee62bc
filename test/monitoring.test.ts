// The alerts and the dashboard in deploy/ ask for metrics and labels that exist.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { HubDebt } from '../src/server/monitoring/hub-debt.ts'
import { createHubMeters } from '../src/server/monitoring/hub-meters.ts'
import { createMetrics } from '../src/server/monitoring/metrics.ts'
import { createVitals } from '../src/server/monitoring/vitals.ts'

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../deploy/${path}`, import.meta.url)), 'utf8')

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string
      readonly expr: string
      readonly annotations: { readonly [name: string]: string }
    }[]
  }[]
}
interface Dashboard {
  readonly panels: readonly {
    readonly id: number
    readonly title: string
    readonly type: string
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
    readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[]
  }[]
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query?: { readonly query: string } | string }[]
  }
}

const rules = (parse(read('prometheus/lockstep.rules.yml')) as Rules).groups.flatMap((group) => group.rules)
const dashboard = JSON.parse(read('grafana/lockstep.json')) as Dashboard
/** Labels by metric, as /metrics gives them. */
const metrics = new Map<string, Set<string>>()

beforeAll(async () => {
  const own = createMetrics({ probe: async () => [], tenants: async () => [] })
  own.meter('GET', '/Users').seen(200, 0.1)
  const debt: HubDebt = {
    apps: [
      {
        tenant: 't',
        app: 'a',
        health: 'open',
        states: { ready: 1 },
        leavers: 1,
        oldestLeaver: 5,
        credentialsExpire: 9,
      },
    ],
    lags: [{ tenant: 't', lines: 3 }],
  }
  const { meter, source } = createHubMeters({ tenants: true, debt: async () => debt })
  const app = { tenant: 't', app: 'a' }
  meter.planned('t', 1, 1)
  meter.sent({ ...app, step: 'update', lane: 5, outcome: 'done', status: 200, seconds: 0.1 })
  meter.acknowledged({ ...app, lane: 0, seconds: 1 })
  meter.held(app, 1)
  meter.health(app, 'open')
  meter.resurrected(app)
  meter.drift(app, 'zombie', 1)
  meter.rateWait(app, 5, 1)
  own.measure(source)
  const token = { tenant: 't', connection: 'c', expires: Date.now() + 1_000 } as never
  own.measure(
    createVitals({
      why: async () => undefined,
      tokens: () => [token],
      tenants: true,
      file: fileURLToPath(import.meta.url),
    }),
  )
  for (const line of (await own.text()).body.split('\n')) {
    const [, name, labels = ''] = /^([a-z_]+)(?:\{(.*)\})? /.exec(line) ?? []
    if (name === undefined || line.startsWith('#')) continue
    const known = metrics.get(name) ?? new Set()
    for (const [, label = ''] of labels.matchAll(/([a-z_]+)="/g)) known.add(label)
    metrics.set(name, known)
  }
})

/** What is wrong with an expression: metrics that don't exist, labels that they don't have. */
function faults(expr: string): readonly string[] {
  const found: string[] = []
  const labels = new Set<string>()
  for (const [, name = '', conditions = ''] of expr.matchAll(/\b(lockstep_[a-z_]+)(?:\{([^}]*)\})?/g)) {
    const known = metrics.get(name)
    if (known === undefined) found.push(`no metric ${name}`)
    for (const label of known ?? []) labels.add(label)
    for (const [, label = ''] of conditions.matchAll(/([a-z_]+)\s*=~?"/g)) {
      if (known?.has(label) === false) found.push(`${name} has no label ${label}`)
    }
  }
  for (const [, list = ''] of expr.matchAll(/\bby \(([^)]*)\)/g)) {
    for (const label of list.split(/,\s*/)) if (!labels.has(label)) found.push(`${expr} has no label ${label}`)
  }
  if (!/lockstep_/.test(expr)) found.push(`${expr} asks for nothing of ours`)
  return found
}

test('a metric or a label that does not exist is found', () => {
  expect(faults('sum by (nope) (lockstep_nope)')).toHaveLength(2)
  expect(faults('lockstep_dirty{nope=~"x"}')).toEqual(['lockstep_dirty has no label nope'])
  expect(faults('up')).toHaveLength(1)
})

describe('alerts', () => {
  test.each(rules.map((rule) => [rule.alert, rule] as const))('%s', (_name, { expr, annotations }) => {
    expect(faults(expr)).toEqual([])
    expect(annotations.summary).toMatch(/^[A-Z].*[^.]$/)
  })

  test('cover the debt, breakers, holds, credentials, the cursor and who came back', () => {
    const all = rules.map(({ expr }) => expr).join('\n')
    for (const name of [
      'deprovision_oldest_seconds',
      'breaker_state',
      'deprovision_held',
      'resurrected_total',
      'cursor_lag',
    ])
      expect(all).toContain(`lockstep_${name}`)
    expect(all).toContain('lockstep_app_credentials_expire_seconds')
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
  })
})

describe('the dashboard', () => {
  const shown = dashboard.panels.filter(({ type }) => type !== 'row')

  test.each(shown.map((panel) => [panel.title, panel] as const))('%s', (_title, { targets = [] }) => {
    expect(targets.length).toBeGreaterThan(0)
    expect(targets.flatMap(({ expr }) => faults(expr))).toEqual([])
    for (const { expr, legendFormat } of targets) {
      const names = [...expr.matchAll(/\b(lockstep_[a-z_]+)/g)].map(([, name = '']) => name)
      for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
        expect(names.some((name) => metrics.get(name)?.has(label))).toBe(true)
      }
    }
  })

  test('lays its panels out side by side, each with an id of its own', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
    for (const [at, one] of dashboard.panels.entries()) {
      const { x, y, w, h } = one.gridPos
      expect(x + w).toBeLessThanOrEqual(24)
      const over = dashboard.panels
        .slice(at + 1)
        .filter(({ gridPos: b }) => x < b.x + b.w && b.x < x + w && y < b.y + b.h && b.y < y + h)
      expect(over.map(({ title }) => title)).toEqual([])
    }
  })

  test('its variables are values of labels that exist', () => {
    for (const { query } of dashboard.templating.list) {
      if (query === undefined || typeof query === 'string') continue
      const [, name = '', label = ''] =
        /^label_values\((lockstep_[a-z_]+)(?:\{[^}]*\})?, (\w+)\)$/.exec(query.query) ?? []
      expect(metrics.get(name)?.has(label)).toBe(true)
    }
  })
})
