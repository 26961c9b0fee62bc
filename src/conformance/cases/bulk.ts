// Cases: bulk requests. RFC 7644 §3.7.

import { BULK_RESPONSE, type JsonObject, PATCH_OP } from '../../protocol/index.ts'
import type { Case, Probe } from '../case.ts'
import { demand, demandRefusal, demandStatus } from '../demand.ts'
import type { Exchange } from '../exchange.ts'
import { NotOffered } from '../fault.ts'
import { dig, isUnassigned, member, memberIds, objects, pathOf, texts, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'

const BULK_SECTION = 'RFC 7644 §3.7'
const { must, should, own } = requirements(BULK_SECTION)

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

function creation(
  probe: Probe,
  bulkId: string,
): { readonly method: 'POST'; readonly path: string; readonly bulkId: string; readonly data: unknown } {
  const subject = probe.subject()
  return { method: 'POST', path: subject.type.endpoint, bulkId, data: subject.body(probe.name()) }
}

/** The cases of the group "Bulk". */
export const BULK: readonly Case[] = [
  must('P-420', 'a bulk request creates', {
    fix: 'Serve POST /Bulk, or set bulk.supported to false and answer 501.',
    async run(probe) {
      if (probe.declared.has('bulk') !== true) throw new NotOffered('bulk.supported is not true')
      const answer = await probe.bulk([creation(probe, 'one')])
      const [first] = resultsOf(answer)
      demand(answer, statusOf(first) === '201', 'one result with status 201')
    },
  }),
  should('P-420/off', 'a server without bulk says so with 501', {
    fix: 'Answer 501 to POST /Bulk when bulk.supported is false.',
    async run(probe) {
      if (probe.declared.has('bulk') !== false) throw new NotOffered('bulk.supported is not false')
      demandRefusalOrNone(await probe.bulk([creation(probe, 'one')]))
    },
  }),
  must('P-421', 'a bulk request without Operations is refused', {
    fix: 'Answer 400 invalidSyntax.',
    needs: ['P-420'],
    async run(probe) {
      demandRefusal(
        await probe.post('/Bulk', { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'] }),
        'a bulk request without Operations',
        { keyword: ['invalidSyntax', 'invalidValue'] },
      )
    },
  }),
  must('P-422', 'PUT, PATCH and DELETE work in a bulk request', {
    fix: 'Carry out all four methods in bulk requests.',
    needs: ['P-420', 'P-340', 'P-300', 'P-400'],
    async run(probe) {
      const subject = probe.subject()
      const text = subject.text
      const [one, two, three] = [await probe.make(), await probe.make(), await probe.make()]
      const answer = await probe.bulk([
        { method: 'PUT', path: one.path, data: subject.body(one.name, withValue(text, 'put')) },
        {
          method: 'PATCH',
          path: two.path,
          data: { schemas: [PATCH_OP], Operations: [{ op: 'add', path: pathOf(text), value: 'patched' }] },
        },
        { method: 'DELETE', path: three.path },
      ])
      const results = resultsOf(answer)
      demand(answer, results.length === 3 && results.every((one) => /^2/.test(statusOf(one))), 'three results with 2xx')
      const [put, patched, deleted] = [
        await probe.get(one.path),
        await probe.get(two.path),
        await probe.get(three.path),
      ]
      demand([answer, put], valueAt(put.body, text) === 'put', `${pathOf(text)} "put"`)
      demand([answer, patched], valueAt(patched.body, text) === 'patched', `${pathOf(text)} "patched"`)
      demand([answer, deleted], deleted.status === 404, '404 for what was deleted')
    },
  }),
  must('P-424', 'a bulk request is 200 also when its operations fail', {
    fix: 'Answer 200 whenever the request was processed; failures stand in the results.',
    needs: ['P-420'],
    async run(probe) {
      const answer = await probe.bulk([{ method: 'DELETE', path: `${probe.subject().type.endpoint}/lockstep-nobody` }])
      const [first] = resultsOf(answer)
      demand(answer, /^4/.test(statusOf(first)), 'a result with 404')
    },
  }),
  must('P-425', 'each result has method, status, bulkId and location', {
    section: 'RFC 7644 §3.7.3',
    fix: 'Give each result its method, status, the bulkId that was sent, and location (not for a failed POST).',
    needs: ['P-420'],
    async run(probe) {
      const answer = await probe.bulk([creation(probe, 'lockstep-one')])
      const [first] = resultsOf(answer)
      demand(answer, member(first, 'method') === 'POST', 'method POST')
      demand(answer, member(first, 'bulkId') === 'lockstep-one', 'bulkId "lockstep-one"')
      demand(answer, typeof member(first, 'location') === 'string', 'location')
    },
  }),
  should('P-425/status', 'the status of a result is a string', {
    section: 'RFC 7644 §3.7.3',
    fix: 'Write "status": "201".',
    needs: ['P-420'],
    async run(probe) {
      const answer = await probe.bulk([creation(probe, 'one')])
      const [first] = resultsOf(answer)
      const status = member(first, 'status')
      // One example of the RFC shows an object with code.
      demand(answer, typeof status === 'string' || typeof member(status, 'code') === 'string', 'status "201"')
    },
  }),
  must('P-425/error', 'a failed operation holds the error', {
    section: 'RFC 7644 §3.7.3',
    fix: 'Put the SCIM error into response of each result that is not 2xx.',
    needs: ['P-424'],
    async run(probe) {
      const answer = await probe.bulk([{ method: 'DELETE', path: `${probe.subject().type.endpoint}/lockstep-nobody` }])
      const [first] = resultsOf(answer)
      demand(answer, !isUnassigned(member(first, 'response')), 'response with the error')
    },
  }),
  must('P-427', 'after a failed operation the others are done', {
    fix: 'Go on after failures unless failOnErrors is reached.',
    needs: ['P-424'],
    async run(probe) {
      const answer = await probe.bulk([
        { method: 'DELETE', path: `${probe.subject().type.endpoint}/lockstep-nobody` },
        creation(probe, 'two'),
      ])
      const results = resultsOf(answer)
      demand(
        answer,
        results.some((one) => statusOf(one) === '201'),
        'the second operation with 201',
      )
    },
  }),
  must('P-428', 'failOnErrors stops at that many errors', {
    fix: 'Stop after failOnErrors errors and answer with the results so far.',
    needs: ['P-424'],
    async run(probe) {
      const later = creation(probe, 'two')
      const answer = await probe.bulk(
        [{ method: 'DELETE', path: `${probe.subject().type.endpoint}/lockstep-nobody` }, later],
        { failOnErrors: 1 },
      )
      // RFC 7644 §3.7 speaks of an error response when the limit is reached, its example in §3.7.3 answers 200.
      const results = listedIn(answer)
      demand(answer, !results.some((one) => /^2/.test(statusOf(one))), 'nothing done after the first error')
    },
  }),
  must('P-429', 'bulkId:… in a value stands for the id of what was created', {
    section: 'RFC 7644 §3.7.2',
    fix: 'Replace bulkId:x in values by the id that the POST with that bulkId got.',
    needs: ['P-420', 'S-132/members', 'P-425'],
    async run(probe) {
      const groups = probe.groups()
      const answer = await probe.bulk([
        creation(probe, 'someone'),
        {
          method: 'POST',
          path: groups.type.endpoint,
          bulkId: 'group',
          data: groups.body(probe.name(), { members: [{ value: 'bulkId:someone' }] }),
        },
      ])
      const results = resultsOf(answer)
      demand(answer, results.length === 2 && results.every((one) => statusOf(one) === '201'), 'two results with 201')
      const [user, group] = ['someone', 'group'].map((id) =>
        String(
          member(
            results.find((one) => member(one, 'bulkId') === id),
            'location',
          ),
        ),
      )
      const shown = await probe.get(group ?? '')
      demand(
        [answer, shown],
        memberIds(shown.body).some((id) => user?.endsWith(id)),
        'the new user as a member of the new group',
      )
    },
  }),
  must('P-430', 'a reference may come before what it refers to', {
    fix: 'Order the operations by their references, or resolve them afterwards.',
    needs: ['P-429'],
    async run(probe) {
      const groups = probe.groups()
      const answer = await probe.bulk([
        {
          method: 'POST',
          path: groups.type.endpoint,
          bulkId: 'group',
          data: groups.body(probe.name(), { members: [{ value: 'bulkId:someone' }] }),
        },
        creation(probe, 'someone'),
      ])
      const results = resultsOf(answer)
      demand(answer, results.length === 2 && results.every((one) => statusOf(one) === '201'), 'two results with 201')
      const group = results.find((one) => member(one, 'bulkId') === 'group')
      const shown = await probe.get(String(member(group, 'location')))
      demand([answer, shown], memberIds(shown.body).length === 1, 'the new user as a member of the new group')
    },
  }),
  should('P-431', 'two groups that refer to each other are tried', {
    section: 'RFC 7644 §3.7.1',
    fix: 'Create both and set the references afterwards; 409 when that is impossible.',
    needs: ['P-429', 'S-134/nested'],
    async run(probe) {
      const groups = probe.groups()
      const group = (own: string, other: string) => ({
        method: 'POST',
        path: groups.type.endpoint,
        bulkId: own,
        data: groups.body(probe.name(), { members: [{ value: `bulkId:${other}`, type: 'Group' }] }),
      })
      const answer = await probe.bulk([group('a', 'b'), group('b', 'a')])
      const results = resultsOf(answer)
      demand(
        answer,
        results.length === 2 && results.every((one) => ['201', '409'].includes(statusOf(one))),
        'two results with 201, or 409',
      )
    },
  }),
  own('P-432/path', 'bulkId:… in a path stands for the id of what was created', {
    section: 'RFC 7644 §3.7.2',
    fix: 'Resolve bulkId:x in the path of an operation too; the RFC shows it in values only.',
    needs: ['P-429', 'P-422'],
    async run(probe) {
      const text = probe.subject().text
      const created = creation(probe, 'someone')
      const answer = await probe.bulk([
        created,
        {
          method: 'PATCH',
          path: `${created.path}/bulkId:someone`,
          data: { schemas: [PATCH_OP], Operations: [{ op: 'add', path: pathOf(text), value: 'patched' }] },
        },
      ])
      const results = resultsOf(answer)
      demand(answer, results.length === 2 && results.every((one) => /^2/.test(statusOf(one))), 'two results with 2xx')
      const made = results.find((one) => member(one, 'bulkId') === 'someone')
      const shown = await probe.get(String(member(made, 'location')))
      demand([answer, shown], valueAt(shown.body, text) === 'patched', `${pathOf(text)} "patched"`)
    },
  }),
  own('P-432/patch', 'bulkId:… in the values and filters of a PATCH stands for the id of what was created', {
    section: 'RFC 7644 §3.7.2',
    fix: 'Resolve bulkId:x wherever an id can stand in the data of a PATCH.',
    needs: ['P-429', 'P-422', 'P-375/members', 'P-375/remove-member'],
    async run(probe) {
      const user = await probe.make()
      const group = await probe.makeGroup([{ value: user.id }])
      const change = (...all: readonly JsonObject[]) => ({
        method: 'PATCH',
        path: group.path,
        data: { schemas: [PATCH_OP], Operations: all },
      })
      const add = (bulkId: string) => ({ op: 'add', path: 'members', value: [{ value: `bulkId:${bulkId}` }] })
      const answer = await probe.bulk([
        creation(probe, 'one'),
        creation(probe, 'two'),
        change(add('one'), { op: 'remove', path: `members[value eq "${user.id}"]` }),
        change(add('two'), { op: 'remove', path: 'members[value eq "bulkId:one"]' }),
      ])
      const results = resultsOf(answer)
      demand(answer, results.length === 4 && results.every((one) => /^2/.test(statusOf(one))), 'four results with 2xx')
      const two = String(
        member(
          results.find((one) => member(one, 'bulkId') === 'two'),
          'location',
        ),
      )
      const shown = await probe.get(group.path)
      const ids = memberIds(shown.body)
      demand([answer, shown], ids.length === 1 && two.endsWith(ids[0] ?? ''), 'the second new user as the only member')
    },
  }),
  own('P-433', 'a bulkId that nobody has is refused', {
    section: 'RFC 7644 §3.7.2',
    fix: 'Fail the operation that refers to an unknown bulkId.',
    needs: ['P-429', 'P-424'],
    async run(probe) {
      const groups = probe.groups()
      const answer = await probe.bulk([
        {
          method: 'POST',
          path: groups.type.endpoint,
          bulkId: 'group',
          data: groups.body(probe.name(), { members: [{ value: 'bulkId:nobody' }] }),
        },
      ])
      const [first] = resultsOf(answer)
      demand(answer, /^4/.test(statusOf(first)), 'a result with 400 or 409')
    },
  }),
  must('P-434', 'more operations than maxOperations are refused with 413', {
    section: 'RFC 7644 §3.7.4',
    fix: 'Answer 413 to more operations than maxOperations, and do none of them.',
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
      const subject = probe.subject()
      const made = await probe.make()
      const answer = await probe.bulk([
        {
          method: 'PUT',
          path: made.path,
          version: 'W/"lockstep-stale"',
          data: subject.body(made.name, withValue(subject.text, 'two')),
        },
      ])
      const [first] = resultsOf(answer)
      demand(answer, ['412', '409'].includes(statusOf(first)), 'a result with 412')
    },
  }),
]

/** 501 is what the RFC asks for; a server that doesn't know the endpoint says 404 or 405. */
function demandRefusalOrNone(answer: Exchange): void {
  demand(answer, answer.status >= 400, '501, since bulk.supported is false', 'MUST')
  demand(answer, [501, 404, 405].includes(answer.status), '501')
}
