// Starts load generators and sends them orders.

import { type ChildProcess, fork } from 'node:child_process'
import type { Answer } from './connection.ts'
import type { Sample } from './drive.ts'
import type { Asked, Order, SiteFacts } from './load.ts'

/** A load generator in a process of its own. */
export interface Loader {
  register(site: SiteFacts): Promise<void>
  fill(site: string, count: number, ids: string): Promise<{ readonly seconds: number; readonly way: string }>
  measure(options: {
    readonly site: string
    readonly asked: readonly Asked[]
    readonly ms: number
    readonly most?: number
    readonly blind?: boolean
    readonly sleeps?: boolean
  }): Promise<readonly Sample[]>
  /** One complete response to a workload. */
  answer(site: string, workload: string): Promise<Answer>
  stop(): Promise<void>
  acknowledge(site: string, connections: number): Promise<readonly number[]>
  present(site: string, users: readonly number[]): Promise<number>
  close(): void
}

/** Starts one. The users it creates have numbers from `first` beyond those a site was filled with. */
export function startLoader(first = 0): Loader {
  const child: ChildProcess = fork(new URL('./load.ts', import.meta.url), [String(first)])
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let last = 0
  child.on('message', (message: { id: number; result?: unknown; error?: string }) => {
    const one = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.error === undefined) one?.resolve(message.result)
    else one?.reject(new Error(message.error))
  })
  child.on('exit', (code) => {
    for (const one of waiting.values()) one.reject(new Error(`the load generator ended with ${code}`))
  })
  const give = <Result>(order: Order): Promise<Result> =>
    new Promise((resolve, reject) => {
      const id = ++last
      waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
      child.send({ id, order })
    })
  return {
    register: (site) => give({ order: 'site', site }),
    fill: (site, count, ids) => give({ order: 'fill', site, count, ids }),
    measure: (options) => give({ order: 'measure', ...options }),
    answer: (site, workload) => give({ order: 'answer', site, workload }),
    stop: () => give({ order: 'stop' }),
    acknowledge: (site, connections) => give({ order: 'acknowledge', site, connections }),
    present: (site, users) => give({ order: 'present', site, users }),
    close: () => child.disconnect(),
  }
}
