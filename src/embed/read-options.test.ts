// Tests that a mistake in the options shows when they are given, in words that say what would be right.

import { bearer, ConfigError, Group, lockstep, memoryStore, User } from 'lockstep'
import { expect, test } from 'vitest'

const store = memoryStore()
const find = () => undefined

test.each([
  [undefined, 'options: must be an object'],
  [{}, 'store: is needed: memoryStore(), sqliteStore(file)'],
  [{ store: 'app.db' }, 'store: must be a store, a promise of one, or a function'],
  [{ store, autenticate: () => undefined }, 'autenticate: is no option of lockstep; did you mean authenticate?'],
  [{ store, publicUrl: 'https://x' }, 'publicUrl: is no option of lockstep'],
  [{ store, url: 'nope' }, 'url: must be an absolute http or https URL'],
  [{ store, trustProxy: 1 }, 'trustProxy: must be true or false'],
  [{ store, types: User }, 'types: must be a list of resource types'],
  [{ store, types: [User, User] }, 'types: there are two resource types of the name "User"'],
  [{ store, authenticate: 'token' }, 'authenticate: must be a function'],
  [{ store, authenticate: bearer({}), credentials: { find } }, 'credentials: is given as well as authenticate'],
  [{ store, credentials: {} }, 'credentials.find: must be a function'],
  [{ store, credentials: { find, usd: 1 } }, 'credentials.usd: is no option of credentials; did you mean used?'],
  [{ store, credentials: { find, used: 1 } }, 'credentials.used: must be a function'],
  [{ store, hooks: 7 }, 'hooks: must be an object'],
  [{ store, hooks: { comit: find } }, 'hooks.comit: is no hook here; did you mean commit?'],
  [{ store, hooks: { prepare: 1 } }, 'hooks.prepare: must be a function'],
  [{ store, report: true }, 'report: must be a function'],
])('%#: refused', (options, words) => {
  expect(() => lockstep(options as never)).toThrow(words)
  expect(() => lockstep(options as never)).toThrow(ConfigError)
})

test('what is right is taken, and undefined is as if it were left out', () => {
  const options = {
    store,
    types: [User, Group],
    url: undefined,
    trustProxy: undefined,
    authenticate: undefined,
    report: undefined,
  }
  expect(() => lockstep(options)).not.toThrow()
})
