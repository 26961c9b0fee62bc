// Tests that the log is readable and censors secrets.

import { expect, test } from 'vitest'
import { createLog } from './log.ts'

function capture(isTTY: boolean) {
  const lines: string[] = []
  return { lines, output: { isTTY, write: (text: string) => lines.push(text) } }
}

test('elsewhere than on a terminal each line is JSON', () => {
  const { lines, output } = capture(false)
  const log = createLog('info', output)
  log.info({ route: '/Users/{id}', status: 200 }, 'answered')
  log.debug('not this')
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'info',
    msg: 'answered',
    route: '/Users/{id}',
    status: 200,
  })
})

test('on a terminal each line is one readable line', () => {
  const { lines, output } = capture(true)
  createLog('info', output).warn({ tenant: 'acme' }, 'slow')
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/warn .*slow .*tenant=acme/)
  expect(lines[0]?.trimEnd()).not.toContain('\n')
})

test('P-148 secrets and URLs are hidden should one slip in', () => {
  const { lines, output } = capture(false)
  const log = createLog('info', output)
  log.info(
    { authorization: 'Bearer s3cret', token: 's3cret', request: { password: 's3cret' }, url: '/Users?filter=s3cret' },
    'x',
  )
  expect(lines.join('')).not.toContain('s3cret')
})
