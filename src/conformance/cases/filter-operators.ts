// Cases: what the operators of filters find. RFC 7644 §3.4.2.2.

import type { AttributePath } from '../attribute-path.ts'
import type { Case, Made, Probe } from '../case.ts'
import { demand, demandList } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { dig, pathOf, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import type { Subject } from '../subject/subject.ts'
import { found } from '../walks/found.ts'

const { must, own } = requirements('RFC 7644 §3.4.2.2', ['P-121'])
/** What filters need that join conditions with or to find none but the case's own resources. */
const SCOPED = ['P-121', 'P-123/or']

/** Two resources with a text each, made from a word; the filter finds the first. */
function comparison(
  filter: (path: string, word: string) => string,
  of: (word: string) => readonly [string, string] = (word) => [`Aa ${word} zz`, `Bb Aa ${word} zz yy`],
): Case['run'] {
  return found(({ text }, probe) => {
    const word = probe.word()
    const [first, second] = of(word)
    return {
      one: withValue(text, first),
      other: withValue(text, second),
      by: (one) => [[filter(pathOf(text), word), one]],
    }
  })
}

/** A list in two resources: one has a work and a home element, the other one the same values with the types exchanged. */
function crossed({ list }: Subject, probe: Probe) {
  const [{ primary: _, ...a }, b] = probe.elements(list)
  const turned = [
    { ...a, type: b.type },
    { ...b, type: a.type },
  ]
  return { path: pathOf(list), a, b, straight: withValue(list, [a, b]), turned: withValue(list, turned) }
}

/** Goes on only where a resource has no value at a path. */
function mustLack({ body }: Made, path: AttributePath): void {
  if (valueAt(body, path) !== undefined) throw new NotOffered(`${pathOf(path)} always has a value`)
}

/** The cases of the group "Filters" about operators. */
export const FILTER_OPERATORS: readonly Case[] = [
  must('P-121', 'a filter with eq finds what matches and nothing else', {
    fix: 'Apply the filter, or answer 400 invalidFilter; never return every resource.',
    needs: [],
    async run(probe) {
      const supported = probe.declared.has('filter')
      if (supported === false) throw new NotOffered('filter.supported is false')
      const { type, named } = probe.subject()
      const [one, other] = await probe.makeEach({}, {})
      const answer = await probe.filter(type.endpoint, one.filter)
      if (supported === undefined && [501, 400].includes(answer.status))
        throw new NotOffered(`a filter was answered ${answer.status}, and the server does not declare filters`)
      const { resources } = demandList(answer, `the filter ${one.filter}`)
      const isOne = (user: unknown) => String(valueAt(user, named)).toLowerCase() === one.name.toLowerCase()
      const ids = resources.map(({ id }) => id)
      demand(answer, ids.includes(one.id), `the resource ${one.name}`)
      demand(answer, resources.every(isOne) && !ids.includes(other.id), `none but ${one.name}`)
    },
  }),
  must('P-122', 'operators are case-insensitive', {
    fix: 'Read eq, and, or, not, pr … in any letter case.',
    needs: SCOPED,
    run: found(({ named }) => ({
      by: (one, other) => [
        [`${pathOf(named)} EQ "${one.name}"`, one],
        [`${pathOf(named)} Eq "${one.name}" OR ${pathOf(named)} eQ "${other.name}"`, [one, other]],
        [`${pathOf(named)} eq "${one.name}" AND id PR`, one],
      ],
    })),
  }),
  must('P-123/or', '"and" and "or" combine conditions', {
    fix: 'Evaluate conditions joined by and and or.',
    needs: ['P-121', 'P-101'],
    run: found(() => ({
      by: (one, other) => [
        [`${one.filter} or ${other.filter}`, [one, other]],
        [`${one.filter} and id pr`, one],
        [`${one.filter} and ${other.filter}`, []],
      ],
    })),
  }),
  must('P-123', '"and" binds tighter than "or"', {
    fix: 'Parse the filter with the precedence of RFC 7644: not, and, or.',
    run: found(({ named }) => ({
      by: (one, other) => [
        [`${one.filter} or ${other.filter} and ${pathOf(named)} eq "lockstep-nobody"`, one],
        [`${other.filter} and ${pathOf(named)} eq "lockstep-nobody" or ${one.filter}`, one],
      ],
    })),
  }),
  must('P-123/not', '"not" negates its parentheses and nothing more', {
    fix: 'Apply not to the parenthesis that follows it.',
    needs: SCOPED,
    run: found(() => ({
      by: (one, other, scope) => [[`not (${one.filter}) and ${scope}`, other]],
    })),
  }),
  must('P-125', '"not" may be written with and without a space before its parenthesis', {
    fix: 'Read not( like not (: the grammar has no space there, the examples have one (erratum 7319).',
    needs: ['P-123/not'],
    run: found(() => ({
      by: (one, other, scope) => [
        [`not(${one.filter}) and ${scope}`, other],
        [`not (${one.filter}) and ${scope}`, other],
      ],
    })),
  }),
  must('P-124', 'parentheses group conditions', {
    fix: 'Evaluate what is in parentheses first; allow them to nest.',
    run: found(() => ({
      by: (one, other) => [
        [`((${one.filter}))`, one],
        [`(${one.filter} or ${other.filter}) and ${other.filter}`, other],
      ],
    })),
  }),
  must('P-128/eq', 'eq compares whole values', {
    fix: 'Compare the whole value with eq.',
    run: comparison(
      (path, word) => `${path} eq "${word}"`,
      (word) => [word, `${word}x`],
    ),
  }),
  must('P-128/ne', 'ne finds different values', {
    fix: 'Let ne find every resource whose value is another one.',
    needs: SCOPED,
    run: found(({ text }, probe) => {
      const word = probe.word()
      return {
        one: withValue(text, word),
        other: withValue(text, `${word}x`),
        by: (_, other, scope) => [[`${pathOf(text)} ne "${word}" and ${scope}`, other]],
      }
    }),
  }),
  must('P-128/boolean', 'booleans are compared to true and false', {
    fix: 'Read true and false without quotes as JSON literals.',
    needs: SCOPED,
    run: found(({ flag }) => ({
      one: withValue(flag, true),
      other: withValue(flag, false),
      by: (one, other, scope) => [
        [`${pathOf(flag)} eq false and ${scope}`, other],
        [`${pathOf(flag)} eq true and ${scope}`, one],
      ],
    })),
  }),
  must('P-129/co', 'co finds a part of a string', {
    fix: 'Support co on strings.',
    run: comparison(
      (path, word) => `${path} co "${word}"`,
      (word) => [`Aa ${word} zz`, 'Aa zz'],
    ),
  }),
  must('P-129/sw', 'sw finds the beginning of a string', {
    fix: 'Support sw on strings.',
    run: comparison((path, word) => `${path} sw "Aa ${word}"`),
  }),
  must('P-129/ew', 'ew finds the end of a string', {
    fix: 'Support ew on strings.',
    run: comparison((path, word) => `${path} ew "${word} zz"`),
  }),
  must('P-130', 'pr finds resources that have a value', {
    fix: 'Let pr match attributes with a non-empty value.',
    needs: SCOPED,
    run: found(({ text }) => ({
      one: withValue(text, 'lockstep'),
      by(one, other, scope) {
        mustLack(other, text)
        return [[`${pathOf(text)} pr and ${scope}`, one]]
      },
    })),
  }),
  must('P-130/complex', 'pr finds complex attributes with any value', {
    fix: 'Let pr match a complex attribute when one of its sub-attributes has a value.',
    needs: SCOPED,
    run: found(({ complex: { whole, first } }) => ({
      one: withValue(first, 'lockstep'),
      by(one, other, scope) {
        mustLack(other, whole)
        return [[`${pathOf(whole)} pr and ${scope}`, one]]
      },
    })),
  }),
  must('P-131/text', 'gt, ge, lt and le order strings', {
    fix: 'Compare strings by their order with gt, ge, lt, le.',
    needs: SCOPED,
    run: found(({ text }) => ({
      one: withValue(text, 'aaa'),
      other: withValue(text, 'bbb'),
      by: (one, other, scope) => [
        [`${pathOf(text)} gt "aaa" and ${scope}`, other],
        [`${pathOf(text)} ge "aaa" and ${scope}`, [one, other]],
        [`${pathOf(text)} lt "bbb" and ${scope}`, one],
        [`${pathOf(text)} le "bbb" and ${scope}`, [one, other]],
      ],
    })),
  }),
  must('P-131/time', 'gt, ge, lt and le order times as instants', {
    fix: 'Compare dateTime values as instants, with their offsets.',
    needs: SCOPED,
    run: found(() => ({
      by(one, other, scope) {
        const created = Date.parse(String(dig(one.body, 'meta', 'created')))
        if (Number.isNaN(created)) throw new NotOffered('meta.created is not shown')
        const earlier = new Date(created - 60_000).toISOString()
        // Five hours back on a clock that is five hours behind is the same instant.
        const later = new Date(created + 60_000 - 5 * 3_600_000).toISOString().replace('Z', '-05:00')
        return [
          [`meta.created gt "${earlier}" and ${scope}`, [one, other]],
          [`meta.created lt "${earlier}" and ${scope}`, []],
          [`meta.created lt "${later}" and ${scope}`, [one, other]],
          [`meta.created gt "${later}" and ${scope}`, []],
        ]
      },
    })),
  }),
  must('P-133/inexact', 'strings with caseExact false are compared ignoring case', {
    fix: 'Follow caseExact of the attribute when comparing; userName is false.',
    run: found(({ named }) => {
      if (named.attribute.caseExact) throw new NotOffered(`${pathOf(named)} is caseExact`)
      return { by: (one) => [[`${pathOf(named)} eq "${one.name.toUpperCase()}"`, one]] }
    }),
  }),
  must('P-133/exact', 'externalId is case-sensitive', {
    section: 'RFC 7643 §3.1',
    fix: 'Compare externalId (caseExact true) letter by letter.',
    needs: ['P-121', 'S-012', 'P-101'],
    run: found((_, probe) => {
      const externalId = `Ext-${probe.word()}`
      return {
        one: { externalId },
        by: (one) => [
          [`externalId eq "${externalId}"`, one],
          [`externalId eq "${externalId.toLowerCase()}"`, []],
        ],
      }
    }),
  }),
  must('S-011', 'ids are case-sensitive', {
    section: 'RFC 7643 §3.1',
    fix: 'Compare id (caseExact true) letter by letter.',
    needs: ['P-121', 'P-142/id', 'P-101'],
    run: found(() => ({
      by({ id }) {
        const other = id === id.toUpperCase() ? id.toLowerCase() : id.toUpperCase()
        if (other === id) throw new NotOffered('ids have no letters')
        return [[`id eq "${other}"`, []]]
      },
    })),
  }),
  must('P-134', 'a multi-valued attribute matches when any value does', {
    fix: 'Match a multi-valued attribute when one of its values matches.',
    needs: SCOPED,
    run: found((subject, probe) => {
      const { path, straight, b } = crossed(subject, probe)
      return { one: straight, by: (one, _, scope) => [[`${path}.value eq "${b.value}" and ${scope}`, one]] }
    }),
  }),
  must('P-135', 'conditions in brackets must hold for the same value', {
    fix: 'Evaluate attr[…] element by element.',
    needs: SCOPED,
    run: found((subject, probe) => {
      const { path, straight, turned, b } = crossed(subject, probe)
      return {
        one: straight,
        other: turned,
        by: (one, _, scope) => [[`${path}[type eq "${b.type}" and value eq "${b.value}"] and ${scope}`, one]],
      }
    }),
  }),
  must('P-136', 'brackets may contain "or" and parentheses', {
    fix: 'Parse the full grammar inside [ ].',
    needs: SCOPED,
    run: found((subject, probe) => {
      const { path, straight, turned, a, b } = crossed(subject, probe)
      const nested = `type eq "${b.type}" and (value eq "lockstep-nobody" or value eq "${b.value}")`
      return {
        one: straight,
        other: turned,
        by: (one, other, scope) => [
          [`${path}[${nested}] and ${scope}`, one],
          [`${path}[value eq "${a.value}" or value eq "${b.value}"] and ${scope}`, [one, other]],
        ],
      }
    }),
  }),
  own('P-137', 'a list with a value sub-attribute can be compared by its name alone', {
    fix: 'Treat emails co "…" as emails.value co "…", as in figure 2 of RFC 7644.',
    needs: ['P-121', 'P-134'],
    run: found((subject, probe) => {
      const { path, straight, b } = crossed(subject, probe)
      return { one: straight, by: (one) => [[`${path} co "${b.value}"`, one]] }
    }),
  }),
]
