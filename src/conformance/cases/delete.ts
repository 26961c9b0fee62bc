// Cases: deleting resources. RFC 7644 §3.6.

import type { Case } from '../case.ts'
import { demand, demandRefusal, demandStatus } from '../demand.ts'
import { dig, pathOf, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'

const REMOVE = 'RFC 7644 §3.6'
const { must, should } = requirements(REMOVE)

/** The cases of the group "Delete". */
export const DELETE: readonly Case[] = [
  must('P-400', 'a resource can be deleted, and is gone', {
    fix: 'Answer DELETE with 204; GET is 404 from then on.',
    async run(probe) {
      const made = await probe.make()
      const answer = await probe.del(made.path)
      demand(answer, answer.status >= 200 && answer.status < 300, '204: DELETE')
      const shown = await probe.get(made.path)
      demand([answer, shown], shown.status === 404, '404 afterwards')
    },
  }),
  must('P-400/status', 'a deletion is answered 204 without a body', {
    fix: 'Answer DELETE with 204 and no body.',
    needs: ['P-400'],
    async run(probe) {
      const answer = await probe.del((await probe.make()).path)
      demandStatus(answer, [204], 'DELETE')
      demand(answer, answer.text === '', 'no body')
    },
  }),
  must('P-401/delete', 'a second deletion is 404', {
    fix: 'Answer 404 to every operation on a deleted resource.',
    needs: ['P-400'],
    async run(probe) {
      const made = await probe.make()
      await probe.del(made.path)
      demandRefusal(await probe.del(made.path), 'a second DELETE', { status: [404] })
    },
  }),
  must('P-401/put', 'PUT of a deleted resource is 404', {
    fix: 'Answer 404 to every operation on a deleted resource.',
    needs: ['P-400', 'P-300'],
    async run(probe) {
      const made = await probe.make()
      await probe.del(made.path)
      demandRefusal(await probe.put(made.path, probe.subject().body(made.name)), 'PUT after DELETE', { status: [404] })
    },
  }),
  must('P-401/patch', 'PATCH of a deleted resource is 404', {
    fix: 'Answer 404 to every operation on a deleted resource.',
    needs: ['P-400', 'P-340'],
    async run(probe) {
      const made = await probe.make()
      await probe.del(made.path)
      demandRefusal(
        await probe.patch(made.path, [{ op: 'replace', path: pathOf(probe.subject().text), value: 'x' }]),
        'PATCH after DELETE',
        { status: [404] },
      )
    },
  }),
  must('P-402', 'a deleted resource is in no query result', {
    fix: 'Leave deleted resources out of lists and totals.',
    needs: ['P-400', 'P-121', 'P-101'],
    async run(probe) {
      const subject = probe.subject()
      const made = await probe.make()
      await probe.del(made.path)
      const found = await probe.filter(subject.type.endpoint, `${pathOf(subject.named)} eq "${made.name}"`)
      demand(found, dig(found.body, 'totalResults') === 0, 'totalResults 0')
    },
  }),
  should('P-403', 'the name of a deleted resource is free again', {
    fix: 'Leave deleted resources out of uniqueness checks.',
    needs: ['P-400'],
    async run(probe) {
      const subject = probe.subject()
      const made = await probe.make()
      await probe.del(made.path)
      demandStatus(
        await probe.post(subject.type.endpoint, subject.body(made.name, withValue(subject.text, 'lockstep'))),
        [201, 200],
        `a creation with the ${pathOf(subject.named)} of a deleted resource`,
      )
    },
  }),
  must('P-082', 'a deletion of what never was is 404', {
    fix: 'Answer 404 to DELETE of an unknown id.',
    async run(probe) {
      demandRefusal(
        await probe.del(`${probe.subject().type.endpoint}/00000000-0000-4000-8000-000000000000`),
        'DELETE of an id that does not exist',
        { status: [404] },
      )
    },
  }),
]
