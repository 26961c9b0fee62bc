// Counts function calls and loop iterations with the engine's coverage.

import { Session } from 'node:inspector/promises'

/** Counts what the product does: how often each of its functions is called and each of its loops goes round. */
export interface Work {
  /** What was done while something ran, whatever the machine. What native code does in one call counts as one. */
  readonly count: <T>(run: () => Promise<T>) => Promise<{ readonly result: T; readonly work: number }>
  readonly stop: () => Promise<void>
}

/** Starts counting in this process. */
export async function startWork(): Promise<Work> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  const take = async () => {
    const { result } = await session.post('Profiler.takePreciseCoverage')
    let work = 0
    for (const { url, functions } of result) {
      if (!url.includes('/src/') || url.includes('node_modules')) continue
      for (const { ranges } of functions) for (const { count } of ranges) work += count
    }
    return work
  }
  return {
    async count(run) {
      await take()
      const result = await run()
      return { result, work: await take() }
    },
    async stop() {
      await session.post('Profiler.stopPreciseCoverage')
      session.disconnect()
    },
  }
}
