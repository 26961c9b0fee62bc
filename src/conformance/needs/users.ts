// Needs concerning users that several identity providers share.

import type { JsonObject } from '../../protocol/index.ts'
import { demand, demandList, demandStatus } from '../demand.ts'
import { dig, objects } from '../json-access.ts'
import { demandChanged, demandCreated, look, makePerson, type Need, person, USERS } from './need.ts'

/** A filter in a URL, spaces as `+` or as `%20`. */
export function eq(attribute: string, value: string, space: '+' | '%20' = '%20'): string {
  return `filter=${encodeURIComponent(`${attribute} eq "${value}"`).replaceAll('%20', space)}`
}

/** A look-up by userName that finds no user. */
export function findsNobody(query = '', space: '+' | '%20' = '%20'): Need {
  return {
    title: 'a search for a userName that no user has is 200 with an empty list',
    fix: 'Answer 200 with totalResults 0 and Resources []; never 404.',
    async run(probe) {
      const { answer, resources } = await look(probe, USERS, `${eq('userName', probe.name(), space)}${query}`)
      demand(answer, resources.length === 0 && dig(answer.body, 'totalResults') === 0, 'totalResults 0')
    },
  }
}

/** A look-up by userName that finds one. */
export function findsByName(query = '', space: '+' | '%20' = '%20'): Need {
  return {
    title: 'a user is found by userName, in any letter case',
    fix: 'Support filter=userName eq "…", compared without regard to case.',
    async run(probe) {
      const made = await makePerson(probe)
      for (const name of [made.name, made.name.toUpperCase()]) {
        const { answer, resources } = await look(probe, USERS, `${eq('userName', name, space)}${query}`)
        demand(answer, resources.length === 1 && resources[0]?.id === made.id, `the user ${made.name} and no other`)
      }
    },
  }
}

/** A look-up by externalId. */
export function findsByExternalId(value: (name: string) => string = (name) => `ext-${name}`): Need {
  return {
    title: 'a user is found by externalId',
    fix: 'Store externalId and support filter=externalId eq "…".',
    async run(probe) {
      const externalId = value(probe.name())
      const made = await makePerson(probe, { externalId })
      const { answer, resources } = await look(probe, USERS, eq('externalId', externalId))
      demand(
        answer,
        resources.length === 1 && resources[0]?.id === made.id,
        `the user whose externalId is ${externalId}`,
      )
    },
  }
}

/** A creation with what this identity provider sends. */
export function creates(body: JsonObject, headers: { readonly [name: string]: string } = {}): Need {
  return {
    title: 'a user is created from what it sends, and the answer is the whole user',
    fix: 'Answer 201 with the user, a string id and userName; ignore what you do not know or a client cannot set.',
    async run(probe) {
      const name = probe.name()
      const shown = await demandCreated(probe, USERS, person(name, { externalId: `ext-${name}`, ...body }), headers)
      demand(
        await probe.get(`${USERS}/${String(shown.id)}`),
        String(shown.userName).toLowerCase() === name.toLowerCase(),
        `userName ${name} in the answer`,
      )
    },
  }
}

/** A second user of the same name. */
export const REFUSES_SECOND: Need = {
  title: 'a second user of the same userName is 409',
  fix: 'Answer 409 with scimType uniqueness and a detail that says which attribute.',
  async run(probe) {
    const made = await makePerson(probe)
    demandStatus(await probe.post(USERS, person(made.name)), [409], 'a second creation with the same userName')
  },
}

/** An update by PUT of everything that was read. */
export function replaces(more: JsonObject = {}, suffix = ''): Need {
  return {
    title: 'a user is updated by PUT of all that was read, read-only attributes included',
    fix: 'Accept PUT with id, meta and groups in it, ignore those, and answer 200 with the user.',
    async run(probe) {
      const made = await makePerson(probe)
      const read = await probe.read(made)
      const body = { ...read, name: { givenName: 'Grace', familyName: 'Lockstep' }, ...more }
      const answer = await probe.put(`${made.path}${suffix}`, body)
      const now = await demandChanged(probe, answer, made.path, [200], 'PUT of the user')
      demand(answer, dig(answer.body, 'id') === made.id, 'the user in the answer')
      demand(now.both, dig(now.body, 'name', 'givenName') === 'Grace', 'name.givenName "Grace"')
    },
  }
}

/** Disabling by PUT, and enabling again. */
export const DISABLES_BY_PUT: Need = {
  title: 'a user is disabled and enabled by PUT with active',
  fix: 'Store active from a PUT and show it.',
  async run(probe) {
    const made = await makePerson(probe)
    for (const active of [false, true]) {
      const answer = await probe.put(made.path, { ...(await probe.read(made)), active })
      const now = await demandChanged(probe, answer, made.path, [200], `PUT with active ${active}`)
      demand(now.both, now.body.active === active, `active ${active}`)
    }
  },
}

/** Disabling by PATCH, with the operation that is given. */
export function disablesByPatch(title: string, operation: (active: boolean) => JsonObject, fix: string): Need {
  return {
    title,
    fix,
    async run(probe) {
      const made = await makePerson(probe)
      for (const active of [false, true]) {
        const answer = await probe.patch(made.path, [operation(active)])
        const now = await demandChanged(probe, answer, made.path, [200, 204], `PATCH with active ${active}`)
        demand(now.both, now.body.active === active, `active ${active}`)
      }
    },
  }
}

/** A disabled user is still there. */
export const KEEPS_DISABLED: Need = {
  title: 'a disabled user can still be read, found and listed',
  fix: 'Keep users with active false in GET, filters and lists.',
  async run(probe) {
    const made = await makePerson(probe, { active: false })
    demandStatus(await probe.get(made.path), [200], 'GET of a disabled user')
    const { answer, resources } = await look(probe, USERS, eq('userName', made.name))
    demand(
      answer,
      resources.some(({ id }) => id === made.id),
      'the disabled user',
    )
  },
}

/** Deleting without disabling first. */
export const DELETES: Need = {
  title: 'an active user is deleted, and is gone',
  fix: 'Answer DELETE with 204, then 404 to GET and to a second DELETE.',
  async run(probe) {
    const made = await makePerson(probe)
    demandStatus(await probe.del(made.path), [204], 'DELETE')
    demandStatus(await probe.get(made.path), [404], 'GET after DELETE')
    demandStatus(await probe.del(made.path), [404], 'a second DELETE')
  },
}

/** The same name again after a deletion. */
export const FREES_NAMES: Need = {
  title: 'the userName of a deleted user can be used again',
  fix: 'Leave deleted users out of uniqueness checks.',
  async run(probe) {
    const made = await makePerson(probe)
    demandStatus(await probe.del(made.path), [204], 'DELETE')
    demandStatus(await probe.post(USERS, person(made.name)), [201], 'a creation with the userName of a deleted user')
  },
}

/** The same externalId for two users. */
export const SHARES_EXTERNAL_ID: Need = {
  title: 'the same externalId is used again with another login after a rename',
  fix: 'Do not make externalId unique.',
  async run(probe) {
    const externalId = `ext-${probe.name()}`
    await makePerson(probe, { externalId, active: false })
    demandStatus(
      await probe.post(USERS, person(probe.name(), { externalId })),
      [201],
      'a second user with the externalId of a disabled one',
    )
  },
}

/** Pages of a hundred. */
export const PAGES_OF_100: Need = {
  title: 'pages hold 100 users, with startIndex and itemsPerPage',
  fix: 'Allow count=100: the step is fixed, and smaller pages lose users.',
  async run(probe) {
    await makePerson(probe)
    const answer = await probe.get(`${USERS}?startIndex=1&count=100`)
    const { total, resources } = demandList(answer, 'GET of a page of 100')
    demand(answer, resources.length === Math.min(total, 100), `${Math.min(total, 100)} users`)
    demand(
      answer,
      Number.isInteger(dig(answer.body, 'startIndex')) && Number.isInteger(dig(answer.body, 'itemsPerPage')),
      'startIndex and itemsPerPage as integers',
    )
    const limit = probe.declared.maxResults
    demand(
      probe.declared.config,
      limit === undefined || limit === 0 || limit >= 100,
      'filter.maxResults of at least 100',
    )
  },
}

/** A list shows a change at once. */
export const LISTS_AT_ONCE: Need = {
  title: 'a new user is in the list at once',
  fix: 'Let lists show what was just written: identity providers read them right away.',
  async run(probe) {
    const made = await makePerson(probe)
    const { answer, resources } = await look(probe, USERS, `${eq('userName', made.name)}&startIndex=1&count=100`)
    demand(
      answer,
      objects(resources).some(({ id }) => id === made.id),
      'the user that was just created',
    )
  },
}
