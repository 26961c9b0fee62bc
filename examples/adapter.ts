// An adapter for an app with an API of its own: a help desk whose people have a login, a name and a switch.

import { type Account, changedAttributes, defineAdapter } from 'lockstep/hub'
import type { Document } from 'lockstep/protocol'

/** A person, as the help desk has it. */
interface Person {
  readonly id: number
  readonly login: string
  readonly fullName: string | null
  readonly enabled: boolean
}

/** Accounts of the help desk. Its `options.url` is where its API is; its credentials are a bearer token. */
export const desk = defineAdapter({
  kind: 'desk',
  traits: { users: { match: ['userName'], unique: ['userName'], keeps: ['userName', 'displayName', 'active'] } },
  async list(_type, page = '1', app) {
    const answer = await app.request('GET', `${app.options.url}/people?page=${page}`)
    const { people, next } = answer as { readonly people: readonly Person[]; readonly next: string | null }
    return { accounts: people.map(toAccount), ...(next === null ? {} : { next }) }
  },
  async find(_type, { value }, app) {
    const answer = await app.request('GET', `${app.options.url}/people?login=${encodeURIComponent(value)}`)
    return (answer as { readonly people: readonly Person[] }).people.map(toAccount)
  },
  async read(_type, id, app) {
    return toAccount((await app.request('GET', `${app.options.url}/people/${id}`)) as Person)
  },
  async create(_type, document, app) {
    return toAccount((await app.request('POST', `${app.options.url}/people`, toPerson(document))) as Person)
  },
  async update(_type, id, change, app) {
    await app.request('PATCH', `${app.options.url}/people/${id}`, toPerson(changedAttributes(change)))
  },
  async remove(_type, id, app) {
    await app.request('DELETE', `${app.options.url}/people/${id}`)
  },
})

function toPerson({ userName, displayName, active }: Document): object {
  return { login: userName, fullName: displayName, enabled: active }
}

function toAccount({ id, login, fullName, enabled }: Person): Account {
  const name = fullName === null ? {} : { displayName: fullName }
  return { id: String(id), document: { userName: login, ...name, active: enabled } }
}
