// Cases: which attributes and values filters can name. RFC 7644 §3.4.2.2 and §3.10.

import type { Case, Made } from '../case.ts'
import { demand, demandList, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { member, objects, pathOf, texts, valueAt, without, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { found } from '../walks/found.ts'

const { must, may, own } = requirements('RFC 7644 §3.4.2.2', ['P-121'])

/** The cases of the group "Filters" about attributes and values. */
export const FILTER_NAMES: readonly Case[] = [
  ...(
    [
      ['id', ({ id }: Made) => `id eq "${id}"`],
      ['resourceType', ({ id, type }: Made) => `meta.resourceType eq "${type.name}" and id eq "${id}"`],
      ['lastModified', ({ id }: Made) => `meta.lastModified ge "2000-01-01T00:00:00Z" and id eq "${id}"`],
    ] as const
  ).map(([name, filter]) =>
    must(`P-142/${name}`, `filters can use ${name === 'id' ? name : `meta.${name}`}`, {
      fix: 'Let filters use the common attributes id, externalId and meta.',
      needs: name === 'id' ? ['P-121'] : ['P-121', 'P-142/id'],
      run: found(() => ({ by: (one) => [[filter(one), one]] })),
    }),
  ),
  must('P-142/externalId', 'filters can use externalId', {
    fix: 'Let filters use externalId: many identity providers match by it.',
    needs: ['P-121', 'S-012'],
    run: found((_, probe) => {
      const externalId = `Ext-${probe.word()}`
      return { one: { externalId }, by: (one) => [[`externalId eq "${externalId}"`, one]] }
    }),
  }),
  must('P-143', 'filters can use extension attributes by their qualified names', {
    section: 'RFC 7644 §3.10',
    fix: 'Read URN:attribute in filters; the dot in 2.0 separates nothing.',
    run: found(({ extension }, probe) => {
      const word = probe.word()
      return { one: withValue(extension, word), by: (one) => [[`${pathOf(extension)} eq "${word}"`, one]] }
    }),
  }),
  must('S-033', 'core attributes can be named with their URN', {
    section: 'RFC 7644 §3.10',
    fix: 'Read urn:…:User:userName as userName.',
    run: found(({ type }) => ({ by: (one) => [[`${type.schema}:${one.filter}`, one]] })),
  }),
  must('S-035', 'URNs in attribute names are case-insensitive', {
    section: 'RFC 7644 §3.10',
    fix: 'Match schema URNs in attribute names without regard to case.',
    needs: ['S-033'],
    run: found(({ type }) => ({ by: (one) => [[`${type.schema.toUpperCase()}:${one.filter}`, one]] })),
  }),
  must('S-031/filter', 'attribute names in filters are case-insensitive', {
    section: 'RFC 7643 §2.1',
    fix: 'Match attribute names in filters without regard to case.',
    run: found(({ named }) => ({
      by: (one) => [[`${pathOf(named).toUpperCase()} eq "${one.name}"`, one]],
    })),
  }),
  must('P-127/escapes', 'strings in filters are JSON strings, escapes included', {
    fix: 'Decode the literal as JSON: \\" and \\u00fc.',
    needs: ['P-121', 'P-128/eq', 'P-002'],
    run: found(({ text }, probe) => {
      const word = probe.word()
      return {
        one: withValue(text, `a "b" ü ${word}`),
        by: (one) => [[`${pathOf(text)} eq "a \\"b\\" \\u00fc ${word}"`, one]],
      }
    }),
  }),
  own('P-138', 'eq null finds resources without a value', {
    section: 'RFC 7643 §2.5',
    fix: 'Let eq null mean not pr.',
    needs: ['P-130'],
    run: found(({ text }) => ({
      one: withValue(text, 'lockstep'),
      by: (_, other, scope) => [[`${pathOf(text)} eq null and ${scope}`, other]],
    })),
  }),
  may('P-141', 'filters can use schemas', {
    fix: 'Let schemas eq "…" find the resources with that schema.',
    needs: ['P-121', 'P-123/or'],
    run: found(({ extension }) => ({
      one: withValue(extension, 'lockstep'),
      by(one, other, scope) {
        if (texts(other.body.schemas).includes(extension.urn)) throw new NotOffered('every resource has the extension')
        return [[`schemas eq "${extension.urn}" and ${scope}`, one]]
      },
    })),
  }),
  must('P-101', 'a filter that matches nothing is answered 200 with an empty list', {
    section: 'RFC 7644 §3.4.2',
    fix: 'Answer 200 with totalResults 0; never 404.',
    async run(probe) {
      const { type, named } = probe.subject()
      const answer = await probe.filter(type.endpoint, `${pathOf(named)} eq "${probe.name()}"`)
      const { resources, total } = demandList(answer, 'a filter that nothing matches')
      demand(answer, total === 0 && resources.length === 0, 'totalResults 0 and no resources')
    },
  }),
  own('P-101/resources', 'an empty list has an empty Resources, or none', {
    section: 'RFC 7644 §3.4.2',
    fix: 'Send "Resources": [] with totalResults 0: null says the same, but several clients stumble over it.',
    needs: ['P-101'],
    async run(probe) {
      const { type, named } = probe.subject()
      const answer = await probe.filter(type.endpoint, `${pathOf(named)} eq "${probe.name()}"`)
      demand(answer, member(answer.body, 'Resources') !== null, '"Resources": [], or no Resources')
    },
  }),
  must('P-144', 'defaults are filtered by the value that the client is shown', {
    fix: 'Filter on the value that GET shows, defaults included.',
    needs: ['P-121', 'P-128/boolean'],
    async run(probe) {
      const { type, named, flag, body } = probe.subject()
      const name = probe.name()
      const created = await probe.post(type.endpoint, without(body(name), flag))
      demandStatus(created, [201, 200], `a creation without ${pathOf(flag)}`)
      const shown = await probe.get(`${type.endpoint}/${String(member(created.body, 'id'))}`)
      const value = valueAt(shown.body, flag)
      if (value !== true && value !== false) throw new NotOffered(`${pathOf(flag)} has no default`)
      const answer = await probe.filter(type.endpoint, `${pathOf(flag)} eq ${value} and ${pathOf(named)} eq "${name}"`)
      const isFound = objects(member(answer.body, 'Resources')).length === 1
      demand([shown, answer], isFound, `the resource, by ${pathOf(flag)} eq ${value}`)
    },
  }),
]
