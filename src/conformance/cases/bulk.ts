// Cases: bulk requests. RFC 7644 §3.7.

import { BULK_REQUEST, BULK_RESPONSE, type JsonObject, PATCH_OP } from '../../protocol/index.ts'
import type { Case, Probe } from '../case.ts'
import { demand, demandRefusal, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { dig, isUnassigned, member, memberIds, objects, pathOf, texts, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { add, elementsOf, remove } from '../walks/operation.ts'
import { refused } from '../walks/refused.ts'
import type { Exchange } from '../wire/exchange.ts'

const { must, should, own } = requirements('RFC 7644 §3.7', ['P-420'])
const RESULTS = 'RFC 7644 §3.7.3'
const BULK_IDS = 'RFC 7644 §3.7.2'

/** The status of a result, as a text: a string, a number, or an object with code. RFC 7644 §3.7.3. */
function statusOf(result: unknown): string {
  const status = member(result, 'status')
  return String(typeof status === 'object' ? member(status, 'code') : status)
}

/** The results of a bulk request. */
function resultsOf(answer: Exchange): readonly JsonObject[] {
  demandStatus(answer, [200], 'a bulk request that could be read')
  return listedIn(answer)
}

function listedIn(answer: Exchange): readonly JsonObject[] {
  demand(answer, texts(member(answer.body, 'schemas')).includes(BULK_RESPONSE), `schemas with ${BULK_RESPONSE}`)
  return objects(member(answer.body, 'Operations'))
}

/** Demands results of just these statuses: `2xx`, `201`. */
function demandResults(answer: Exchange, ...statuses: readonly string[]): readonly JsonObject[] {
  const results = resultsOf(answer)
  const fits = (result: unknown, status: string) =>
    status === '2xx' ? statusOf(result).startsWith('2') : statusOf(result) === status
  demand(
    answer,
    results.length === statuses.length && statuses.every((status, at) => fits(results[at], status)),
    `${statuses.length} ${statuses.length === 1 ? 'result' : 'results'} with ${[...new Set(statuses)].join(' or ')}`,
  )
  return results
}

/** The location of what the operation with a bulkId created. */
function locationOf(results: readonly JsonObject[], bulkId: string): string {
  return String(
    member(
      results.find((one) => member(one, 'bulkId') === bulkId),
      'location',
    ),
  )
}

/** An operation that creates a resource of the subject's type. */
function creation(probe: Probe, bulkId: string) {
  const { type, body } = probe.subject()
  return { method: 'POST', path: type.endpoint, bulkId, data: body(probe.name()) }
}

/** An operation that creates a group with these members. */
function groupOf(probe: Probe, bulkId: string, ...members: readonly JsonObject[]) {
  const { type, body } = probe.groups()
  return { method: 'POST', path: type.endpoint, bulkId, data: body(probe.name(), { members }) }
}

/** An operation that changes a resource by PATCH. */
const patchOf = (path: string, ...operations: readonly JsonObject[]) => ({
  method: 'PATCH',
  path,
  data: { schemas: [PATCH_OP], Operations: operations },
})

/** An operation that fails. */
const failing = (probe: Probe) => ({ method: 'DELETE', path: `${probe.subject().type.endpoint}/lockstep-nobody` })

/** The cases of the group "Bulk". */
export const BULK: readonly Case[] = [
  must('P-420', 'a bulk request creates resources', {
    fix: 'Serve POST /Bulk, or set bulk.supported to false and answer 501.',
    needs: [],
    async run(probe) {
      if (probe.declared.has('bulk') !== true) throw new NotOffered('bulk.supported is not true')
      const answer = await probe.bulk([creation(probe, 'one')])
      demand(answer, statusOf(resultsOf(answer)[0]) === '201', 'one result with status 201')
    },
  }),
  should('P-420/off', 'a server without bulk answers 501', {
    fix: 'Answer 501 to POST /Bulk when bulk.supported is false.',
    needs: [],
    async run(probe) {
      if (probe.declared.has('bulk') !== false) throw new NotOffered('bulk.supported is not false')
      const answer = await probe.bulk([creation(probe, 'one')])
      demand(answer, answer.status >= 400, '501, since bulk.supported is false', 'MUST')
      // A server that does not know the endpoint answers 404 or 405.
      demand(answer, [501, 404, 405].includes(answer.status), '501')
    },
  }),
  must('P-421', 'a bulk request without Operations is refused', {
    fix: 'Answer 400 invalidSyntax.',
    run: refused((_, probe) => ({
      by: probe.post('/Bulk', { schemas: [BULK_REQUEST] }),
      what: 'a bulk request without Operations',
      keyword: ['invalidSyntax', 'invalidValue'],
    })),
  }),
  must('P-422', 'PUT, PATCH and DELETE work in a bulk request', {
    fix: 'Carry out all four methods in bulk requests.',
    needs: ['P-420', 'P-340', 'P-300', 'P-400'],
    async run(probe) {
      const { text, body } = probe.subject()
      const [one, two, three] = await probe.makeEach({}, {}, {})
      const answer = await probe.bulk([
        { method: 'PUT', path: one.path, data: body(one.name, withValue(text, 'put')) },
        patchOf(two.path, add(text, 'patched')),
        { method: 'DELETE', path: three.path },
      ])
      demandResults(answer, '2xx', '2xx', '2xx')
      for (const [{ path }, value] of [
        [one, 'put'],
        [two, 'patched'],
      ] as const) {
        const shown = await probe.get(path)
        demand([answer, shown], valueAt(shown.body, text) === value, `${pathOf(text)} "${value}"`)
      }
      const deleted = await probe.get(three.path)
      demand([answer, deleted], deleted.status === 404, '404 for what was deleted')
    },
  }),
  must('P-424', 'a bulk request is answered 200 even when its operations fail', {
    fix: 'Answer 200 whenever the request was processed; failures are in the results.',
    async run(probe) {
      const answer = await probe.bulk([failing(probe)])
      demand(answer, statusOf(resultsOf(answer)[0]).startsWith('4'), 'a result with 404')
    },
  }),
  must('P-425', 'each result has method, status, bulkId and location', {
    section: RESULTS,
    fix: 'Give each result its method, status, the bulkId that was sent, and location (not for a failed POST).',
    async run(probe) {
      const answer = await probe.bulk([creation(probe, 'lockstep-one')])
      const [first] = resultsOf(answer)
      demand(answer, member(first, 'method') === 'POST', 'method POST')
      demand(answer, member(first, 'bulkId') === 'lockstep-one', 'bulkId "lockstep-one"')
      demand(answer, typeof member(first, 'location') === 'string', 'location')
    },
  }),
  should('P-425/status', 'the status of a result is a string', {
    section: RESULTS,
    fix: 'Write "status": "201".',
    async run(probe) {
      const answer = await probe.bulk([creation(probe, 'one')])
      const status = member(resultsOf(answer)[0], 'status')
      // One example of the RFC shows an object with code.
      demand(answer, typeof status === 'string' || typeof member(status, 'code') === 'string', 'status "201"')
    },
  }),
  must('P-425/error', 'the result of a failed operation contains the error', {
    section: RESULTS,
    fix: 'Put the SCIM error into response of each result that is not 2xx.',
    needs: ['P-424'],
    async run(probe) {
      const answer = await probe.bulk([failing(probe)])
      demand(answer, !isUnassigned(member(resultsOf(answer)[0], 'response')), 'response with the error')
    },
  }),
  must('P-427', 'after a failed operation the others are carried out', {
    fix: 'Go on after failures unless failOnErrors is reached.',
    needs: ['P-424'],
    async run(probe) {
      const answer = await probe.bulk([failing(probe), creation(probe, 'two')])
      demand(answer, resultsOf(answer).map(statusOf).includes('201'), 'the second operation with 201')
    },
  }),
  must('P-428', 'failOnErrors stops after that many errors', {
    fix: 'Stop after failOnErrors errors and answer with the results so far.',
    needs: ['P-424'],
    async run(probe) {
      const answer = await probe.bulk([failing(probe), creation(probe, 'two')], { failOnErrors: 1 })
      // RFC 7644 §3.7 speaks of an error response when the limit is reached, its example in §3.7.3 answers 200.
      const isDone = listedIn(answer).some((one) => statusOf(one).startsWith('2'))
      demand(answer, !isDone, 'nothing done after the first error')
    },
  }),
  must('P-429', 'bulkId:… in a value means the id of what was created', {
    section: BULK_IDS,
    fix: 'Replace bulkId:x in values by the id that the POST with that bulkId got.',
    needs: ['P-420', 'S-132/members', 'P-425'],
    async run(probe) {
      const answer = await probe.bulk([
        creation(probe, 'someone'),
        groupOf(probe, 'group', { value: 'bulkId:someone' }),
      ])
      const results = demandResults(answer, '201', '201')
      const user = locationOf(results, 'someone')
      const shown = await probe.get(locationOf(results, 'group'))
      const isMember = memberIds(shown.body).some((id) => user.endsWith(id))
      demand([answer, shown], isMember, 'the new user as a member of the new group')
    },
  }),
  must('P-430', 'a reference may come before what it refers to', {
    fix: 'Order the operations by their references, or resolve them afterwards.',
    needs: ['P-429'],
    async run(probe) {
      const answer = await probe.bulk([
        groupOf(probe, 'group', { value: 'bulkId:someone' }),
        creation(probe, 'someone'),
      ])
      const shown = await probe.get(locationOf(demandResults(answer, '201', '201'), 'group'))
      demand([answer, shown], memberIds(shown.body).length === 1, 'the new user as a member of the new group')
    },
  }),
  should('P-431', 'creating two groups that refer to each other is attempted', {
    section: 'RFC 7644 §3.7.1',
    fix: 'Create both and set the references afterwards; 409 when that is impossible.',
    needs: ['P-429', 'S-134/nested'],
    async run(probe) {
      const answer = await probe.bulk([
        groupOf(probe, 'a', { value: 'bulkId:b', type: 'Group' }),
        groupOf(probe, 'b', { value: 'bulkId:a', type: 'Group' }),
      ])
      const results = resultsOf(answer)
      const isTried = results.every((one) => ['201', '409'].includes(statusOf(one)))
      demand(answer, results.length === 2 && isTried, 'two results with 201, or 409')
    },
  }),
  own('P-432/path', 'bulkId:… in a path means the id of what was created', {
    section: BULK_IDS,
    fix: 'Resolve bulkId:x in the path of an operation too; the RFC shows it in values only.',
    needs: ['P-429', 'P-422'],
    async run(probe) {
      const { text } = probe.subject()
      const created = creation(probe, 'someone')
      const answer = await probe.bulk([created, patchOf(`${created.path}/bulkId:someone`, add(text, 'patched'))])
      const shown = await probe.get(locationOf(demandResults(answer, '2xx', '2xx'), 'someone'))
      demand([answer, shown], valueAt(shown.body, text) === 'patched', `${pathOf(text)} "patched"`)
    },
  }),
  own('P-432/patch', 'bulkId:… in the values and filters of a PATCH means the id of what was created', {
    section: BULK_IDS,
    fix: 'Resolve bulkId:x wherever the data of a PATCH can hold an id.',
    needs: ['P-429', 'P-422', 'P-375/members', 'P-375/remove-member'],
    async run(probe) {
      const { id } = await probe.make()
      const { path } = await probe.makeGroup([{ value: id }])
      const swap = (bulkId: string, old: string) =>
        patchOf(path, add('members', [{ value: `bulkId:${bulkId}` }]), remove(elementsOf('members', 'value', old)))
      const answer = await probe.bulk([
        creation(probe, 'one'),
        creation(probe, 'two'),
        swap('one', id),
        swap('two', 'bulkId:one'),
      ])
      const two = locationOf(demandResults(answer, '2xx', '2xx', '2xx', '2xx'), 'two')
      const shown = await probe.get(path)
      const ids = memberIds(shown.body)
      demand([answer, shown], ids.length === 1 && two.endsWith(ids[0] ?? ''), 'the second new user as the only member')
    },
  }),
  own('P-433', 'an unknown bulkId is refused', {
    section: BULK_IDS,
    fix: 'Fail the operation that refers to an unknown bulkId.',
    needs: ['P-429', 'P-424'],
    async run(probe) {
      const answer = await probe.bulk([groupOf(probe, 'group', { value: 'bulkId:nobody' })])
      demand(answer, statusOf(resultsOf(answer)[0]).startsWith('4'), 'a result with 400 or 409')
    },
  }),
  must('P-434', 'more operations than maxOperations are refused with 413', {
    section: 'RFC 7644 §3.7.4',
    fix: 'Answer 413 to more operations than maxOperations, and carry out none of them.',
    needs: ['P-420', 'S-140/bulk'],
    async run(probe) {
      const most = Number(dig(probe.declared.config.body, 'bulk', 'maxOperations'))
      if (!(most > 0 && most <= 20_000)) throw new NotOffered(`maxOperations is ${most}`)
      const operation = { method: 'DELETE', path: `${probe.subject().type.endpoint}/x` }
      const answer = await probe.bulk(Array.from({ length: most + 1 }, () => operation))
      demandRefusal(answer, `${most + 1} operations`, { status: [413] })
    },
  }),
  must('P-435', 'a stale version in a bulk operation is 412', {
    fix: 'Treat version of an operation as If-Match.',
    needs: ['P-420', 'P-500', 'P-300', 'P-424'],
    async run(probe) {
      const { text, body } = probe.subject()
      const { path, name } = await probe.make()
      const data = body(name, withValue(text, 'two'))
      const answer = await probe.bulk([{ method: 'PUT', path, version: 'W/"lockstep-stale"', data }])
      demand(answer, ['412', '409'].includes(statusOf(resultsOf(answer)[0])), 'a result with 412')
    },
  }),
]
