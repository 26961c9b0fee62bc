// Probes of apps that go on in the background, and what they saw.

import type { Environment } from '../../environment.ts'
import { isObject, type Json } from '../../protocol/index.ts'
import type { Store, Work } from '../../store/index.ts'
import { type ProbeReport, probeApp } from '../adapters/scim/probe.ts'
import { type AdapterDeps, type AppSettings, newRunKey, QUEUES } from '../contract/index.ts'
import { asOfNow, type Background, begun, failureText, withBeats } from '../proof/background.ts'
import { AppRefusal } from './app-refusal.ts'
import type { AppTargetDeps } from './app-target.ts'
import { requireApp } from './require-app.ts'

/** A probe as it is kept in `QUEUES.runs`. Times are in milliseconds since 1970. */
export interface ProbeRun {
  readonly kind: 'probe'
  readonly id: string
  /** `failed`: the app could not even be read. */
  readonly state: 'running' | 'done' | 'failed'
  readonly message?: string
  readonly beganAt: number
  readonly seenAt?: number
  /** What is being done, for people. */
  readonly at?: string
  readonly report?: ProbeReport
}

/** Probes of apps. Both throw {@link AppRefusal}. */
export interface Probes {
  /**
   * Begins to find out what an app takes, on an account and a group of its own; see `probeApp`. `domain`: of the e-mail address of that
   * account. One at a time for each app.
   */
  begin(tenant: string, app: string, options: { readonly domain?: string | undefined }): Promise<ProbeRun>
  get(tenant: string, app: string, probe: string): Promise<ProbeRun>
}

/** What probes work with. */
export interface ProbesDeps extends AppTargetDeps {
  readonly store: Store & Work
  readonly environment: Environment
  readonly background: Background
}

/** How long what was seen is kept. */
const KEPT_MS = 30 * 86_400_000
const TAG = 'probe'

/** Creates the probes. */
export function createProbes(deps: ProbesDeps): Probes {
  const { store, environment, background } = deps
  return {
    async begin(tenant, app, { domain }) {
      const settings = await requireApp(deps, tenant, app)
      if (settings.adapter !== 'scim')
        throw new AppRefusal('ERR_INVALID', `App "${app}" does not speak SCIM: nothing is to be found out`)
      const runs = await store.items(tenant, QUEUES.runs(app), { tag: TAG, limit: 1_000 })
      const now = environment.now()
      const running = runs
        .map(({ value }) => value as unknown as ProbeRun)
        .find((run) => asOfNow(run, run.beganAt, now).state === 'running')
      if (running !== undefined)
        throw new AppRefusal('ERR_IN_USE', `Probe ${running.id} of app "${app}" is under way; wait until it is done`)
      return begun<ProbeRun>(background, (signal, onBegun) =>
        deps.withAdapterDeps(tenant, settings, (adapter) =>
          carryOut(deps, adapter, settings, { domain, signal }, onBegun),
        ),
      )
    },
    async get(tenant, app, probe) {
      await requireApp(deps, tenant, app)
      const [item] = await store.items(tenant, QUEUES.runs(app), { keys: [probe] })
      if (item === undefined || !isObject(item.value) || item.value.kind !== 'probe')
        throw new AppRefusal('ERR_NOT_FOUND', `App "${app}" has no probe "${probe}"`)
      const run = item.value as unknown as ProbeRun
      return asOfNow(run, run.beganAt, environment.now())
    },
  }
}

async function carryOut(
  { store, environment }: ProbesDeps,
  adapter: AdapterDeps,
  settings: AppSettings,
  { domain, signal }: { readonly domain: string | undefined; readonly signal: AbortSignal },
  onBegun: (run: ProbeRun) => void,
): Promise<void> {
  const beganAt = environment.now()
  const id = newRunKey(environment)
  const keep = async (run: Omit<ProbeRun, 'id' | 'kind' | 'beganAt'>): Promise<ProbeRun> => {
    const value: ProbeRun = { kind: 'probe', id, beganAt, ...run }
    const item = { tenant: adapter.tenant, queue: QUEUES.runs(settings.id), key: id }
    const set = { tag: TAG, value: value as unknown as Json, expires: beganAt + KEPT_MS }
    await store.commit([{ write: 'item', item, set }])
    return value
  }
  let at: string | undefined
  const running = () => keep({ state: 'running', seenAt: environment.now(), ...(at === undefined ? {} : { at }) })
  onBegun(await running())
  const onProgress = (text: string) => {
    at = text.slice(0, 200)
  }
  try {
    const report = await withBeats(environment, running, () =>
      probeApp(settings, adapter, { signal, onProgress, ...(domain === undefined ? {} : { domain }) }),
    )
    await keep({ state: 'done', report })
  } catch (error) {
    await keep({ state: 'failed', message: failureText(error) })
  }
}
