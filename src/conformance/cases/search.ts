// Cases: queries by POST to /.search. RFC 7644 §3.4.3.

import { LIST_RESPONSE } from '../../protocol/index.ts'
import type { Case } from '../case.ts'
import { demand, demandList, demandRefusal } from '../demand.ts'
import { Fault, NotOffered } from '../fault.ts'
import { isUnassigned, member, pathOf, texts, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'

const SEARCH_SECTION = 'RFC 7644 §3.4.3'
const { must, may, own } = requirements(SEARCH_SECTION)

/** The cases of the group "Search by POST". */
export const SEARCH: readonly Case[] = [
  must('P-220', 'POST to /.search is a query', {
    fix: 'Serve POST {endpoint}/.search with a SearchRequest: 200 and a ListResponse.',
    needs: ['P-121', 'P-100'],
    async run(probe) {
      const subject = probe.subject()
      const [made, other] = [await probe.make(), await probe.make()]
      const answer = await probe.search(subject.type.endpoint, { filter: `${pathOf(subject.named)} eq "${made.name}"` })
      // Clients may use it without asking (§3.4.3), but hardly any does: its absence weighs less than a wrong answer.
      if ([404, 405, 501].includes(answer.status))
        throw new Fault('200 and a ListResponse: clients may search by POST', [answer], 'SHOULD')
      const { resources } = demandList(answer, 'POST /.search')
      demand(answer, texts(member(answer.body, 'schemas')).includes(LIST_RESPONSE), `schemas with ${LIST_RESPONSE}`)
      demand(
        answer,
        resources.some(({ id }) => id === made.id) && !resources.some(({ id }) => id === other.id),
        `${made.name} and nobody else`,
      )
    },
  }),
  own('P-220/schemas', 'a search without its schema is refused', {
    fix: 'Answer 400 invalidSyntax to a SearchRequest without schemas.',
    needs: ['P-220/there'],
    async run(probe) {
      demandRefusal(
        await probe.post(`${probe.subject().type.endpoint}/.search`, { count: 1 }),
        'a search without schemas',
        { keyword: ['invalidSyntax', 'invalidValue'] },
      )
    },
  }),
  may('P-220/there', '/.search is there', {
    fix: 'Serve POST {endpoint}/.search.',
    async run(probe) {
      const answer = await probe.search(probe.subject().type.endpoint, { count: 1 })
      if ([404, 405, 501].includes(answer.status)) throw new NotOffered(`POST /.search was answered ${answer.status}`)
    },
  }),
  must('P-221/page', 'startIndex and count mean the same in a search', {
    fix: 'Read startIndex and count from the SearchRequest.',
    needs: ['P-220', 'P-220/there', 'P-123/or'],
    async run(probe) {
      const subject = probe.subject()
      const made = [await probe.make(), await probe.make(), await probe.make()]
      const filter = made.map(({ name }) => `${pathOf(subject.named)} eq "${name}"`).join(' or ')
      const answer = await probe.search(subject.type.endpoint, { filter, startIndex: 2, count: 1 })
      const { resources, total } = demandList(answer, 'a page of one')
      demand(answer, resources.length === 1 && total === 3, 'one of three')
    },
  }),
  must('P-221/attributes', 'attributes is a list of names in a search', {
    fix: 'Read attributes and excludedAttributes from the SearchRequest as arrays.',
    needs: ['P-220', 'P-220/there'],
    async run(probe) {
      const subject = probe.subject()
      const text = subject.text
      const made = await probe.make(withValue(text, 'lockstep'))
      for (const narrowed of [{ attributes: [pathOf(subject.named)] }, { excludedAttributes: [pathOf(text)] }]) {
        const answer = await probe.search(subject.type.endpoint, {
          filter: `${pathOf(subject.named)} eq "${made.name}"`,
          ...narrowed,
        })
        const [first] = demandList(answer, 'a search').resources
        demand(answer, first !== undefined && isUnassigned(valueAt(first, text)), `no ${pathOf(text)}`)
      }
    },
  }),
  must('P-221/sort', 'sortBy and sortOrder mean the same in a search', {
    fix: 'Read sortBy and sortOrder from the SearchRequest.',
    needs: ['P-220', 'P-220/there', 'P-161'],
    async run(probe) {
      const subject = probe.subject()
      const made = [await probe.make(), await probe.make()]
      const filter = made.map(({ name }) => `${pathOf(subject.named)} eq "${name}"`).join(' or ')
      const answer = await probe.search(subject.type.endpoint, {
        filter,
        sortBy: pathOf(subject.named),
        sortOrder: 'descending',
      })
      const wanted = made.toSorted((a, b) => (a.name < b.name ? 1 : -1)).map(({ id }) => id)
      demand(
        answer,
        demandList(answer, 'a sorted search')
          .resources.map(({ id }) => id)
          .join() === wanted.join(),
        'descending order',
      )
    },
  }),
  must('P-222', 'a bad filter in a search is refused as in a GET', {
    section: 'RFC 7644 §3.4.2.2',
    fix: 'Answer 400 invalidFilter.',
    needs: ['P-220', 'P-220/there'],
    async run(probe) {
      const { type, named } = probe.subject()
      demandRefusal(
        await probe.search(type.endpoint, { filter: `${pathOf(named)} regex "a"` }),
        'a search with an unknown operator',
        { keyword: ['invalidFilter'], named: true },
      )
    },
  }),
  own('P-222/count', 'a count that is a text is refused in a search', {
    fix: 'Answer 400: count is a JSON number.',
    needs: ['P-220', 'P-220/there'],
    async run(probe) {
      demandRefusal(
        await probe.search(probe.subject().type.endpoint, { count: 'lockstep' }),
        'a search with count "lockstep"',
        { keyword: ['invalidSyntax', 'invalidValue'] },
      )
    },
  }),
  may('P-223', 'a search at the base URL covers all types', {
    section: 'RFC 7644 §3.4.2.1',
    fix: 'Serve POST /.search over all resource types.',
    needs: ['P-121', 'P-100'],
    async run(probe) {
      const made = await probe.make()
      const answer = await probe.search('', { filter: `id eq "${made.id}"` })
      if (answer.status !== 200) throw new NotOffered(`POST /.search at the base URL was answered ${answer.status}`)
      demand(
        answer,
        demandList(answer, 'POST /.search').resources.some(({ id }) => id === made.id),
        'the resource with this id',
      )
    },
  }),
  must('P-105', 'in a search of all types an attribute that a type lacks has no value', {
    section: 'RFC 7644 §3.4.2.1',
    fix: 'Treat attributes that a type does not define as unassigned.',
    needs: ['P-223', 'S-132'],
    async run(probe) {
      const group = await probe.makeGroup()
      const name = pathOf(probe.subject().named)
      if (probe.groups().type.attributes.some((one) => one.name === name))
        throw new NotOffered(`groups have ${name} as well`)
      const answer = await probe.search('', { filter: `${name} pr and id eq "${group.id}"` })
      demand(answer, demandList(answer, 'a search of all types').total === 0, `no group, which has no ${name}`)
    },
  }),
]
