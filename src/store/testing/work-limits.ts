// The limits of work, at them and past them.

import { NEVER, WORK_LIMITS, type Write } from '../index.ts'
import { type Chapter, rule } from './suite.ts'
import { BARE, cursor, keyed, marking, QUEUE, setting, trim } from './work-writes.ts'

const long = (length: number) => 'x'.repeat(length)
const refused = /must be/

const AT_LIMITS: readonly (readonly [string, (length: number) => Write, number])[] = [
  ['key', (n) => setting(long(n), {}), WORK_LIMITS.KEY_LENGTH],
  ['queue', (n) => setting(keyed('a', long(n)), {}), WORK_LIMITS.NAME_LENGTH],
  ['tag', (n) => setting('a', { tag: long(n) }), WORK_LIMITS.TAG_LENGTH],
  ['state', (n) => setting('a', { state: long(n) }), WORK_LIMITS.STATE_LENGTH],
  ['value', (n) => setting('a', { value: long(n - 2) }), WORK_LIMITS.VALUE_BYTES],
  ['reader', (n) => cursor(long(n), 0), WORK_LIMITS.NAME_LENGTH],
  ['lane', (n) => setting('a', { lane: n }), 9],
  ['due', (n) => setting('a', { due: n }), NEVER],
]

/** The limits of work. */
export const WORK_LIMIT_RULES: Chapter = {
  name: 'limits',
  rules: [
    ...AT_LIMITS.map(([name, write, limit]) =>
      rule(`${name}: at it and past it`, async ({ store }, expect) => {
        await store.commit([write(limit)])
        await expect(store.commit([write(limit + 1)])).rejects.toThrow(refused)
      }),
    ),

    rule('the largest of everything at once, in letters that take most bytes', async ({ store }, expect) => {
      const wide = (length: number) => '\uff21'.repeat(length)
      const key = keyed(wide(WORK_LIMITS.KEY_LENGTH), wide(WORK_LIMITS.NAME_LENGTH))
      const draft = { tag: wide(WORK_LIMITS.TAG_LENGTH), state: wide(WORK_LIMITS.STATE_LENGTH), due: 1 }
      await store.commit([setting(key, draft)])
      expect(await store.items('acme', key.queue, { keys: [key.key] })).toEqual([{ ...key, ...BARE, ...draft }])
    }),

    rule('items in a commit, a page, a lease, and what makes no sense', async ({ store }, expect) => {
      const items = (count: number) => Array.from({ length: count }, (_, i) => setting(`k${i}`, {}))
      await store.commit(items(WORK_LIMITS.ITEMS_PER_COMMIT))
      await expect(store.commit(items(WORK_LIMITS.ITEMS_PER_COMMIT + 1))).rejects.toThrow(/at most 2000 writes/)
      const page = (limit: number) => store.items('acme', QUEUE, { limit })
      expect(await page(WORK_LIMITS.ITEM_KEYS)).toHaveLength(1_000)
      await expect(page(WORK_LIMITS.ITEM_KEYS + 1)).rejects.toThrow(refused)
      await expect(store.due(QUEUE, { until: 1, limit: 1_001 })).rejects.toThrow(refused)
      await expect(store.news('hub', 1_001)).rejects.toThrow(refused)
      const lease = (name: string, owner: string, ms: number) => store.lease({ tenant: 'acme', name }, owner, ms)
      await lease(long(WORK_LIMITS.NAME_LENGTH), long(WORK_LIMITS.NAME_LENGTH), WORK_LIMITS.LEASE_MS)
      await expect(lease(long(WORK_LIMITS.NAME_LENGTH + 1), 'a', 1)).rejects.toThrow(refused)
      await expect(lease('a', long(WORK_LIMITS.NAME_LENGTH + 1), 1)).rejects.toThrow(refused)
      await expect(lease('a', 'a', WORK_LIMITS.LEASE_MS + 1)).rejects.toThrow(refused)
      for (const write of [
        setting('', {}),
        setting('a\nb', {}),
        setting('a\0b', {}),
        setting('\ud800', {}),
        setting('a', { lane: -1 }),
        setting('a', { lane: 1.5 }),
        setting('a', { due: -1 }),
        setting('a', { mark: WORK_LIMITS.MARK + 1 }),
        marking('a', { mark: NEVER }),
        marking('a', { state: '' }),
        marking('a', { due: NEVER }),
        cursor('hub', -1),
      ]) {
        await expect(store.commit([write])).rejects.toThrow(/must/)
      }
    }),

    rule('lines in one cut', async ({ store }, expect) => {
      const note: Write = {
        write: 'note',
        ref: { tenant: 'acme', type: 'App', id: 'x' },
        at: 1,
        log: { actor: 'a', paths: [] },
      }
      for (let i = 0; i <= WORK_LIMITS.TRIM_LINES; i += 1_000)
        await store.commit(Array.from({ length: 1_000 }, () => note))
      await expect(store.commit([trim(WORK_LIMITS.TRIM_LINES + 1)])).rejects.toThrow(/must be at most/)
      await store.commit([trim(WORK_LIMITS.TRIM_LINES)])
      expect((await store.changes('acme', WORK_LIMITS.TRIM_LINES, 1))[0]?.place).toBe(WORK_LIMITS.TRIM_LINES + 1)
    }),
  ],
}
