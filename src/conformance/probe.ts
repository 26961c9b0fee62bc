// The probe of a case: its requests, the resources it creates, and the names it gives them.

import { BULK_REQUEST, isObject, type JsonObject, PATCH_OP, SEARCH_REQUEST } from '../protocol/index.ts'
import type { Made, Probe } from './case.ts'
import { Blocked } from './fault.ts'
import { member, pathOf } from './json-access.ts'
import { freshName, type Session, send } from './session.ts'
import { listElement } from './subject/list-element.ts'
import type { Subject } from './subject/subject.ts'
import type { ServerUnderTest } from './survey.ts'

/** Creates the probe of one case; `owner` is the case whose resources it creates. */
export function createProbe(session: Session, server: ServerUnderTest, owner: string): Probe {
  const call: Probe['call'] = (method, path, body, headers) => send(session, owner, method, path, body, headers)
  const name = () => freshName(session)
  const given = (one: Subject | Error) => {
    if (one instanceof Error) throw one
    return one
  }
  const make = async (members: JsonObject = {}, of = given(server.subject)): Promise<Made> => {
    const own = name()
    const made = await call('POST', of.type.endpoint, of.body(own, members))
    const id = member(made.body, 'id')
    if (made.status < 200 || made.status > 299 || typeof id !== 'string' || !isObject(made.body))
      throw new Blocked(`a ${of.type.name} that this case needs was not created: ${made.status}`, [made])
    return {
      id,
      type: of.type,
      path: `${of.type.endpoint}/${encodeURIComponent(id)}`,
      body: made.body,
      name: own,
      filter: `${pathOf(of.named)} eq "${own}"`,
      exchange: made,
    }
  }
  const filter: Probe['filter'] = (endpoint, text, more = {}) =>
    call('GET', `${endpoint}?${new URLSearchParams({ filter: text, ...more }).toString().replaceAll('+', '%20')}`)
  return {
    declared: server.declared,
    subject: () => given(server.subject),
    groups: () => given(server.groups),
    prefix: session.prefix,
    base: session.base,
    destructive: session.destructive,
    name,
    word: () => (name().split('@')[0] ?? '').replaceAll('-', ''),
    elements(list) {
      const own = name()
      return [listElement(list, own, 0), listElement(list, own, 1), listElement(list, name(), 1)]
    },
    call,
    get: (path, headers) => call('GET', path, undefined, headers),
    post: (path, body, headers) => call('POST', path, body, headers),
    put: (path, body, headers) => call('PUT', path, body, headers),
    patch: (path, body, headers) =>
      call('PATCH', path, Array.isArray(body) ? { schemas: [PATCH_OP], Operations: body } : body, headers),
    del: (path, headers) => call('DELETE', path, undefined, headers),
    filter,
    search: (endpoint, members) => call('POST', `${endpoint}/.search`, { schemas: [SEARCH_REQUEST], ...members }),
    bulk: (operations, more = {}, headers) =>
      call('POST', '/Bulk', { schemas: [BULK_REQUEST], ...more, Operations: operations }, headers),
    make,
    async makeEach<const T extends readonly JsonObject[]>(...all: T) {
      const made: Made[] = []
      for (const members of all) made.push(await make(members))
      return made as { readonly [K in keyof T]: Made }
    },
    create: (members = {}, of = given(server.subject)) => call('POST', of.type.endpoint, of.body(name(), members)),
    async makeGroup(members) {
      return make(members === undefined ? {} : { members }, given(server.groups))
    },
    tick: (time) => new Promise((resolve) => setTimeout(resolve, /\.\d/.test(String(time)) ? 20 : 1100)),
    async read({ path }) {
      const shown = await call('GET', path)
      if (shown.status !== 200 || !isObject(shown.body))
        throw new Blocked(`${path} could not be read: ${shown.status}`, [shown])
      return shown.body
    },
  }
}
