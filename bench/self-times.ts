// Finds in V8 CPU profiles which functions, or lines, take the most time themselves.

import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What of a V8 CPU profile is read here. */
export interface Profile {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  readonly positionTicks?: readonly { readonly line: number; readonly ticks: number }[]
}

const ROOT = fileURLToPath(new URL('..', import.meta.url))

function place(node: ProfileNode, line: number): string {
  const { functionName, url } = node.callFrame
  const file = url.startsWith('file:') ? relative(ROOT, fileURLToPath(url)) : url
  return `${functionName === '' ? '(anonymous)' : functionName}  ${file}${file === '' ? '' : `:${line}`}`
}

/** Self time by function, or by line, in microseconds. */
export function selfTimes(profile: Profile, byLine: boolean): Map<string, number> {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const times = new Map<string, number>()
  const add = (name: string, us: number) => times.set(name, (times.get(name) ?? 0) + us)
  const own = new Map<number, number>()
  profile.samples.forEach((id, index) => {
    own.set(id, (own.get(id) ?? 0) + (profile.timeDeltas[index] ?? 0))
  })
  for (const [id, us] of own) {
    const node = nodes.get(id)
    if (node === undefined) continue
    const ticks = node.positionTicks ?? []
    const all = ticks.reduce((sum, one) => sum + one.ticks, 0)
    if (!byLine || all === 0) add(place(node, node.callFrame.lineNumber + 1), us)
    else for (const { line, ticks: some } of ticks) add(place(node, line), (us * some) / all)
  }
  return times
}

/** A time in which a thread did not come to rest, and what it did most then. */
export interface Stretch {
  readonly us: number
  readonly most: readonly (readonly [where: string, us: number])[]
}

/** The longest times without rest: what makes everybody else wait. */
export function longestStretches(profile: Profile, count: number): readonly Stretch[] {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const found: Stretch[] = []
  let times = new Map<string, number>()
  let all = 0
  const end = () => {
    if (all > 0) found.push({ us: all, most: [...times].sort((a, b) => b[1] - a[1]).slice(0, 6) })
    times = new Map()
    all = 0
  }
  profile.samples.forEach((id, index) => {
    const node = nodes.get(id)
    if (node === undefined) return
    if (node.callFrame.functionName === '(idle)') {
      end()
      return
    }
    const us = profile.timeDeltas[index] ?? 0
    const where = place(node, node.callFrame.lineNumber + 1)
    times.set(where, (times.get(where) ?? 0) + us)
    all += us
  })
  end()
  return found.sort((a, b) => b.us - a.us).slice(0, count)
}
