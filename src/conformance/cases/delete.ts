// Cases: deleting resources. RFC 7644 §3.6.

import type { Case, Made, Probe } from '../case.ts'
import { demand, demandStatus } from '../demand.ts'
import { dig, pathOf, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { created } from '../walks/created.ts'
import { replace } from '../walks/operation.ts'
import { refused } from '../walks/refused.ts'

const { must, should } = requirements('RFC 7644 §3.6', ['P-400'])

/** A resource that is deleted. */
async function deleted(probe: Probe): Promise<Made> {
  const made = await probe.make()
  await probe.del(made.path)
  return made
}

/** The cases of the group "Delete". */
export const DELETE: readonly Case[] = [
  must('P-400', 'a resource can be deleted and is gone', {
    fix: 'Answer DELETE with 204; GET is 404 from then on.',
    needs: [],
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
    async run(probe) {
      const answer = await probe.del((await probe.make()).path)
      demandStatus(answer, [204], 'DELETE')
      demand(answer, answer.text === '', 'no body')
    },
  }),
  must('P-401/delete', 'a second deletion is 404', {
    fix: 'Answer 404 to every operation on a deleted resource.',
    run: refused(async (_, probe) => {
      const { path } = await deleted(probe)
      return { by: probe.del(path), what: 'a second DELETE', status: [404] }
    }),
  }),
  must('P-401/put', 'PUT of a deleted resource is 404', {
    fix: 'Answer 404 to every operation on a deleted resource.',
    needs: ['P-400', 'P-300'],
    run: refused(async ({ body }, probe) => {
      const { path, name } = await deleted(probe)
      return { by: probe.put(path, body(name)), what: 'PUT after DELETE', status: [404] }
    }),
  }),
  must('P-401/patch', 'PATCH of a deleted resource is 404', {
    fix: 'Answer 404 to every operation on a deleted resource.',
    needs: ['P-400', 'P-340'],
    run: refused(async ({ text }, probe) => {
      const { path } = await deleted(probe)
      return { by: probe.patch(path, [replace(text, 'x')]), what: 'PATCH after DELETE', status: [404] }
    }),
  }),
  must('P-402', 'a deleted resource is in no list', {
    fix: 'Leave deleted resources out of lists and totals.',
    needs: ['P-400', 'P-121', 'P-101'],
    async run(probe) {
      const { type, filter } = await deleted(probe)
      const found = await probe.filter(type.endpoint, filter)
      demand(found, dig(found.body, 'totalResults') === 0, 'totalResults 0')
    },
  }),
  should('P-403', 'the name of a deleted resource is free again', {
    fix: 'Leave deleted resources out of uniqueness checks.',
    run: created(async ({ named, text, body }, probe) => {
      const { type, name } = await deleted(probe)
      return {
        by: probe.post(type.endpoint, body(name, withValue(text, 'lockstep'))),
        what: `a creation with the ${pathOf(named)} of a deleted resource`,
      }
    }),
  }),
  must('P-082', 'deleting an unknown id is 404', {
    fix: 'Answer 404 to DELETE of an unknown id.',
    needs: [],
    run: refused(({ type }, probe) => ({
      by: probe.del(`${type.endpoint}/00000000-0000-4000-8000-000000000000`),
      what: 'DELETE of an id that does not exist',
      status: [404],
    })),
  }),
]
