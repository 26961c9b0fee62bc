// Witnesses: requirements that every answer of a run must meet, whichever case has asked for it.

import { BULK_RESPONSE, ERROR, isObject } from '../../protocol/index.ts'
import type { Witness } from '../case.ts'
import { member, objects, texts } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import type { Exchange } from '../wire/exchange.ts'

const { must, should, own } = requirements('RFC 7644 §3.12')
const COMMON = 'RFC 7643 §3.1'
const MEDIA = 'RFC 7644 §3.8'
const INPUT = 'RFC 7644 §7.7'

/** The detail error keywords. RFC 7644 §3.12, table 9; RFC 9865 §2.1. */
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

const isError = ({ status }: Exchange) => status >= 400
const isGood = ({ status }: Exchange) => status >= 200 && status < 300
const names = (body: unknown, schema: string) => texts(member(body, 'schemas')).includes(schema)
const isScimError = (exchange: Exchange) => isError(exchange) && names(exchange.body, ERROR)

/** What a witness says of an answer that is right, or wrong. */
const right = (isRight: boolean, expected: string) => (isRight ? '' : expected)

/** The ids in an answer: that of the resource, or those of a list. */
function idsIn({ body }: Exchange): readonly unknown[] {
  const listed = member(body, 'Resources')
  // A list without any has no Resources, or null.
  const resources = Array.isArray(listed) ? listed : isObject(body) && listed === undefined ? [body] : []
  return resources.map((one) => member(one, 'id')).filter((id) => id !== undefined)
}

function isJson(exchange: Exchange): string {
  const type = exchange.header('content-type') ?? ''
  return right(/^application\/(scim\+)?json\b/i.test(type), 'Content-Type: application/scim+json')
}

/** A witness: errors of these statuses have a SCIM body. */
function errorBody(name: string, fits: (status: number) => boolean, id = name): Witness {
  return must(`P-471/${id}`, `an error with status ${name} has a SCIM error as its body`, {
    fix: 'Answer every error with schemas, status and detail as in RFC 7644 §3.12, including those of the framework in front.',
    see(exchange) {
      if (!isError(exchange) || !fits(exchange.status)) return undefined
      // A bulk request that stops at failOnErrors gives its results, with whatever status.
      if (names(exchange.body, BULK_RESPONSE)) return undefined
      return right(names(exchange.body, ERROR), `a JSON body with schemas ["${ERROR}"]`)
    },
  })
}

const OWN_BODY = [400, 401, 404, 405, 409, 412]

/** What every answer of a run is held against. */
export const EVERY_ANSWER: readonly Witness[] = [
  must('S-002', 'every resource and message has at least one URI in schemas', {
    section: 'RFC 7643 §3',
    fix: 'Write schemas into every body, the entries of lists included, also when attributes narrows it.',
    see(exchange) {
      if (!isGood(exchange) || !isObject(exchange.body)) return undefined
      const bodies = [exchange.body, ...objects(member(exchange.body, 'Resources'))]
      const areNamed = bodies.every((one) => texts(member(one, 'schemas')).length > 0)
      return right(areNamed, 'schemas with at least one URI in each resource and message')
    },
  }),
  must('S-010', 'no id contains bulkId', {
    section: COMMON,
    fix: 'Never create an id that contains "bulkId".',
    see(exchange) {
      const ids = idsIn(exchange).filter((id) => typeof id === 'string')
      if (!isGood(exchange) || ids.length === 0) return undefined
      return right(!ids.some((id) => id.toLowerCase().includes('bulkid')), 'an id without "bulkId"')
    },
  }),
  must('S-008/text', 'ids are non-empty strings', {
    section: COMMON,
    fix: 'Write id as a JSON string, also when it is a number in your database.',
    see(exchange) {
      const ids = idsIn(exchange)
      if (!isGood(exchange) || ids.length === 0) return undefined
      return right(
        ids.every((id) => typeof id === 'string' && id !== ''),
        'id as a non-empty string',
      )
    },
  }),
  must('P-003/type', 'bodies have a JSON media type', {
    section: MEDIA,
    fix: 'Send Content-Type: application/scim+json with every body.',
    see: (exchange) => (exchange.text === '' || !isGood(exchange) ? undefined : isJson(exchange)),
  }),
  must('P-003/error-type', 'errors have a JSON media type', {
    section: MEDIA,
    fix: 'Send Content-Type: application/scim+json with errors as well.',
    see: (exchange) => (isError(exchange) && isObject(exchange.body) ? isJson(exchange) : undefined),
  }),
  must('P-470/status', 'status in the body of an error is a string', {
    fix: 'Write "status": "404", not 404.',
    see(exchange) {
      if (!isScimError(exchange)) return undefined
      return right(typeof member(exchange.body, 'status') === 'string', `status "${exchange.status}" as a string`)
    },
  }),
  should('P-048', 'status in the body of an error equals the HTTP status', {
    section: 'RFC 7644 §3.2',
    fix: 'Write the HTTP status into the body.',
    see(exchange) {
      const status = member(exchange.body, 'status')
      if (!isScimError(exchange) || status === undefined) return undefined
      return right(String(status) === String(exchange.status), `status "${exchange.status}"`)
    },
  }),
  should('P-470/type', 'scimType is a registered keyword', {
    fix: 'Use the keywords of RFC 7644 table 9 (and RFC 9865), or leave scimType out.',
    see(exchange) {
      const type = member(exchange.body, 'scimType') ?? undefined
      if (!isError(exchange) || type === undefined) return undefined
      return right(KEYWORDS.includes(String(type)), `one of ${KEYWORDS.join(', ')} instead of ${JSON.stringify(type)}`)
    },
  }),
  own('P-470/detail', 'errors say what was wrong', {
    fix: 'Write a detail that an administrator can act on; identity providers show it.',
    see(exchange) {
      const detail = member(exchange.body, 'detail')
      if (!isScimError(exchange)) return undefined
      return right(typeof detail === 'string' && detail !== '', 'a detail for people')
    },
  }),
  ...OWN_BODY.map((status) => errorBody(String(status), (one) => one === status)),
  errorBody(`other than ${OWN_BODY.join(', ')}`, (status) => !OWN_BODY.includes(status), 'other'),
  must('P-560/500', 'no request makes the server fail', {
    section: INPUT,
    fix: 'Check input and answer 4xx: a 500 means that it got through unchecked.',
    see: ({ status }) => right(status !== 500 && status !== 502, 'an answer below 500'),
  }),
  own('P-477', 'errors show no internals', {
    section: INPUT,
    fix: 'Keep stack traces and SQL out of answers.',
    see(exchange) {
      if (!isError(exchange) || exchange.text === '') return undefined
      const isTelling =
        /\n[ \t]+at \S+ \(|Traceback \(most recent call last\)|\bat [\w$.]+\([\w$]+\.java:\d+\)|SQLSTATE|ORA-\d{5}/.test(
          exchange.text.replaceAll('\\n', '\n'),
        )
      return right(!isTelling, 'no stack trace and no SQL')
    },
  }),
]
