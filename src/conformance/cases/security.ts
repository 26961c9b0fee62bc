// Cases: hostile input. RFC 7644 §7.7.

import type { Case } from '../case.ts'
import { demand, demandStatus } from '../demand.ts'
import { member, pathOf, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { created } from '../walks/created.ts'
import { shows } from '../walks/expectation.ts'

const { must } = requirements('RFC 7644 §7.7', ['P-121'])

/** The cases of the group "Security". */
export const SECURITY: readonly Case[] = [
  must('P-560/filter', 'text in a filter is data, not code', {
    fix: 'Bind filter values as parameters; never paste them into a query.',
    async run(probe) {
      const { type, named } = probe.subject()
      for (const value of ["' OR '1'='1", "%' OR 1=1 --", '*)(uid=*', '{{7*7}}', '_%']) {
        const answer = await probe.filter(type.endpoint, `${pathOf(named)} eq ${JSON.stringify(value)}`, { count: '1' })
        demand(answer, answer.status < 500, `200 or 400 for the value ${value}`)
        const isEmpty = answer.status >= 400 || member(answer.body, 'totalResults') === 0
        demand(answer, isEmpty, `an empty list for the value ${value}`)
      }
    },
  }),
  must('P-560/wildcards', 'database wildcards have no meaning in co and sw', {
    fix: 'Escape % and _ where co, sw, ew become LIKE.',
    needs: ['P-129/co', 'P-101'],
    async run(probe) {
      const { type, named } = probe.subject()
      const { name, filter } = await probe.make()
      const answer = await probe.filter(type.endpoint, `${pathOf(named)} sw "${name.slice(0, 6)}%" and ${filter}`)
      demandStatus(answer, [200], 'sw with % in the value')
      demand(answer, member(answer.body, 'totalResults') === 0, 'an empty list, since no name has a % in it')
    },
  }),
  must('P-560/depth', 'deeply nested filters do no harm', {
    fix: 'Limit the depth of filters and answer 400.',
    async run(probe) {
      const { type, named } = probe.subject()
      const deep = `${'('.repeat(400)}${pathOf(named)} eq "a"${')'.repeat(400)}`
      const answer = await probe.filter(type.endpoint, deep, { count: '1' })
      demand(answer, answer.status < 500, '200, or 400 invalidFilter')
    },
  }),
  must('P-560/prototype', 'members with names like __proto__ do no harm', {
    fix: 'Do not merge request bodies into objects with a prototype.',
    needs: [],
    async run(probe) {
      const { type, body } = probe.subject()
      const pollution = '{"__proto__":{"lockstepNope":true},"constructor":{"prototype":{"lockstepNope":true}},'
      const answer = await probe.post(type.endpoint, JSON.stringify(body(probe.name())).replace(/^\{/, pollution))
      demand(answer, answer.status < 500, '201, or 400')
      const { exchange } = await probe.make()
      demand(exchange, !exchange.text.includes('lockstepNope'), 'no lockstepNope in another resource')
    },
  }),
  must('P-560/markup', 'markup in a value stays a value', {
    fix: 'Store strings as they are; escape them when they are shown, not when they are stored.',
    needs: [],
    run: created(({ text }, probe) => {
      const value = '<script>alert(1)</script>'
      return {
        by: probe.create(withValue(text, value)),
        what: 'a creation with markup',
        mayRefuse: 'markup is refused',
        answered: shows(text, value),
      }
    }),
  }),
]
