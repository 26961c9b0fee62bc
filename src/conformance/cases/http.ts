// Cases: media types, methods and endpoints. RFC 7644 §3.2 and §3.8.

import type { Case } from '../case.ts'
import { demand, demandRefusal, demandResource, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { member, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'

const MEDIA = 'RFC 7644 §3.8'
const { must, should, may, own } = requirements(MEDIA)
const ENDPOINTS = 'RFC 7644 §3.2'
const JSON_LIKE = /^application\/(scim\+)?json\b/i

/** The cases of the group "Media types, methods, endpoints". */
export const HTTP: readonly Case[] = [
  must('P-002', 'a body in UTF-8 is read as UTF-8', {
    fix: 'Decode request bodies as UTF-8 also when no charset is given, and answer in UTF-8.',
    async run(probe) {
      const text = probe.subject().text
      const value = 'Žofie Ĝ 日本 🙂'
      const made = await probe.make(withValue(text, value))
      const shown = await probe.get(made.path)
      demand([made.exchange, shown], valueAt(shown.body, text) === value, `"${value}" as it was sent`)
    },
  }),
  must('P-003/scim', 'Accept: application/scim+json is answered in that type', {
    fix: 'Send Content-Type: application/scim+json.',
    async run(probe) {
      const { path } = await probe.make()
      const answer = await probe.get(path, { accept: 'application/scim+json' })
      demandStatus(answer, [200], 'GET with Accept: application/scim+json')
      demand(
        answer,
        /^application\/scim\+json\b/i.test(answer.header('content-type') ?? ''),
        'Content-Type: application/scim+json',
      )
    },
  }),
  should('P-003/json', 'Accept: application/json is answered with JSON', {
    fix: 'Accept application/json as well as application/scim+json.',
    async run(probe) {
      const { path } = await probe.make()
      const answer = await probe.get(path, { accept: 'application/json' })
      demandStatus(answer, [200], 'GET with Accept: application/json')
      demand(
        answer,
        JSON_LIKE.test(answer.header('content-type') ?? '') && answer.body !== undefined,
        'a JSON body with a JSON media type',
      )
    },
  }),
  must('P-003/default', 'without a preference the answer is application/scim+json', {
    fix: 'Make application/scim+json the default when Accept is absent or */*.',
    async run(probe) {
      const { path } = await probe.make()
      const answer = await probe.get(path, { accept: '*/*' })
      demandStatus(answer, [200], 'GET with Accept: */*')
      demand(
        answer,
        /^application\/scim\+json\b/i.test(answer.header('content-type') ?? ''),
        'Content-Type: application/scim+json',
      )
    },
  }),
  should('P-004/json', 'a body of application/json is read', {
    fix: 'Read bodies of application/json as well as application/scim+json: several identity providers send it.',
    async run(probe) {
      const subject = probe.subject()
      const answer = await probe.post(subject.type.endpoint, subject.body(probe.name()), {
        'content-type': 'application/json',
      })
      demandStatus(answer, [201, 200], 'POST with Content-Type: application/json')
    },
  }),
  must('P-004/charset', 'a media type with charset=utf-8 is read', {
    fix: 'Ignore the charset parameter of the media type, or take utf-8.',
    async run(probe) {
      const subject = probe.subject()
      const answer = await probe.post(subject.type.endpoint, subject.body(probe.name()), {
        'content-type': 'application/scim+json; charset=utf-8',
      })
      demandStatus(answer, [201, 200], 'POST with Content-Type: application/scim+json; charset=utf-8')
    },
  }),
  own('P-004/other', 'a body of another media type is 415', {
    fix: 'Answer 415 to bodies that are not JSON by their media type.',
    async run(probe) {
      const subject = probe.subject()
      const answer = await probe.post(subject.type.endpoint, JSON.stringify(subject.body(probe.name())), {
        'content-type': 'text/plain',
      })
      demandRefusal(answer, 'POST with Content-Type: text/plain', { status: [415] })
    },
  }),
  own('P-004/accept', 'an Accept that excludes JSON is 406', {
    fix: 'Answer 406 when the client takes no JSON.',
    async run(probe) {
      const { path } = await probe.make()
      demandRefusal(await probe.get(path, { accept: 'text/csv' }), 'GET with Accept: text/csv', { status: [406] })
    },
  }),
  ...(
    [
      ['broken', '{', 'a body that is not JSON'],
      ['list', '[]', 'an array where a resource belongs'],
      ['text', '"lockstep"', 'a text where a resource belongs'],
    ] as const
  ).map(
    ([name, body, what]): Case => ({
      id: `P-006/${name}`,
      level: 'MUST',
      section: 'RFC 7644 §3.12',
      title: `${what} is refused`,
      fix: 'Answer 400 invalidSyntax to a body that is not a JSON object; never 500.',
      async run(probe) {
        const answer = await probe.post(probe.subject().type.endpoint, body)
        demandRefusal(answer, `POST with ${what}`, { keyword: ['invalidSyntax', 'invalidValue'] })
      },
    }),
  ),
  must('P-007', 'parameters are percent-decoded as UTF-8, + is a space', {
    section: 'RFC 3986 §2.1',
    fix: 'Decode the query as a form in UTF-8: %C3%BC is ü, + is a space.',
    needs: ['P-121', 'P-128/eq', 'P-002'],
    async run(probe) {
      const subject = probe.subject()
      const text = subject.text
      const value = `Jürgen ${probe.name().split('@')[0]}`
      const made = await probe.make(withValue(text, value))
      const name = text.attribute.name
      for (const space of ['%20', '+']) {
        const coded = encodeURIComponent(`${name} eq "${value}"`).replaceAll('%20', space)
        const answer = await probe.get(`${subject.type.endpoint}?filter=${coded}`)
        demandStatus(answer, [200], `a filter with ${space} for a space`)
        demand(answer, answer.text.includes(made.id), `the ${subject.type.name} whose ${name} is "${value}"`)
      }
    },
  }),
  should('P-008', 'unknown query parameters are ignored', {
    section: 'RFC 7644 §3.4.2',
    fix: 'Ignore parameters that SCIM does not define: some clients leave a dangling & or add their own.',
    async run(probe) {
      demandStatus(
        await probe.get(`${probe.subject().type.endpoint}?count=1&lockstepnope=1`),
        [200],
        'a list with a parameter that SCIM does not know',
      )
    },
  }),
  must('P-042', 'users are at /Users, groups at /Groups', {
    section: ENDPOINTS,
    fix: 'Serve User at /Users and Group at /Groups.',
    async run({ declared }) {
      for (const [urn, endpoint] of [
        ['urn:ietf:params:scim:schemas:core:2.0:User', '/Users'],
        ['urn:ietf:params:scim:schemas:core:2.0:Group', '/Groups'],
      ] as const) {
        const found = declared.types.filter(({ schema }) => schema === urn)
        demand(
          declared.resourceTypes,
          found.length === 0 || found.some((type) => type.endpoint === endpoint),
          `${endpoint} as the endpoint of ${urn}`,
        )
      }
    },
  }),
  ...(
    [
      ['put', 'PUT', false],
      ['post', 'POST', true],
    ] as const
  ).map(
    ([name, method, single]): Case => ({
      id: `P-044/${name}`,
      level: 'MUST',
      section: ENDPOINTS,
      title: `${method} of ${single ? 'a resource' : 'a resource endpoint'} is refused`,
      fix: 'Answer 405 with Allow to methods that the endpoint does not have.',
      async run(probe) {
        const made = await probe.make()
        const path = single ? made.path : made.type.endpoint
        const answer = await probe.call(method, path, probe.subject().body(probe.name()))
        demandRefusal(answer, `${method} ${path}`, { status: [405, 404, 501] })
      },
    }),
  ),
  must('P-044/delete', 'DELETE of a resource endpoint is refused', {
    section: ENDPOINTS,
    fix: 'Answer 405 with Allow to methods that the endpoint does not have.',
    alone: true,
    async run(probe) {
      const { endpoint } = probe.subject().type
      if (probe.destructive) {
        demandRefusal(await probe.del(endpoint), `DELETE ${endpoint}`, { status: [405, 404, 501] })
        return
      }
      // A server that has it would delete everybody, so it is asked what it has and not for that.
      const answer = await probe.call('PUT', endpoint, probe.subject().body(probe.name()))
      const allow = answer.status === 405 ? answer.header('allow') : undefined
      const methods = (allow ?? '').split(',').map((one) => one.trim().toUpperCase())
      if (allow === undefined || allow === '' || methods.includes('DELETE'))
        throw new NotOffered(`DELETE ${endpoint} is sent with --destructive only: it might delete everybody`)
    },
  }),
  must('P-044/allow', 'a 405 names the methods that are allowed', {
    section: 'RFC 9110 §15.5.6',
    fix: 'Send Allow with every 405.',
    async run(probe) {
      const answer = await probe.call('PUT', probe.subject().type.endpoint, probe.subject().body(probe.name()))
      if (answer.status !== 405) throw new NotOffered(`PUT of the endpoint was answered ${answer.status}, not 405`)
      demand(answer, (answer.header('allow') ?? '') !== '', 'an Allow header')
    },
  }),
  must('P-045/endpoint', 'an unknown endpoint is 404', {
    section: 'RFC 7644 §3.12',
    fix: 'Answer 404 with a SCIM error below the base URL.',
    async run(probe) {
      demandRefusal(await probe.get('/LockstepNope'), 'GET /LockstepNope', { status: [404, 501] })
    },
  }),
  must('P-045/id', 'an unknown id is 404', {
    section: 'RFC 7644 §3.12',
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
    async run(probe) {
      const base = new URL(probe.declared.config.url.replace(/\/ServiceProviderConfig$/, ''))
      if (!/\/v2$/i.test(base.pathname)) throw new NotOffered('the base URL does not end in a version')
      const url = `${base.origin}${base.pathname.replace(/v2$/i, 'v9')}${probe.subject().type.endpoint}`
      demandRefusal(await probe.get(url), `GET ${url}`, { status: [400, 404, 401, 403, 501] })
    },
  }),
  may('P-104', 'a query of the base URL searches all types', {
    section: 'RFC 7644 §3.4.2.1',
    fix: 'Serve GET of the base URL with a filter over all resource types, or answer 501.',
    needs: ['P-121'],
    async run(probe) {
      const subject = probe.subject()
      const made = await probe.make()
      const answer = await probe.filter('/', `id eq "${made.id}"`)
      if (answer.status !== 200 || member(answer.body, 'totalResults') === undefined)
        throw new NotOffered(`a query of the base URL was answered ${answer.status}`)
      demandResource(answer, [200], 'GET of the base URL')
      demand(answer, answer.text.includes(made.id), `the ${subject.type.name} with this id`)
    },
  }),
]
