// Reads a process's CPU time and memory from /proc. proc(5).

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

/** Memory of a process in MiB: resident, the part of it that is not mapped from files, and the peak. */
export function memoryMiB(pid: number): { readonly rss: number; readonly own: number; readonly peak: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'latin1')
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) / 1024
  return { rss: field('VmRSS'), own: field('RssAnon'), peak: field('VmHWM') }
}

/** CPU time of processes and their descendants so far, in microseconds, by process. */
export function cpuTimes(roots: readonly number[]): ReadonlyMap<number, number> {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? []
      parents.set(Number(name), Number(fields[1]))
    } catch {
      // It has ended in the meantime.
    }
  }
  const times = new Map<number, number>()
  const visit = (pid: number) => {
    try {
      times.set(pid, cpuUs(pid))
    } catch {
      return
    }
    for (const [child, parent] of parents) if (parent === pid) visit(child)
  }
  for (const root of roots) visit(root)
  return times
}

/** The CPU time of processes and their descendants since then, in microseconds. Processes that have ended are not counted. */
export function cpuSince(before: ReadonlyMap<number, number>, roots: readonly number[]): number {
  let sum = 0
  for (const [pid, us] of cpuTimes(roots)) sum += us - (before.get(pid) ?? 0)
  return sum
}
