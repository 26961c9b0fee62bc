// Cases: errors, and what every answer of a run must keep to. RFC 7644 §3.12.

import { BULK_RESPONSE, ERROR, isObject } from '../../protocol/index.ts'
import type { Case, Witness } from '../case.ts'
import { demand, demandRefusal } from '../demand.ts'
import type { Exchange } from '../exchange.ts'
import { dig, member, objects, texts } from '../json-access.ts'
import { requirements } from '../requirements.ts'

const { must } = requirements('RFC 7644 §2')

const BODY = 'RFC 7644 §3.12'

const isError = ({ status }: Exchange) => status >= 400
const isGood = ({ status }: Exchange) => status >= 200 && status < 300
const hasBody = ({ text }: Exchange) => text !== ''

/** Every resource in an answer: itself, or those of a list. */
function resourcesIn({ body }: Exchange): readonly unknown[] {
  const listed = member(body, 'Resources')
  if (Array.isArray(listed)) return listed
  // A list without any has no Resources, or null.
  return isObject(body) && listed === undefined ? [body] : []
}

/** A witness: errors of these statuses have a SCIM body. */
function errorBody(name: string, fits: (status: number) => boolean, id = name): Witness {
  return {
    id: `P-471/${id}`,
    level: 'MUST',
    section: BODY,
    title: `an error ${name} has a SCIM error for a body`,
    fix: 'Answer every error with schemas, status and detail as RFC 7644 §3.12 has it; also those of the framework before it.',
    see(exchange) {
      if (!isError(exchange) || !fits(exchange.status)) return undefined
      // A bulk request that stops at failOnErrors tells its results, with whatever status.
      if (texts(member(exchange.body, 'schemas')).includes(BULK_RESPONSE)) return undefined
      return texts(member(exchange.body, 'schemas')).includes(ERROR) ? '' : `a JSON body with schemas ["${ERROR}"]`
    },
  }
}

/** What every answer of a run is held against. */
export const EVERY_ANSWER: readonly Witness[] = [
  {
    id: 'S-002',
    level: 'MUST',
    section: 'RFC 7643 §3',
    title: 'every resource and message has a non-empty schemas',
    fix: 'Write schemas into every body, the entries of lists included, also when attributes narrows it.',
    see(exchange) {
      if (!isGood(exchange) || !isObject(exchange.body)) return undefined
      const bodies = [exchange.body, ...objects(member(exchange.body, 'Resources'))]
      return bodies.every((one) => texts(member(one, 'schemas')).length > 0)
        ? ''
        : 'schemas with at least one URI in each resource and message'
    },
  },
  {
    id: 'S-010',
    level: 'MUST',
    section: 'RFC 7643 §3.1',
    title: 'no id contains bulkId',
    fix: 'Never make an id with the text "bulkId" in it.',
    see(exchange) {
      if (!isGood(exchange)) return undefined
      const ids = resourcesIn(exchange)
        .map((one) => member(one, 'id'))
        .filter((id) => typeof id === 'string')
      if (ids.length === 0) return undefined
      return ids.every((id) => !id.toLowerCase().includes('bulkid')) ? '' : 'an id without "bulkId"'
    },
  },
  {
    id: 'S-008/text',
    level: 'MUST',
    section: 'RFC 7643 §3.1',
    title: 'ids are non-empty strings',
    fix: 'Write id as a JSON string, also when it is a number in your database.',
    see(exchange) {
      if (!isGood(exchange)) return undefined
      const ids = resourcesIn(exchange)
        .map((one) => member(one, 'id'))
        .filter((id) => id !== undefined)
      if (ids.length === 0) return undefined
      return ids.every((id) => typeof id === 'string' && id !== '') ? '' : 'id as a non-empty string'
    },
  },
  {
    id: 'P-003/type',
    level: 'MUST',
    section: 'RFC 7644 §3.8',
    title: 'bodies have a JSON media type',
    fix: 'Send Content-Type: application/scim+json with every body.',
    see(exchange) {
      if (!hasBody(exchange) || !isGood(exchange)) return undefined
      return /^application\/(scim\+)?json\b/i.test(exchange.header('content-type') ?? '')
        ? ''
        : 'Content-Type: application/scim+json'
    },
  },
  {
    id: 'P-003/error-type',
    level: 'MUST',
    section: 'RFC 7644 §3.8',
    title: 'errors have a JSON media type',
    fix: 'Send Content-Type: application/scim+json with errors as well.',
    see(exchange) {
      if (!isError(exchange) || !isObject(exchange.body)) return undefined
      return /^application\/(scim\+)?json\b/i.test(exchange.header('content-type') ?? '')
        ? ''
        : 'Content-Type: application/scim+json'
    },
  },
  {
    id: 'P-470/status',
    level: 'MUST',
    section: BODY,
    title: 'status of an error is a string',
    fix: 'Write "status": "404", not 404.',
    see(exchange) {
      if (!isError(exchange) || !texts(member(exchange.body, 'schemas')).includes(ERROR)) return undefined
      return typeof member(exchange.body, 'status') === 'string' ? '' : `status "${exchange.status}" as a string`
    },
  },
  {
    id: 'P-048',
    level: 'SHOULD',
    section: 'RFC 7644 §3.2',
    title: 'status in the body of an error is the HTTP status',
    fix: 'Write the HTTP status into the body.',
    see(exchange) {
      const told = member(exchange.body, 'status')
      if (!isError(exchange) || !texts(member(exchange.body, 'schemas')).includes(ERROR) || told === undefined)
        return undefined
      return String(told) === String(exchange.status) ? '' : `status "${exchange.status}"`
    },
  },
  {
    id: 'P-470/type',
    level: 'SHOULD',
    section: BODY,
    title: 'scimType is a registered word',
    fix: 'Use the keywords of RFC 7644 table 9 (and RFC 9865), or leave scimType out.',
    see(exchange) {
      const type = member(exchange.body, 'scimType')
      if (!isError(exchange) || isUndefined(type)) return undefined
      return KEYWORDS.includes(String(type)) ? '' : `one of ${KEYWORDS.join(', ')} instead of ${JSON.stringify(type)}`
    },
  },
  {
    id: 'P-470/detail',
    level: 'OWN',
    section: BODY,
    title: 'errors say what was wrong',
    fix: 'Write a detail that an administrator can act on; identity providers show it.',
    see(exchange) {
      if (!isError(exchange) || !texts(member(exchange.body, 'schemas')).includes(ERROR)) return undefined
      const detail = member(exchange.body, 'detail')
      return typeof detail === 'string' && detail !== '' ? '' : 'a detail for people'
    },
  },
  errorBody('400', (status) => status === 400),
  errorBody('401', (status) => status === 401),
  errorBody('404', (status) => status === 404),
  errorBody('405', (status) => status === 405),
  errorBody('409', (status) => status === 409),
  errorBody('412', (status) => status === 412),
  errorBody(
    'other than 400, 401, 404, 405, 409, 412',
    (status) => ![400, 401, 404, 405, 409, 412].includes(status),
    'other',
  ),
  {
    id: 'P-560/500',
    level: 'MUST',
    section: 'RFC 7644 §7.7',
    title: 'nothing that is sent makes the server fail',
    fix: 'Check input and answer 4xx: a 500 means that it got through unchecked.',
    see: (exchange) => (exchange.status === 500 || exchange.status === 502 ? 'an answer below 500' : ''),
  },
  {
    id: 'P-477',
    level: 'OWN',
    section: 'RFC 7644 §7.7',
    title: 'errors show no insides',
    fix: 'Keep stack traces and SQL out of answers.',
    see(exchange) {
      if (!isError(exchange) || !hasBody(exchange)) return undefined
      return /\n[ \t]+at \S+ \(|Traceback \(most recent call last\)|\bat [\w$.]+\([\w$]+\.java:\d+\)|SQLSTATE|ORA-\d{5}/.test(
        exchange.text.replaceAll('\\n', '\n'),
      )
        ? 'no stack trace and no SQL'
        : ''
    },
  },
]

const KEYWORDS = [
  'invalidFilter',
  'tooMany',
  'uniqueness',
  'mutability',
  'invalidSyntax',
  'invalidPath',
  'noTarget',
  'invalidValue',
  'invalidVers',
  'sensitive',
  'invalidCursor',
  'expiredCursor',
  'invalidCount',
]

const isUndefined = (value: unknown) => value === undefined || value === null

/** The cases of the group "Errors". */
export const ERRORS: readonly Case[] = [
  must('P-470', 'an error is a JSON object with schemas and status', {
    section: BODY,
    fix: 'Answer errors with {"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404","detail":"…"}.',
    async run(probe) {
      const answer = await probe.get(`${probe.subject().type.endpoint}/lockstep-nobody`)
      demandRefusal(answer, 'an id that does not exist', { status: [404] })
      demand(answer, texts(dig(answer.body, 'schemas')).includes(ERROR), `schemas with ${ERROR}`)
      demand(answer, dig(answer.body, 'status') !== undefined, 'status')
    },
  }),
  must('P-020', 'a request without credentials is 401 with WWW-Authenticate', {
    fix: 'Answer 401 with a WWW-Authenticate header that names the schemes.',
    async run(probe) {
      const answer = await probe.get(`${probe.subject().type.endpoint}?count=1`, withoutSecrets(probe.declared.config))
      demandRefusal(answer, 'a list without credentials', { status: [401] })
      demand(answer, (answer.header('www-authenticate') ?? '') !== '', 'a WWW-Authenticate header')
    },
  }),
  must('P-020/wrong', 'wrong credentials are 401', {
    fix: 'Answer 401 to credentials that are not valid.',
    async run(probe) {
      const scheme = /^Basic /.test(probe.declared.config.sent.authorization ?? '')
        ? 'Basic bG9ja3N0ZXA6bm9wZQ=='
        : 'Bearer lockstep-nope'
      const answer = await probe.get(`${probe.subject().type.endpoint}?count=1`, {
        ...withoutSecrets(probe.declared.config),
        authorization: scheme,
      })
      demandRefusal(answer, 'a list with wrong credentials', { status: [401, 403] })
    },
  }),
]

/** All headers that may be credentials, left out. */
function withoutSecrets({ sent }: Exchange): { readonly [name: string]: undefined } {
  return Object.fromEntries(
    Object.keys(sent)
      .filter((name) => !['accept', 'content-type', 'user-agent'].includes(name))
      .map((name) => [name, undefined]),
  )
}
