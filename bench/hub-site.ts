// Opens Lockstep with a hub and fake apps for the rows H, and watches what reaches the apps.

import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { type Access, createTenant, lockstep, type Server, startProduct } from './server.ts'
import { userText } from './users.ts'

/** What has reached the apps since the counts were forgotten. Times are in milliseconds since 1970. */
export interface Reached {
  readonly requests: number
  readonly creates: number
  readonly updates: number
  readonly removes: number
  readonly last: number
  readonly offs: readonly number[]
  readonly memberships: readonly number[]
}

/** A request as an app got it. */
export interface Recorded {
  readonly method: string
  readonly path: string
  readonly body: string
}

/** The process of the fake apps. */
export interface FakeApps {
  readonly url: string
  readonly pid: number
  readonly reached: () => Promise<Reached>
  /** Forgets the counts, and records so many requests from now on. */
  readonly forget: (record?: number) => Promise<void>
  readonly recorded: () => Promise<readonly Recorded[]>
  /** Forgets all accounts. */
  readonly empty: () => Promise<void>
  readonly close: () => void
}

/** A server with a hub, its fake apps, and one tenant. */
export interface HubSite {
  readonly server: Server
  readonly apps: FakeApps
  readonly access: Access
  /** Sends a SCIM request. */
  readonly send: (method: string, path: string, body?: unknown) => Promise<{ readonly [name: string]: unknown }>
  /** Makes so many people by Bulk. Returns their ids. */
  readonly people: (count: number, first?: number) => Promise<readonly string[]>
  /** Changes people by Bulk. */
  readonly patch: (ids: readonly string[], path: string, value: (at: number) => unknown) => Promise<void>
  /** Makes apps that are off. */
  readonly add: (count: number, settings?: { readonly [name: string]: unknown }) => Promise<readonly string[]>
  readonly command: (app: string, word: 'switch-on' | 'pause' | 'resume') => Promise<void>
  /** Plans what an app would get. Returns how many accounts of each action. */
  readonly plan: (app: string) => Promise<{ readonly [action: string]: number }>
  /** Waits until the apps have been told what is asked for; undefined when that takes too long. */
  readonly until: (done: (reached: Reached) => boolean, limitMs?: number) => Promise<Reached>
  readonly close: () => Promise<void>
}

/** How long the apps may take to be told. */
const LIMIT_MS = 600_000
const BULK = 1_000
const MESSAGES = 'urn:ietf:params:scim:api:messages:2.0'

let sites = 0

/** Starts the fake apps. */
export async function startApps(): Promise<FakeApps> {
  const child: ChildProcess = fork(new URL('./apps.ts', import.meta.url), {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (text) => resolve(String(text).trim()))
    child.once('exit', (code) => reject(new Error(`the fake apps ended with ${code}`)))
  })
  const ask = async (order: string) => (await fetch(`${url}/_/${order}`)).json()
  return {
    url,
    pid: child.pid as number,
    reached: () => ask('counts') as Promise<Reached>,
    forget: async (record = 0) => void (await ask(`record/${record}`)),
    recorded: () => ask('recorded') as Promise<readonly Recorded[]>,
    empty: async () => void (await ask('empty')),
    close: () => child.disconnect(),
  }
}

/** Starts a server with an empty database and a hub. */
export async function openHubSite(bench: Bench, more: readonly string[] = []): Promise<HubSite> {
  const folder = join(bench.directory, `hub-${++sites}`)
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'bench.db')
  const access = createTenant('lockstep', file)
  const admin = JSON.parse(lockstep(['admin', 'token', '--json', '--database', `sqlite:${file}`])) as { token: string }
  const apps = await startApps()
  const server = await startProduct('lockstep', file, access, [], ['--outbound-allow', '127.0.0.0/8', ...more])
  const base = `http://127.0.0.1:${server.port}`
  const call = async (method: string, path: string, token: string, type: string, body: unknown) => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`)
    return (text === '' ? {} : JSON.parse(text)) as { readonly [name: string]: unknown }
  }
  const send = (method: string, path: string, body?: unknown) =>
    call(method, `${access.root}${path}`, access.token, 'application/scim+json', body)
  const administer = (method: string, path: string, body?: unknown) =>
    call(method, `/admin/v1/tenants/bench${path}`, admin.token, 'application/json', body)
  const bulk = async (operations: readonly unknown[]) => {
    const found: { readonly location?: string }[] = []
    for (let at = 0; at < operations.length; at += BULK) {
      const Operations = operations.slice(at, at + BULK)
      const answer = await send('POST', '/Bulk', { schemas: [`${MESSAGES}:BulkRequest`], Operations })
      found.push(...(answer.Operations as { location?: string }[]))
    }
    return found.map(({ location = '' }) => location.slice(location.lastIndexOf('/') + 1))
  }
  let made = 0
  return {
    server,
    apps,
    access,
    send,
    people: (count, first = 0) =>
      bulk(
        Array.from({ length: count }, (_, at) => ({
          method: 'POST',
          path: '/Users',
          bulkId: `b${at}`,
          data: JSON.parse(userText(first + at)),
        })),
      ),
    patch: async (ids, path, value) =>
      void (await bulk(
        ids.map((id, at) => ({
          method: 'PATCH',
          path: `/Users/${id}`,
          data: { schemas: [`${MESSAGES}:PatchOp`], Operations: [{ op: 'replace', path, value: value(at) }] },
        })),
      )),
    async add(count, settings = {}) {
      const names = Array.from({ length: count }, () => `app-${++made}`)
      for (const app of names) {
        await administer('POST', '/apps', {
          app,
          options: { url: `${apps.url}/${app}/scim/v2` },
          scope: { users: {} },
          // What is measured here are leavers one by one, and everything at once.
          guard: { floor: 1_000_000, percent: 100, membersFloor: 1_000_000, membersPercent: 100 },
          ...settings,
        })
      }
      return names
    },
    command: async (app, word) =>
      void (await administer('POST', `/apps/${app}/${word}`, word === 'switch-on' ? { withoutPlan: true } : undefined)),
    async plan(app) {
      // The answer comes before the plan is made.
      let run = await administer('POST', `/apps/${app}/plans`)
      while (run.state === 'running') {
        await pause(50)
        run = await administer('GET', `/apps/${app}/plans/${run.plan}`)
      }
      if (run.state !== 'done') throw new Error(`the plan ended as ${run.state}: ${run.message}`)
      return run.counts as { readonly [action: string]: number }
    },
    async until(done, limitMs = LIMIT_MS) {
      const began = performance.now()
      for (;;) {
        const reached = await apps.reached()
        if (done(reached)) return reached
        if (performance.now() - began > limitMs)
          throw new Error(
            `after ${limitMs / 1_000} s the apps got ${reached.creates} creates, ${reached.updates} updates`,
          )
        await pause(20)
      }
    },
    async close() {
      await server.kill()
      apps.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
