// How costly queries are said to be.

import type { ResourceType } from '../../protocol/index.ts'
import { type Chapter, rule } from './suite.ts'
import { creating, querying, TYPES, USER } from './writes.ts'

/** How costly queries are said to be. */
export const WEIGHING: Chapter = {
  name: 'weighing',
  rules: [
    rule('one look-up is light, a scan of many is heavy', async (on, expect) => {
      const ids = Array.from({ length: 301 }, (_, i) => `x${i}`)
      await on.store.commit([
        ...ids.map((id) => creating(id, { userName: id, title: 'Dr' })),
        creating('g', { displayName: 'g' }),
      ])
      const weight = (ask: Parameters<typeof querying>[1], types: readonly ResourceType[] = [USER]) =>
        on.store.weigh(querying(types, { page: { offset: 0, limit: 100 }, ...ask }))
      expect(weight({ filter: 'userName eq "x1"' })).toBe('light')
      expect(weight({ filter: 'userName eq "nobody" and title co "r"' })).toBe('light')
      expect(weight({})).toBe('light')
      expect(weight({ page: { offset: 0, limit: 1_000 } })).toBe('heavy')
      expect(weight({ filter: 'title co "x"' })).toBe('heavy')
      expect(weight({}, TYPES)).toBe('heavy')
      expect(weight({ sortBy: 'title' })).toBe('heavy')
    }),
  ],
}
