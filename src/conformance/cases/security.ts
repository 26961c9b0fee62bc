// Cases: hostile input. RFC 7644 §7.7.

import type { Case } from '../case.ts'
import { demand, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { pathOf, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'

const INPUT = 'RFC 7644 §7.7'
const { must } = requirements(INPUT)

/** The cases of the group "Security". */
export const SECURITY: readonly Case[] = [
  must('P-560/filter', 'text in a filter is data, not code', {
    fix: 'Bind filter values as parameters; never paste them into a query.',
    needs: ['P-121'],
    async run(probe) {
      const { type, named } = probe.subject()
      for (const value of ["' OR '1'='1", "%' OR 1=1 --", '*)(uid=*', '{{7*7}}', '_%']) {
        const answer = await probe.filter(type.endpoint, `${pathOf(named)} eq ${JSON.stringify(value)}`, { count: '1' })
        demand(answer, answer.status < 500, `200 or 400 for the value ${value}`)
        demand(answer, answer.status >= 400 || totalOf(answer.body) === 0, `nobody for the value ${value}`)
      }
    },
  }),
  must('P-560/wildcards', 'wildcards of databases have no meaning in co and sw', {
    fix: 'Escape % and _ where co, sw, ew become LIKE.',
    needs: ['P-129/co', 'P-101'],
    async run(probe) {
      const subject = probe.subject()
      const made = await probe.make()
      const answer = await probe.filter(
        subject.type.endpoint,
        `${pathOf(subject.named)} sw "${made.name.slice(0, 6)}%" and ${pathOf(subject.named)} eq "${made.name}"`,
      )
      demandStatus(answer, [200], 'sw with % in the value')
      demand(answer, totalOf(answer.body) === 0, 'nobody, since no name has a % in it')
    },
  }),
  must('P-560/depth', 'deeply nested filters do no harm', {
    fix: 'Limit the depth of filters and answer 400.',
    needs: ['P-121'],
    async run(probe) {
      const { type, named } = probe.subject()
      const deep = `${'('.repeat(400)}${pathOf(named)} eq "a"${')'.repeat(400)}`
      const answer = await probe.filter(type.endpoint, deep, { count: '1' })
      demand(answer, answer.status < 500, '200, or 400 invalidFilter')
    },
  }),
  must('P-560/prototype', 'members named like parts of the language do no harm', {
    fix: 'Do not merge request bodies into objects with a prototype.',
    async run(probe) {
      const subject = probe.subject()
      const body = JSON.stringify(subject.body(probe.name())).replace(
        /^\{/,
        '{"__proto__":{"lockstepNope":true},"constructor":{"prototype":{"lockstepNope":true}},',
      )
      const answer = await probe.post(subject.type.endpoint, body)
      demand(answer, answer.status < 500, '201, or 400')
      const later = await probe.make()
      demand(later.exchange, !later.exchange.text.includes('lockstepNope'), 'no lockstepNope in another resource')
    },
  }),
  must('P-560/markup', 'markup in a value stays a value', {
    fix: 'Store texts as they are; escape where they are shown, not where they are stored.',
    async run(probe) {
      const text = probe.subject().text
      const value = '<script>alert(1)</script>'
      const answer = await probe.post(
        probe.subject().type.endpoint,
        probe.subject().body(probe.name(), withValue(text, value)),
      )
      if (answer.status === 400) throw new NotOffered('markup is refused')
      demandStatus(answer, [201, 200], 'a creation with markup')
      demand(answer, valueAt(answer.body, text) === value, `${pathOf(text)} as sent`)
    },
  }),
]

function totalOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'totalResults' in body ? body.totalResults : undefined
}
