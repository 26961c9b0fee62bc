// Cases: /Me. RFC 7644 §3.11.

import type { Case } from '../case.ts'
import { demand, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { dig, isSameUri } from '../json-access.ts'
import { requirements } from '../requirements.ts'

const { must, should } = requirements('RFC 7644 §3.11')
const ANSWERS = '/Me: the own resource, a redirect to it, 404 for a caller without one, or 501'

/** The cases of the group "/Me". */
export const ME: readonly Case[] = [
  should('P-450', 'a server without /Me answers 501', {
    fix: 'Answer 501 to /Me when it is not supported; 404 when the caller has no resource.',
    async run(probe) {
      demandStatus(await probe.get('/Me'), [200, 307, 308, 404, 501, 403], ANSWERS)
    },
  }),
  must('P-451', '/Me gives the permanent URI of the resource in Location', {
    fix: 'Send Location with the URI of the resource that /Me refers to.',
    async run(probe) {
      const answer = await probe.get('/Me')
      if (![200, 307, 308].includes(answer.status)) throw new NotOffered(`/Me was answered ${answer.status}`)
      const given = answer.header('location') ?? answer.header('content-location')
      demand(answer, given !== undefined && !/\/Me\/?$/.test(given), 'Location with the URI of the resource')
      if (answer.status !== 200) return
      const location = dig(answer.body, 'meta', 'location')
      demand(answer, isSameUri(given, location, answer.url, probe.base), 'the same URI as meta.location')
    },
  }),
]
