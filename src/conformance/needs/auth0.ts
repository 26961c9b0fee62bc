// What Auth0 needs of a server.

import { demand, demandStatus } from '../demand.ts'
import { dig } from '../json-access.ts'
import { makePerson, type Needs, person, USERS } from './need.ts'
import { creates, DELETES, DISABLES_BY_PUT, eq, findsByExternalId, REFUSES_SECOND, replaces } from './users.ts'

/** Milliseconds after which Auth0 gives up. */
const PATIENCE_MS = 1500

/** What Auth0 sends from its event stream action. */
export const AUTH0: Needs = {
  name: 'Auth0',
  needs: [
    creates({}),
    REFUSES_SECOND,
    findsByExternalId((name) => `auth0|${name}`),
    {
      title: 'a search that finds no user has Resources in its answer',
      fix: 'Send Resources: [] with empty lists.',
      async run(probe) {
        const answer = await probe.get(`${USERS}?${eq('externalId', `auth0|${probe.name()}`)}`)
        demandStatus(answer, [200], 'a search that finds no user')
        demand(answer, Array.isArray(dig(answer.body, 'Resources')), 'Resources: []')
      },
    },
    replaces(),
    DISABLES_BY_PUT,
    DELETES,
    {
      title: `ordinary requests are answered within ${PATIENCE_MS} ms`,
      fix: 'Do slow work (mails, other systems) after the answer.',
      async run(probe) {
        const name = probe.name()
        const made = await probe.post(USERS, person(name))
        const put = await makePerson(probe).then(async (one) => probe.put(one.path, await probe.read(one)))
        const found = await probe.get(`${USERS}?${eq('userName', name)}`)
        const slow = [made, put, found].find(({ ms }) => ms > PATIENCE_MS)
        demand(slow ?? made, slow === undefined, `an answer within ${PATIENCE_MS} ms; this one took ${slow?.ms ?? 0}`)
      },
    },
  ],
}
