// Counts what the hub does, and measures what it owes, for /metrics.

import type { AppName, HubMeter } from '../../hub/index.ts'
import { countIn, createHistogram, type Histogram, type Measured, samples } from './histogram.ts'
import type { HubDebt } from './hub-debt.ts'
import type { Registrar, Source } from './registry.ts'

/** Upper bounds of times until an app confirmed, in seconds: from what nobody notices to what needs an explanation. */
const CONFIRMED = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 21_600, 86_400]
/** Upper bounds of the time that an app takes for one request, and of waits for the rate budget, in seconds. */
const ANSWERED = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** Most apps that are counted separately; the others are counted together as `other`. */
const APPS = 500

/** The numbers of the hub in this process. */
export interface HubMeters {
  /** For the hub: counts what it does. */
  readonly meter: HubMeter
  /** For the metrics. */
  readonly source: Source
}

/** What the meters are made of. */
export interface HubMetersOptions {
  /** Whether to name tenants and their apps. Without, their numbers are added up. */
  readonly tenants: boolean
  /** Measures what the hub owes; undefined while the database can't tell. */
  readonly debt: () => Promise<HubDebt | undefined>
}

/** Numbers by labels. */
interface Counters<Value> {
  readonly of: (labels: Measured['labels'], app?: AppName) => Value
  readonly all: () => readonly { readonly labels: Measured['labels']; readonly value: Value }[]
}

/** Creates the numbers of the hub. */
export function createHubMeters({ tenants, debt }: HubMetersOptions): HubMeters {
  const labelsOf = createAppLabels(tenants)
  const counters = <Value>(make: () => Value): Counters<Value> => createCounters(labelsOf, make)
  const count = () => counters(() => ({ sum: 0 }))
  const lines = count()
  const marks = count()
  const requests = count()
  const held = count()
  const resurrected = count()
  const drift = count()
  const health = count()
  const answered = counters(() => createHistogram(ANSWERED))
  const waited = counters(() => createHistogram(ANSWERED))
  const delivered = counters(() => createHistogram(CONFIRMED))
  const deprovisioned = counters(() => createHistogram(CONFIRMED))
  const meter: HubMeter = {
    planned(_tenant, read, marked) {
      lines.of({}).sum += read
      marks.of({}).sum += marked
    },
    sent({ step, outcome, status, seconds, ...app }) {
      // By class: an app may answer whatever it likes.
      const kind = status === undefined ? 'none' : `${Math.floor(status / 100)}xx`
      requests.of({ step, outcome, status: kind }, app).sum++
      countIn(answered.of({ step }), seconds)
    },
    acknowledged({ lane, seconds, ...app }) {
      countIn(delivered.of({ lane }), seconds)
      if (lane === 0) countIn(deprovisioned.of({}, app), seconds)
    },
    held(app, removals) {
      held.of({}, app).sum += removals
    },
    health(app, now) {
      health.of({ health: now }, app).sum++
    },
    resurrected(app) {
      resurrected.of({}, app).sum++
    },
    drift(app, kind, found) {
      drift.of({ kind }, app).sum += found
    },
    rateWait(_app, lane, seconds) {
      countIn(waited.of({ lane }), seconds)
    },
  }
  const counted: readonly (readonly [name: string, help: string, of: Counters<{ sum: number }>])[] = [
    ['lockstep_planned_lines_total', 'Lines of the change log that the hub has planned for.', lines],
    ['lockstep_planned_marks_total', 'Accounts that were marked because of them.', marks],
    ['lockstep_requests_total', 'Requests to apps by step, outcome and class of HTTP status.', requests],
    ['lockstep_held_total', 'Removals that the guard has held back.', held],
    ['lockstep_breaker_changes_total', 'Changes of the health of apps, by what it became.', health],
    [
      'lockstep_resurrected_total',
      'People who were found switched on again after they had been switched off.',
      resurrected,
    ],
    ['lockstep_drift_total', 'Differences that sweeps have found, by kind.', drift],
  ]
  const timed: readonly (readonly [name: string, help: string, of: Counters<Histogram>])[] = [
    ['lockstep_deprovision_seconds', 'Time from the change of a leaver to the confirmation of an app.', deprovisioned],
    ['lockstep_delivery_seconds', 'Time from a change to the confirmation of an app, by lane.', delivered],
    ['lockstep_request_duration_seconds', 'Time of requests to apps, by step.', answered],
    ['lockstep_rate_wait_seconds', 'Time that steps waited for the rate budget of an app, by lane.', waited],
  ]
  return {
    meter,
    async source(register) {
      for (const [name, help, of] of counted) {
        register(
          'counter',
          name,
          help,
          of.all().map(({ labels, value }) => ({ labels, value: value.sum })),
        )
      }
      for (const [name, help, of] of timed) {
        register(
          'histogram',
          name,
          help,
          of.all().flatMap(({ labels, value }) => samples(name, value, labels)),
        )
      }
      const owed = await debt()
      if (owed !== undefined) registerDebt(register, owed, tenants)
    },
  }
}

/** What stands, as the database shows it to every process alike. */
function registerDebt(register: Registrar, debt: HubDebt, tenants: boolean): void {
  const gauge = (name: string, help: string, combine: Combine, values: readonly Measured[]) =>
    register('gauge', name, help, tenants ? values : combined(values, combine), 'first')
  const apps = debt.apps.map((one) => ({ ...one, labels: { tenant: one.tenant, app: one.app } }))
  gauge(
    'lockstep_deprovision_pending',
    'Leavers whom an app has not confirmed yet, those held back not counted.',
    'sum',
    apps.map(({ labels, leavers }) => ({ labels, value: leavers })),
  )
  gauge(
    'lockstep_deprovision_oldest_seconds',
    'Age of the oldest of them.',
    'max',
    apps.map(({ labels, oldestLeaver }) => ({ labels, value: oldestLeaver })),
  )
  gauge(
    'lockstep_deprovision_held',
    'Removals that wait for a decision.',
    'sum',
    apps.map(({ labels, states }) => ({ labels, value: states.held ?? 0 })),
  )
  gauge(
    'lockstep_dirty',
    'Accounts that do not reflect all changes yet, by state.',
    'sum',
    apps.flatMap(({ labels, states }) =>
      (['ready', 'waiting', 'held', 'parked'] as const).map((state) => ({
        labels: { ...labels, state },
        value: states[state] ?? 0,
      })),
    ),
  )
  gauge(
    'lockstep_breaker_state',
    'Apps by health; with tenants named, 1 for the health that an app has.',
    'sum',
    apps.map(({ labels, health }) => ({ labels: { ...labels, health }, value: 1 })),
  )
  gauge(
    'lockstep_app_credentials_expire_seconds',
    'Seconds until the credentials of apps expire, the soonest.',
    'min',
    apps.flatMap(({ labels, credentialsExpire }) =>
      credentialsExpire === undefined ? [] : [{ labels, value: credentialsExpire }],
    ),
  )
  gauge(
    'lockstep_cursor_lag',
    'Lines of the change log that the hub has not planned for yet.',
    'max',
    debt.lags.map(({ tenant, lines }) => ({ labels: { tenant }, value: lines })),
  )
}

type Combine = 'sum' | 'max' | 'min'

/** The same numbers without tenants and apps. */
function combined(values: readonly Measured[], combine: Combine): readonly Measured[] {
  const found = new Map<string, { labels: Measured['labels']; value: number }>()
  for (const { labels, value } of values) {
    const { tenant: _tenant, app: _app, ...rest } = labels
    const key = JSON.stringify(rest)
    const known = found.get(key)
    if (known === undefined) found.set(key, { labels: rest, value })
    else if (combine === 'sum') known.value += value
    else known.value = combine === 'max' ? Math.max(known.value, value) : Math.min(known.value, value)
  }
  return [...found.values()]
}

/** The labels of an app: none, or its name and its tenant's, for so many apps. */
function createAppLabels(tenants: boolean): (app: AppName) => { readonly [name: string]: string } {
  const known = new Set<string>()
  return ({ tenant, app }) => {
    if (!tenants) return {}
    const key = `${tenant} ${app}`
    if (!known.has(key)) {
      if (known.size >= APPS) return { tenant: 'other', app: 'other' }
      known.add(key)
    }
    return { tenant, app }
  }
}

function createCounters<Value>(
  labelsOf: (app: AppName) => { readonly [name: string]: string },
  make: () => Value,
): Counters<Value> {
  const found = new Map<string, { readonly labels: Measured['labels']; readonly value: Value }>()
  return {
    of(own, app) {
      const labels = app === undefined ? own : { ...labelsOf(app), ...own }
      // All labels of one counter have the same names, and no value has a blank.
      const key = Object.values(labels).join(' ')
      let known = found.get(key)
      if (known === undefined) {
        known = { labels, value: make() }
        found.set(key, known)
      }
      return known.value
    },
    all: () => [...found.values()],
  }
}
