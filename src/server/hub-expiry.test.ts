// Tests that credentials which expire are warned of, and those that don't are not.

import { expect, test } from 'vitest'
import { environment } from '../environment.ts'
import { memoryStore } from '../store/index.ts'
import { warnOfExpiry } from './hub-expiry.ts'
import type { Log } from './monitoring/log.ts'

const DAY = 86_400_000
const NOW = Date.parse('2030-01-01T00:00:00Z')

test('credentials that expire within the days of their warning are named, once in a look', async () => {
  const store = memoryStore()
  for (const tenant of ['acme', 'other']) await store.commit([{ write: 'tenant', tenant, as: 'new', at: 1 }])
  const app = (tenant: string, key: string, days: number | undefined, warnDays?: number) =>
    store.commit([
      {
        write: 'record',
        record: { tenant, kind: 'app', key },
        value: {
          label: key,
          credentials: {
            kind: 'bearer',
            env: 'X',
            ...(days === undefined ? {} : { expiresAt: new Date(NOW + days * DAY).toISOString() }),
            ...(warnDays === undefined ? {} : { warnDays }),
          },
        },
      },
    ])
  await app('acme', 'soon', 29)
  await app('acme', 'fine', 31)
  await app('acme', 'never', undefined)
  await app('other', 'gone', -1)
  await app('other', 'late', 29, 7)
  const lines: string[] = []
  const log = { warn: (facts: { app: string }, text: string) => lines.push(`${facts.app}: ${text}`) } as unknown as Log
  const looks: (() => void)[] = []
  const setTimer = (_ms: number, call: () => void) => {
    looks.push(call)
    return () => {}
  }
  const stop = warnOfExpiry(store, log, { ...environment, now: () => NOW, setTimer })
  while (looks.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  expect(lines.toSorted()).toEqual([
    'gone: the credentials of an app have expired; give new ones with: app change',
    'soon: the credentials of an app expire soon; give new ones with: app change',
  ])
  await stop()
  await store.close()
})
