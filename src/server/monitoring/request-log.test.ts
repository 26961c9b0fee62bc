// Tests the lines of the log about requests.

import { expect, test } from 'vitest'
import { createLog } from './log.ts'
import { createRequestLog } from './request-log.ts'

const DAY = 24 * 3_600_000

function start(level: 'warn' | 'debug' = 'warn') {
  const written: string[] = []
  let time = 1_800_000_000_000
  const log = createRequestLog(createLog(level, { write: (text) => written.push(text) }), () => time)
  return {
    log,
    now: () => time,
    pass: (ms: number) => {
      time += ms
    },
    lines: () => written.splice(0).map((line) => JSON.parse(line)),
  }
}

test('a token in use is warned of once a day in its last 30 days, by its short name', () => {
  const { log, now, pass, lines } = start()
  const token = { tenant: 'acme', connection: 'okta-1', id: 'abc', expires: now() + 30.5 * DAY }
  log.expiring([token, { tenant: 'acme', connection: 'okta-2', id: 'def' }])
  expect(lines()).toEqual([])
  pass(DAY)
  log.expiring([token])
  log.expiring([token])
  expect(lines()).toMatchObject([{ level: 'warn', tenant: 'acme', connection: 'okta-1', id: 'abc', days: 29 }])
  pass(DAY)
  log.expiring([token])
  expect(lines()).toMatchObject([{ days: 28 }])
})

test('refused tokens of a tenant are a few lines, the others are counted; other tenants have lines of their own', () => {
  const { log, lines } = start()
  for (let at = 0; at < 1_000; at++) log.refused({ reason: 'invalid', tenant: 'acme', remote: '203.0.113.7' })
  log.refused({ reason: 'expired', tenant: 'other' })
  const found = lines()
  expect(found.filter(({ tenant }) => tenant === 'acme')).toHaveLength(5)
  expect(found.at(-1)).toMatchObject({ reason: 'expired', tenant: 'other' })
})

test('requests have lines at debug alone', () => {
  expect(start('warn').log.answered).toBeUndefined()
  const { log, lines } = start('debug')
  const body = JSON.stringify({
    schemas: ['x'],
    status: '409',
    scimType: 'uniqueness',
    detail: 'ada@example.com is taken',
  })
  log.answered?.(
    { method: 'POST', route: '/Users', tenant: 'acme', connection: 'okta-1', ms: 1.23456 },
    { status: 409, body },
  )
  const [line] = lines()
  expect(line).toMatchObject({ status: 409, error: 'uniqueness', ms: 1.23 })
  expect(JSON.stringify(line)).not.toContain('ada')
})
