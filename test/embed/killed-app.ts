// An app in a process of its own that is killed while it adopts people, or between a commit and its handlers.

import { lockstep, type Store } from '../../src/index.ts'
import { postgresStore } from '../../src/store/postgres/postgres.ts'
import { sqliteStore } from '../../src/store/sqlite/sqlite.ts'

const [what = '', database = ''] = process.argv.slice(2)
const store = (
  database.startsWith('sqlite:')
    ? sqliteStore(database.slice('sqlite:'.length))
    : await postgresStore({ url: database })
) as Store
// Stands in for an identity provider's own credentials, which nobody sends here.
const authenticate = () => undefined

if (what === 'adopt') {
  const scim = lockstep({ store, authenticate })
  const people = Array.from({ length: 3_000 }, (_, n) => ({ id: `p${n}`, userName: `p${n}@x.example` }))
  await scim.adopt('acme', people, { onProgress: ({ adopted }) => console.log(adopted) })
} else {
  // Handlers are only kept: nobody runs them before the end.
  const scim = lockstep({ store, authenticate, after: { 'user.created': () => undefined }, background: false })
  await scim.users('acme').create({ userName: 'ann@x.example' })
}
console.log('done')
// Until it is killed.
setInterval(() => undefined, 60_000)
