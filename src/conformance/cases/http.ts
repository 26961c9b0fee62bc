// Cases: media types, methods and endpoints. RFC 7644 §3.2 and §3.8.

import { GROUP, USER } from '../../protocol/index.ts'
import type { Case, Probe } from '../case.ts'
import { demand, demandRefusal, demandResource, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { member, pathOf, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { created } from '../walks/created.ts'
import { shows } from '../walks/expectation.ts'
import type { Run } from '../walks/plan.ts'
import { readBack } from '../walks/read-back.ts'
import { refused } from '../walks/refused.ts'
import type { Exchange, Headers } from '../wire/exchange.ts'

const { must, should, may, own } = requirements('RFC 7644 §3.8')
const ENDPOINTS = 'RFC 7644 §3.2'
const ERRORS = 'RFC 7644 §3.12'
const NO_METHOD = 'Answer 405 with Allow to methods that the endpoint does not have.'
const SCIM_TYPE = /^application\/scim\+json\b/i
const JSON_TYPE = /^application\/(scim\+)?json\b/i

/** A walk: a GET with this Accept is answered in a media type. */
function accepted(accept: string, type: RegExp, words: string): Run {
  return async (probe) => {
    const { path } = await probe.make()
    const answer = await probe.get(path, { accept })
    demandStatus(answer, [200], `GET with Accept: ${accept}`)
    demand(answer, type.test(answer.header('content-type') ?? '') && answer.body !== undefined, words)
  }
}

/** A creation with further headers. */
function post(probe: Probe, headers: Headers): Promise<Exchange> {
  const { type, body } = probe.subject()
  return probe.post(type.endpoint, JSON.stringify(body(probe.name())), headers)
}

/** A walk: a creation with a media type is accepted. */
const contentTaken = (type: string) =>
  created((_, probe) => ({ by: post(probe, { 'content-type': type }), what: `POST with Content-Type: ${type}` }))

/** The cases of the group "Media types, methods, endpoints". */
export const HTTP: readonly Case[] = [
  must('P-002', 'request bodies are read as UTF-8', {
    fix: 'Decode request bodies as UTF-8 also when no charset is given, and answer in UTF-8.',
    run: readBack(({ text }) => ({
      with: withValue(text, 'Žofie Ĝ 日本 🙂'),
      expect: shows(text, 'Žofie Ĝ 日本 🙂'),
    })),
  }),
  must('P-003/scim', 'Accept: application/scim+json is answered with that media type', {
    fix: 'Send Content-Type: application/scim+json.',
    run: accepted('application/scim+json', SCIM_TYPE, 'Content-Type: application/scim+json'),
  }),
  should('P-003/json', 'Accept: application/json is answered with JSON', {
    fix: 'Accept application/json as well as application/scim+json.',
    run: accepted('application/json', JSON_TYPE, 'a JSON body with a JSON media type'),
  }),
  must('P-003/default', 'the default media type of answers is application/scim+json', {
    fix: 'Make application/scim+json the default when Accept is absent or */*.',
    run: accepted('*/*', SCIM_TYPE, 'Content-Type: application/scim+json'),
  }),
  should('P-004/json', 'a body of application/json is accepted', {
    fix: 'Read bodies of application/json as well as application/scim+json: several identity providers send it.',
    run: contentTaken('application/json'),
  }),
  must('P-004/charset', 'a media type with charset=utf-8 is accepted', {
    fix: 'Ignore the charset parameter of the media type, or take utf-8.',
    run: contentTaken('application/scim+json; charset=utf-8'),
  }),
  own('P-004/other', 'a body of another media type is 415', {
    fix: 'Answer 415 to bodies that are not JSON by their media type.',
    run: refused((_, probe) => ({
      by: post(probe, { 'content-type': 'text/plain' }),
      what: 'POST with Content-Type: text/plain',
      status: [415],
    })),
  }),
  own('P-004/accept', 'an Accept that excludes JSON is 406', {
    fix: 'Answer 406 when the client takes no JSON.',
    run: refused(async (_, probe) => ({
      by: probe.get((await probe.make()).path, { accept: 'text/csv' }),
      what: 'GET with Accept: text/csv',
      status: [406],
    })),
  }),
  ...(
    [
      ['broken', '{', 'a body that is not JSON'],
      ['list', '[]', 'an array instead of a resource'],
      ['text', '"lockstep"', 'a string instead of a resource'],
    ] as const
  ).map(([name, body, what]) =>
    must(`P-006/${name}`, `${what} is refused`, {
      section: ERRORS,
      fix: 'Answer 400 invalidSyntax to a body that is not a JSON object; never 500.',
      run: refused(({ type }, probe) => ({
        by: probe.post(type.endpoint, body),
        what: `POST with ${what}`,
        keyword: ['invalidSyntax', 'invalidValue'],
      })),
    }),
  ),
  must('P-007', 'query parameters are percent-decoded as UTF-8, and + is a space', {
    section: 'RFC 3986 §2.1',
    fix: 'Decode the query as a form in UTF-8: %C3%BC is ü, + is a space.',
    needs: ['P-121', 'P-128/eq', 'P-002'],
    async run(probe) {
      const { text, type } = probe.subject()
      const value = `Jürgen ${probe.word()}`
      const made = await probe.make(withValue(text, value))
      for (const space of ['%20', '+']) {
        const coded = encodeURIComponent(`${pathOf(text)} eq "${value}"`).replaceAll('%20', space)
        const answer = await probe.get(`${type.endpoint}?filter=${coded}`)
        demandStatus(answer, [200], `a filter with ${space} for a space`)
        demand(answer, answer.text.includes(made.id), `the ${type.name} whose ${pathOf(text)} is "${value}"`)
      }
    },
  }),
  should('P-008', 'unknown query parameters are ignored', {
    section: 'RFC 7644 §3.4.2',
    fix: 'Ignore parameters that SCIM does not define: some clients leave a dangling & or add their own.',
    async run(probe) {
      const answer = await probe.get(`${probe.subject().type.endpoint}?count=1&lockstepnope=1`)
      demandStatus(answer, [200], 'a list with a parameter that SCIM does not define')
    },
  }),
  must('P-042', 'users are at /Users, groups at /Groups', {
    section: ENDPOINTS,
    fix: 'Serve User at /Users and Group at /Groups.',
    async run({ declared: { types, resourceTypes } }) {
      for (const [urn, endpoint] of [
        [USER, '/Users'],
        [GROUP, '/Groups'],
      ] as const) {
        const found = types.filter(({ schema }) => schema === urn)
        const isThere = found.length === 0 || found.some((type) => type.endpoint === endpoint)
        demand(resourceTypes, isThere, `${endpoint} as the endpoint of ${urn}`)
      }
    },
  }),
  ...(
    [
      ['PUT', 'a resource endpoint'],
      ['POST', 'a resource'],
    ] as const
  ).map(([method, target]) =>
    must(`P-044/${method.toLowerCase()}`, `${method} of ${target} is refused`, {
      section: ENDPOINTS,
      fix: NO_METHOD,
      run: refused(async ({ body }, probe) => {
        const made = await probe.make()
        const path = target === 'a resource' ? made.path : made.type.endpoint
        const by = probe.call(method, path, body(probe.name()))
        return { by, what: `${method} ${path}`, status: [405, 404, 501] }
      }),
    }),
  ),
  must('P-044/delete', 'DELETE of a resource endpoint is refused', {
    section: ENDPOINTS,
    fix: NO_METHOD,
    alone: true,
    async run(probe) {
      const { type, body } = probe.subject()
      const { endpoint } = type
      if (probe.destructive) {
        demandRefusal(await probe.del(endpoint), `DELETE ${endpoint}`, { status: [405, 404, 501] })
        return
      }
      // A server that has it would delete every resource: Allow says whether it has, without sending one.
      const answer = await probe.call('PUT', endpoint, body(probe.name()))
      const allow = answer.status === 405 ? (answer.header('allow') ?? '') : ''
      const methods = allow.split(',').map((one) => one.trim().toUpperCase())
      if (allow === '' || methods.includes('DELETE'))
        throw new NotOffered(`DELETE ${endpoint} is sent with --destructive only: it might delete every resource`)
    },
  }),
  must('P-044/allow', 'a 405 answer lists the allowed methods in Allow', {
    section: 'RFC 9110 §15.5.6',
    fix: 'Send Allow with every 405.',
    async run(probe) {
      const { type, body } = probe.subject()
      const answer = await probe.call('PUT', type.endpoint, body(probe.name()))
      if (answer.status !== 405) throw new NotOffered(`PUT of the endpoint was answered ${answer.status}, not 405`)
      demand(answer, (answer.header('allow') ?? '') !== '', 'an Allow header')
    },
  }),
  must('P-045/endpoint', 'an unknown endpoint is 404', {
    section: ERRORS,
    fix: 'Answer 404 with a SCIM error below the base URL.',
    run: refused((_, probe) => ({ by: probe.get('/LockstepNope'), what: 'GET /LockstepNope', status: [404, 501] })),
  }),
  must('P-045/id', 'an unknown id is 404', {
    section: ERRORS,
    fix: 'Answer 404 to an id that does not exist, whatever its form.',
    async run(probe) {
      const { endpoint } = probe.subject().type
      for (const id of ['lockstep-nope', '00000000-0000-4000-8000-000000000000'])
        demandRefusal(await probe.get(`${endpoint}/${id}`), `GET ${endpoint}/${id}`, { status: [404] })
    },
  }),
  must('P-040', 'an unsupported protocol version is refused', {
    section: 'RFC 7644 §3.13',
    fix: 'Answer 400 invalidVers or 404 to /v9/….',
    run: refused(({ type }, probe) => {
      if (!/\/v2$/i.test(probe.base)) throw new NotOffered('the base URL does not end in a version')
      const url = `${probe.base.replace(/v2$/i, 'v9')}${type.endpoint}`
      return { by: probe.get(url), what: `GET ${url}`, status: [400, 404, 401, 403, 501] }
    }),
  }),
  may('P-104', 'a query of the base URL searches all types', {
    section: 'RFC 7644 §3.4.2.1',
    fix: 'Serve GET of the base URL with a filter over all resource types, or answer 501.',
    needs: ['P-121'],
    async run(probe) {
      const { id, type } = await probe.make()
      const answer = await probe.filter('/', `id eq "${id}"`)
      if (answer.status !== 200 || member(answer.body, 'totalResults') === undefined)
        throw new NotOffered(`a query of the base URL was answered ${answer.status}`)
      demandResource(answer, [200], 'GET of the base URL')
      demand(answer, answer.text.includes(id), `the ${type.name} with this id`)
    },
  }),
]
