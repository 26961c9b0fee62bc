// Tests what a start prints.

import { expect, test } from 'vitest'
import { readSettings } from '../site/read-settings.ts'
import { memoryStore, StoreUnavailable } from '../store/index.ts'
import { createTenancy } from '../tenancy/index.ts'
import { startGreeting } from './first-start.ts'
import { createLog } from './monitoring/log.ts'

const settings = readSettings({ database: 'sqlite::memory:', port: '0' }, { LOCKSTEP_FIRST_TOKEN: 'always' })
const log = createLog('silent')

/** A tenancy on a store whose writes fail from one on, so many times. */
function failing(from: number, times: number, error: () => Error) {
  const store = memoryStore()
  let writes = 0
  const { commit } = store
  return createTenancy({
    store: {
      ...store,
      commit: (...asked) => (++writes > from && writes <= from + times ? Promise.reject(error()) : commit(...asked)),
    },
  })
}

test.each([0, 1, 2, 3, 4])(
  'a first start whose write number %s fails is carried on, and prints one token',
  async (from) => {
    const tenancy = failing(from, 1, () => new StoreUnavailable('not now', 1_000))
    const printed: string[] = []
    const print = (text: string) => printed.push(text)
    const { done } = await startGreeting(tenancy, 'http://127.0.0.1:1', { print, log, settings })
    expect(printed[0]).toContain('Its start is not finished: not now.')
    await done
    expect(printed.at(-1)).toContain('Bearer token')
    expect(await tenancy.tenants.isFirstStart()).toBe(false)
    await tenancy.close()
  },
)

test('what is no outage is thrown, and nothing is tried again', async () => {
  const tenancy = failing(0, 100, () => new TypeError('broken'))
  const start = startGreeting(tenancy, 'http://127.0.0.1:1', { print: () => {}, log, settings })
  await expect(start).rejects.toThrow('broken')
})

test.each(['always', 'never'])(
  'without a console nothing printed points at one, and no link of it is made (first token: %s)',
  async (firstToken) => {
    const tenancy = createTenancy({ store: memoryStore() })
    const printed: string[] = []
    const print = (text: string) => printed.push(text)
    let links = 0
    const firstLink = async () => `link-${++links}`
    for (const console of ['off', 'off', 'on']) {
      const settings = readSettings(
        { database: 'sqlite::memory:', port: '0', console },
        { LOCKSTEP_FIRST_TOKEN: firstToken },
      )
      const { done } = await startGreeting(tenancy, 'http://127.0.0.1:1', { print, log, settings, firstLink })
      await done
    }
    const [first, later, served] = printed
    for (const text of [first, later]) {
      expect(text).toContain('SCIM base URL')
      expect(text).not.toMatch(/console/i)
    }
    expect(links).toBe(0)
    expect(served).toContain('http://127.0.0.1:1/console')
    await tenancy.close()
  },
)
