// Cases: filters that a server must refuse. RFC 7644 §3.4.2.2.

import type { Case } from '../case.ts'
import { demandRefusal } from '../demand.ts'
import { pathOf } from '../json-access.ts'
import { type Declare, requirements } from '../requirements.ts'
import type { Subject } from '../subject/subject.ts'
import { refused } from '../walks/refused.ts'

const { must, own } = requirements('RFC 7644 §3.4.2.2', ['P-121'])
const SYNTAX =
  'Parse the filter with the grammar of RFC 7644 §3.4.2.2 and answer 400 invalidFilter to what does not fit; never return every resource.'

/** A case: each of these filters is refused with 400 invalidFilter, a keyword that a MUST may not do without. */
function badFilter(
  declare: Declare,
  id: string,
  title: string,
  filters: (subject: Subject) => readonly string[],
  fix: string = SYNTAX,
): Case {
  return declare(id, title, {
    fix,
    async run(probe) {
      const subject = probe.subject()
      for (const filter of filters(subject)) {
        const answer = await probe.filter(subject.type.endpoint, filter, { count: '1' })
        demandRefusal(answer, `the filter ${filter}`, { keyword: ['invalidFilter'], named: declare === must })
      }
    },
  })
}

/** The cases of the group "Filters that must be refused". */
export const FILTER_ERRORS: readonly Case[] = [
  badFilter(must, 'P-126/operator', 'an unknown operator is refused', ({ named }) => [`${pathOf(named)} regex "a"`]),
  badFilter(must, 'P-126/value', 'an operator without a value is refused', ({ named }) => [`${pathOf(named)} eq`]),
  badFilter(must, 'P-126/attribute', 'an operator without an attribute is refused', () => ['eq "a"']),
  badFilter(must, 'P-126/parenthesis', 'an unclosed parenthesis is refused', ({ named }) => [
    `(${pathOf(named)} eq "a"`,
  ]),
  badFilter(must, 'P-126/and', '"and" without a second condition is refused', ({ named }) => [
    `${pathOf(named)} eq "a" and`,
  ]),
  badFilter(must, 'P-126/words', 'text that is not a filter is refused', () => ['lockstep nope nothing', '%%%']),
  badFilter(must, 'P-126/bracket', 'an unclosed bracket is refused', ({ list }) => [`${pathOf(list)}[type eq "a"`]),
  badFilter(
    own,
    'P-127/quotes',
    'a string without double quotes is refused',
    ({ named }) => [`${pathOf(named)} eq lockstep`, `${pathOf(named)} eq 'lockstep'`],
    'String literals in filters are JSON strings; several servers accept bare words nevertheless.',
  ),
  badFilter(
    own,
    'P-127/typographic',
    'typographic quotation marks are refused',
    ({ named }) => [`${pathOf(named)} eq “lockstep”`],
    'String literals in filters are JSON strings.',
  ),
  badFilter(
    own,
    'P-126/after-brackets',
    'a sub-attribute after brackets is refused',
    ({ list }) => [`${pathOf(list)}[type eq "work"].value eq "lockstep"`],
    'Conditions on one element belong inside the brackets.',
  ),
  badFilter(
    own,
    'P-126/compared-brackets',
    'comparing brackets is refused',
    ({ list }) => [`${pathOf(list)}[type eq "work"] eq "lockstep"`],
    'attr[…] is a condition by itself.',
  ),
  badFilter(
    must,
    'P-132',
    'ordering booleans is refused',
    ({ flag }) => [`${pathOf(flag)} gt false`],
    'Answer 400 invalidFilter to gt, ge, lt, le on booleans and binaries.',
  ),
  badFilter(
    own,
    'P-136/unknown',
    'an unknown sub-attribute in brackets is refused',
    ({ list }) => [`${pathOf(list)}[lockstepNope eq "a"]`],
    'Only sub-attributes may be inside [ ].',
  ),
  badFilter(must, 'P-136/nested', 'nested brackets are refused', ({ list }) => [`${pathOf(list)}[type[value eq "a"]]`]),
  badFilter(
    own,
    'P-137/complex',
    'comparing a complex attribute as a whole is refused',
    ({ complex: { whole } }) => [`${pathOf(whole)} eq "x"`],
    'A sub-attribute must be named (RFC 7644 §3.4.2.2).',
  ),
  badFilter(
    own,
    'P-137/reference',
    'comparing a complex attribute as its value is refused',
    ({ having }) => [
      `${pathOf(having('manager', ({ name, type }) => name === 'manager' && type === 'complex'))} eq "lockstep"`,
    ],
    'A sub-attribute must be named (RFC 7644 §3.4.2.2): manager.value.',
  ),
  badFilter(
    own,
    'P-139',
    'a value of another type is refused',
    ({ named, flag }) => [`${pathOf(named)} eq 1`, `${pathOf(flag)} eq "true"`, 'meta.created gt "yesterday"'],
    'Values in filters have the type of the attribute.',
  ),
  badFilter(
    own,
    'P-140',
    'an unknown attribute is refused',
    () => ['lockstepNope eq "a"'],
    'A typo must not look like an empty result.',
  ),
  badFilter(
    own,
    'S-110',
    'a filter on password is refused',
    ({ attribute }) => [`${pathOf(attribute('password'))} eq "lockstep"`],
    'Refuse filters on password: they reveal whether a guess is right.',
  ),
  must('P-145', 'a filter that is not understood never returns every resource', {
    fix: 'Answer 400 invalidFilter when any part of a filter is not understood.',
    needs: [],
    run: refused(({ type, named }, probe) => ({
      by: probe.filter(type.endpoint, `${pathOf(named)} lockstepop "a"`, { count: '1' }),
      what: 'a filter with an operator that does not exist',
      status: [400, 501],
    })),
  }),
]
