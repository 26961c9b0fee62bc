/** What the kernel knows about a process: CPU time and memory. proc(5). */
import { readdirSync, readFileSync } from 'node:fs'

/** CPU time of all threads of a process so far, in microseconds. */
export function cpuUs(pid: number): number {
  try {
    // schedstat counts nanoseconds per living thread; stat counts ticks of 10 ms, too coarse for a round of a second.
    let total = 0
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      total += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0])
    }
    if (total > 0) return total / 1000
  } catch {
    // No schedstat in this kernel.
  }
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}

/** Memory of a process in MiB: all of it that is resident, and what of that is its own (not mapped from files). */
export function memoryMiB(pid: number): { readonly rss: number; readonly own: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'latin1')
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) / 1024
  return { rss: field('VmRSS'), own: field('RssAnon') }
}
