// Cases: queries by POST to /.search. RFC 7644 §3.4.3.

import { LIST_RESPONSE } from '../../protocol/index.ts'
import type { Case } from '../case.ts'
import { demand, demandList } from '../demand.ts'
import { Fault, NotOffered } from '../fault.ts'
import { isUnassigned, member, pathOf, texts, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { anyOf, idsOn } from '../walks/five.ts'
import { refused } from '../walks/refused.ts'

const { must, may, own } = requirements('RFC 7644 §3.4.3', ['P-220', 'P-220/there'])

/** The cases of the group "Search by POST". */
export const SEARCH: readonly Case[] = [
  must('P-220', 'POST to /.search is a query', {
    fix: 'Serve POST {endpoint}/.search with a SearchRequest: 200 and a ListResponse.',
    needs: ['P-121', 'P-100'],
    async run(probe) {
      const [one, other] = await probe.makeEach({}, {})
      const answer = await probe.search(one.type.endpoint, { filter: one.filter })
      // Clients may use it unannounced (§3.4.3), but hardly any does: its absence weighs less than a wrong answer.
      if ([404, 405, 501].includes(answer.status))
        throw new Fault('200 and a ListResponse: clients may search by POST', [answer], 'SHOULD')
      const ids = demandList(answer, 'POST /.search').resources.map(({ id }) => id)
      demand(answer, texts(member(answer.body, 'schemas')).includes(LIST_RESPONSE), `schemas with ${LIST_RESPONSE}`)
      demand(answer, ids.includes(one.id) && !ids.includes(other.id), `${one.name} and no other resource`)
    },
  }),
  own('P-220/schemas', 'a search without its schema is refused', {
    fix: 'Answer 400 invalidSyntax to a SearchRequest without schemas.',
    needs: ['P-220/there'],
    run: refused(({ type }, probe) => ({
      by: probe.post(`${type.endpoint}/.search`, { count: 1 }),
      what: 'a search without schemas',
      keyword: ['invalidSyntax', 'invalidValue'],
    })),
  }),
  may('P-220/there', '/.search exists', {
    fix: 'Serve POST {endpoint}/.search.',
    needs: [],
    async run(probe) {
      const answer = await probe.search(probe.subject().type.endpoint, { count: 1 })
      if ([404, 405, 501].includes(answer.status)) throw new NotOffered(`POST /.search was answered ${answer.status}`)
    },
  }),
  must('P-221/page', 'startIndex and count work in a search', {
    fix: 'Read startIndex and count from the SearchRequest.',
    needs: ['P-220', 'P-220/there', 'P-123/or'],
    async run(probe) {
      const filter = anyOf(await probe.makeEach({}, {}, {}))
      const answer = await probe.search(probe.subject().type.endpoint, { filter, startIndex: 2, count: 1 })
      const { resources, total } = demandList(answer, 'a page of one')
      demand(answer, resources.length === 1 && total === 3, 'one of three')
    },
  }),
  must('P-221/attributes', 'attributes is a list of names in a search', {
    fix: 'Read attributes and excludedAttributes from the SearchRequest as arrays.',
    async run(probe) {
      const { type, named, text } = probe.subject()
      const { filter } = await probe.make(withValue(text, 'lockstep'))
      for (const narrowed of [{ attributes: [pathOf(named)] }, { excludedAttributes: [pathOf(text)] }]) {
        const answer = await probe.search(type.endpoint, { filter, ...narrowed })
        const [first] = demandList(answer, 'a search').resources
        demand(answer, first !== undefined && isUnassigned(valueAt(first, text)), `no ${pathOf(text)}`)
      }
    },
  }),
  must('P-221/sort', 'sortBy and sortOrder work in a search', {
    fix: 'Read sortBy and sortOrder from the SearchRequest.',
    needs: ['P-220', 'P-220/there', 'P-161'],
    async run(probe) {
      const { type, named } = probe.subject()
      const made = await probe.makeEach({}, {})
      const sorted = { sortBy: pathOf(named), sortOrder: 'descending' }
      const answer = await probe.search(type.endpoint, { filter: anyOf(made), ...sorted })
      const wanted = made.toSorted((a, b) => (a.name < b.name ? 1 : -1)).map(({ id }) => id)
      demand(answer, idsOn([answer]).join() === wanted.join(), 'descending order')
    },
  }),
  must('P-222', 'an invalid filter is refused in a search as in a GET', {
    section: 'RFC 7644 §3.4.2.2',
    fix: 'Answer 400 invalidFilter.',
    run: refused(({ type, named }, probe) => ({
      by: probe.search(type.endpoint, { filter: `${pathOf(named)} regex "a"` }),
      what: 'a search with an unknown operator',
      keyword: ['invalidFilter'],
      named: true,
    })),
  }),
  own('P-222/count', 'a string as count is refused in a search', {
    fix: 'Answer 400: count is a JSON number.',
    run: refused(({ type }, probe) => ({
      by: probe.search(type.endpoint, { count: 'lockstep' }),
      what: 'a search with count "lockstep"',
      keyword: ['invalidSyntax', 'invalidValue'],
    })),
  }),
  may('P-223', 'a search at the base URL covers all types', {
    section: 'RFC 7644 §3.4.2.1',
    fix: 'Serve POST /.search over all resource types.',
    needs: ['P-121', 'P-100'],
    async run(probe) {
      const { id } = await probe.make()
      const answer = await probe.search('', { filter: `id eq "${id}"` })
      if (answer.status !== 200) throw new NotOffered(`POST /.search at the base URL was answered ${answer.status}`)
      demand(answer, idsOn([answer]).includes(id), 'the resource with this id')
    },
  }),
  must('P-105', 'in a search of all types, an attribute that a type lacks has no value', {
    section: 'RFC 7644 §3.4.2.1',
    fix: 'Treat attributes that a type does not define as unassigned.',
    needs: ['P-223', 'S-132'],
    async run(probe) {
      const { id, type } = await probe.makeGroup()
      const name = pathOf(probe.subject().named)
      if (type.attributes.some((one) => one.name === name)) throw new NotOffered(`groups have ${name} as well`)
      const answer = await probe.search('', { filter: `${name} pr and id eq "${id}"` })
      demand(answer, demandList(answer, 'a search of all types').total === 0, `no group, which has no ${name}`)
    },
  }),
]
