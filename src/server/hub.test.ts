// What the hub reports, as it is logged.

import { expect, test } from 'vitest'
import { AppNotice } from '../hub/index.ts'
import { logTrouble } from './hub.ts'

function logged(error: unknown) {
  const lines: unknown[] = []
  const line = (level: string) => (fields: unknown, text: unknown) => void lines.push([level, fields, text])
  logTrouble({ info: line('info'), warn: line('warn') } as never, error, { tenant: 'acme', app: 'wiki' })
  return lines
}

test('what is wrong with an app is logged in its own words, without a stack; that it is over is no warning', () => {
  const where = { tenant: 'acme', app: 'wiki' }
  const opened = new AppNotice('opened', 'GET /Users was answered 401')
  expect(opened.stack).not.toContain('\n')
  expect(logged(opened)).toEqual([['warn', { notice: 'opened', ...where }, 'GET /Users was answered 401']])
  const closed = new AppNotice('closed', 'The app answers again')
  expect(logged(closed)).toEqual([['info', { notice: 'closed', ...where }, 'The app answers again']])
})

test('what is wrong with the hub is logged with its error', () => {
  const error = new TypeError('x is undefined')
  expect(logged(error)).toEqual([
    ['warn', { err: error, tenant: 'acme', app: 'wiki' }, expect.stringContaining('could not go on')],
  ])
})
