// Answers to bulk requests.

import { expect, test } from 'vitest'
import { readBulkAnswer } from './bulk-answer.ts'

const times = <T>(count: number, make: (at: number) => T) => Array.from({ length: count }, (_, at) => make(at))

test('however many entries a server sends, each operation is looked at a few times only', () => {
  let looked = 0
  const operations = times(500, (at) => ({
    method: 'PATCH',
    get path() {
      looked++
      return `/Users/u${at}`
    },
    get bulkId() {
      looked++
      return `b${at}`
    },
  }))
  const strange = times(5_000, (at) => ({
    method: 'PATCH',
    bulkId: `x${at}`,
    location: `/Users/x${at}`,
    status: '200',
  }))
  const right = times(500, (at) => ({ method: 'patch', bulkId: `b${at}`, location: `/Users/u${at}`, status: '204' }))
  const found = readBulkAnswer({ Operations: [...strange, ...right.toReversed()] }, operations)
  expect(found.map((one) => [one?.id, one?.status])).toEqual(times(500, (at) => [`u${at}`, 204]))
  expect(looked).toBeLessThan(10 * operations.length)
})

test('entries find their operations by bulkId, then by location, then in their order', () => {
  const operations = [
    { method: 'POST', path: '/Users', bulkId: 'a' },
    { method: 'PUT', path: '/Users/u1' },
    { method: 'DELETE', path: '/Users/u1' },
    { method: 'DELETE', path: '/Users/u2' },
  ]
  const Operations = [
    { method: 'DELETE', location: 'https://x/Users/u2', status: '204' },
    { location: 'https://x/Users/u1', status: '200' },
    { method: 'DELETE', status: '404' },
    { bulkId: 'a', location: 'https://x/Users/u9', status: '201' },
    { bulkId: 'a', status: '500' },
  ]
  expect(readBulkAnswer({ Operations }, operations).map((one) => one?.status)).toEqual([201, 200, 404, 204])
})
