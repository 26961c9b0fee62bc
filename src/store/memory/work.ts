// Items, cursors, leases and news in memory: what they mean, by definition.

import { compareText } from '../../protocol/index.ts'
import {
  Conflict,
  checkLease,
  checkPage,
  checkTrim,
  type Item,
  type ItemKey,
  LogCut,
  NEVER,
  type News,
  type Work,
  type WorkWrite,
} from '../contract/index.ts'
import { changedItem, markedItem } from '../work-rules.ts'
import { type Effects, put } from './effects.ts'
import { itemsOf } from './items.ts'
import type { Tenant } from './tenant.ts'

/** Carries out one write of work on a tenant; false when there was nothing to do. `at` is its place in the list, for a `Conflict`. */
export function applyWork(tenant: Tenant, write: WorkWrite, at: number, now: number, out: Effects): boolean {
  switch (write.write) {
    case 'item': {
      const before = liveItem(tenant, write.item, now)
      const after = changedItem(before, write, at)
      put(tenant.items, itemKey(write.item), after, out)
      return before !== undefined || after !== undefined
    }
    case 'mark':
      put(tenant.items, itemKey(write.item), markedItem(liveItem(tenant, write.item, now), write), out)
      return true
    case 'cursor': {
      const { reader, place, paused = false } = write
      if (place === undefined && !tenant.cursors.has(reader)) return false
      const cursor = place === undefined ? undefined : { tenant: tenant.name, reader, place, paused }
      put(tenant.cursors, reader, cursor, out)
      return true
    }
    case 'fence':
      if (tenant.leases.get(write.lease.name)?.epoch === write.epoch) return false
      throw new Conflict('epoch', at, write.lease.name)
    case 'trim':
      return trim(tenant, write.upTo, at, out)
  }
}

function trim(tenant: Tenant, wanted: number, at: number, out: Effects): boolean {
  const { log, cut } = tenant
  const upTo = Math.min(wanted, cut.place + log.length - out.changes.length)
  const slowest = [...tenant.cursors.values()].sort((a, b) => a.place - b.place || compareText(a.reader, b.reader))[0]
  if (slowest !== undefined && slowest.place < upTo) throw new Conflict('reader', at, slowest.reader)
  if (upTo <= cut.place) return false
  checkTrim(upTo - cut.place)
  const before = { ...cut }
  const lines = log.splice(0, upTo - cut.place)
  cut.place = upTo
  for (const line of lines) cut.at = Math.max(cut.at, line.at)
  out.undos.push(() => {
    log.unshift(...lines)
    Object.assign(cut, before)
  })
  out.affected.push({ tenant: tenant.name, records: true }, { tenant: tenant.name, all: true })
  return true
}

/** Creates the reading half of work, and leases. `turn` runs after all commits that were handed in before. */
export function createWork(
  tenantNamed: (name: string) => Tenant | undefined,
  tenants: () => Iterable<Tenant>,
  now: () => number,
  turn: <T>(work: () => T) => Promise<T>,
): Omit<Work, 'watchWork'> {
  const live = (tenant: Tenant, queue: string): Item[] =>
    [...tenant.items.values()].filter((item) => item.queue === queue && item.expires > now())

  return {
    async items(name, queue, where) {
      return itemsOf(tenantNamed(name), queue, where, now())
    },
    async due(queue, { until, limit, lanes, within }) {
      checkPage(limit)
      const of = within === undefined ? tenants() : [tenantNamed(within.tenant)]
      return [...of]
        .flatMap((tenant) => (tenant === undefined ? [] : live(tenant, queue)))
        .filter((item) => item.due <= until && (within === undefined ? item.due < NEVER : item.state === within.state))
        .filter((item) => lanes === undefined || lanes.includes(item.lane))
        .sort((a, b) => a.lane - b.lane || a.due - b.due)
        .slice(0, limit)
    },
    async states(name, queue) {
      const tenant = tenantNamed(name)
      const counts: { [state: string]: number } = {}
      for (const { state } of tenant === undefined ? [] : live(tenant, queue)) {
        if (state !== '') counts[state] = (counts[state] ?? 0) + 1
      }
      return counts
    },
    async cursors(name) {
      const cursors = tenantNamed(name)?.cursors.values() ?? []
      return [...cursors].sort((a, b) => compareText(a.reader, b.reader))
    },
    async news(reader, limit, after) {
      checkPage(limit)
      const found: News[] = []
      for (const { cursors, log, cut } of tenants()) {
        const last = cut.place + log.length
        for (const { paused, ...cursor } of cursors.values()) {
          const wanted = cursor.reader === reader || cursor.reader.startsWith(`${reader}/`)
          if (wanted && !paused && cursor.place < last) found.push({ ...cursor, last })
        }
      }
      const order = (a: News, b: News) => compareText(a.tenant, b.tenant) || compareText(a.reader, b.reader)
      return found
        .filter((one) => after === undefined || order(one, after) > 0)
        .sort(order)
        .slice(0, limit)
    },
    async lease(key, owner, ms, { from } = {}) {
      checkLease(key, owner, ms)
      return turn(() => {
        const leases = tenantNamed(key.tenant)?.leases
        if (leases === undefined) return undefined
        const there = leases.get(key.name)
        const free = there === undefined || there.owner === undefined || there.until <= now() || there.owner === from
        if (there?.owner !== owner && !free) return undefined
        const renewed = there !== undefined && there.owner === owner
        const abandoned = renewed ? there.abandoned : there?.owner !== undefined
        const epoch = (there?.epoch ?? 0) + (renewed ? 0 : 1)
        leases.set(key.name, { owner, until: now() + ms, epoch, abandoned })
        return { epoch, abandoned }
      })
    },
    async release(key, epoch) {
      await turn(() => {
        const leases = tenantNamed(key.tenant)?.leases
        const there = leases?.get(key.name)
        if (there?.epoch === epoch) leases?.set(key.name, { ...there, owner: undefined })
      })
    },
    async leaseHolder(key) {
      const there = tenantNamed(key.tenant)?.leases.get(key.name)
      if (there?.owner === undefined) return undefined
      return { owner: there.owner, epoch: there.epoch, leftMs: there.until - now() }
    },
  }
}

/** The log of a tenant behind a place. Throws {@link LogCut}. */
export function changesAfter({ log, cut }: Tenant, after: number, limit: number): Tenant['log'] {
  if (after < cut.place) throw new LogCut(cut.place + 1)
  return log.slice(after - cut.place, after - cut.place + limit)
}

function liveItem(tenant: Tenant, key: ItemKey, now: number): Item | undefined {
  const item = tenant.items.get(itemKey(key))
  return item === undefined || item.expires <= now ? undefined : item
}

/** The key under which an item is kept; no name holds a line end. */
export function itemKey({ queue, key }: ItemKey | Omit<ItemKey, 'tenant'>): string {
  return `${queue}\n${key}`
}
