// Cases: filters that a server must refuse. RFC 7644 §3.4.2.2.

import type { Case, Probe } from '../case.ts'
import { demandRefusal } from '../demand.ts'
import { pathOf } from '../json-access.ts'
import { requirements } from '../requirements.ts'

const FILTERS = 'RFC 7644 §3.4.2.2'
const { must } = requirements(FILTERS)
const SYNTAX =
  'Parse the filter with the grammar of RFC 7644 §3.4.2.2 and answer 400 invalidFilter to what does not fit; never everybody.'

/** A case: each of these filters is refused with 400 invalidFilter. */
function refused(
  id: string,
  level: Case['level'],
  title: string,
  filters: (probe: Probe) => readonly string[],
  fix: string = SYNTAX,
): Case {
  return {
    id,
    level,
    section: FILTERS,
    title,
    fix,
    needs: ['P-121'],
    async run(probe) {
      const { endpoint } = probe.subject().type
      for (const filter of filters(probe))
        demandRefusal(await probe.filter(endpoint, filter, { count: '1' }), `the filter ${filter}`, {
          keyword: ['invalidFilter'],
          named: level === 'MUST',
        })
    },
  }
}

const name = (probe: Probe) => pathOf(probe.subject().named)

/** The cases of the group "Filters that must be refused". */
export const FILTER_ERRORS: readonly Case[] = [
  refused('P-126/operator', 'MUST', 'an unknown operator is refused', (probe) => [`${name(probe)} regex "a"`]),
  refused('P-126/value', 'MUST', 'an operator without a value is refused', (probe) => [`${name(probe)} eq`]),
  refused('P-126/attribute', 'MUST', 'an operator without an attribute is refused', () => ['eq "a"']),
  refused('P-126/parenthesis', 'MUST', 'an open parenthesis is refused', (probe) => [`(${name(probe)} eq "a"`]),
  refused('P-126/and', 'MUST', 'and without a second half is refused', (probe) => [`${name(probe)} eq "a" and`]),
  refused('P-126/words', 'MUST', 'what is no filter at all is refused', () => ['lockstep nope nothing', '%%%']),
  refused('P-126/bracket', 'MUST', 'an open bracket is refused', (probe) => [
    `${pathOf(probe.subject().list)}[type eq "a"`,
  ]),
  refused(
    'P-127/quotes',
    'OWN',
    'a text without double quotes is refused',
    (probe) => [`${name(probe)} eq lockstep`, `${name(probe)} eq 'lockstep'`],
    'Texts in filters are JSON strings; several servers read bare words all the same.',
  ),
  refused(
    'P-127/typographic',
    'OWN',
    'typographic quotation marks are refused',
    (probe) => [`${name(probe)} eq “lockstep”`],
    'Texts in filters are JSON strings.',
  ),
  refused(
    'P-126/after-brackets',
    'OWN',
    'a sub-attribute after brackets is refused',
    (probe) => [`${pathOf(probe.subject().list)}[type eq "work"].value eq "lockstep"`],
    'Conditions on one element belong inside the brackets.',
  ),
  refused(
    'P-126/compared-brackets',
    'OWN',
    'comparing brackets is refused',
    (probe) => [`${pathOf(probe.subject().list)}[type eq "work"] eq "lockstep"`],
    'attr[…] is a condition by itself.',
  ),
  refused(
    'P-132',
    'MUST',
    'booleans have no order',
    (probe) => [`${pathOf(probe.subject().flag)} gt false`],
    'Answer 400 invalidFilter to gt, ge, lt, le on booleans and binaries.',
  ),
  refused(
    'P-136/unknown',
    'OWN',
    'an unknown sub-attribute in brackets is refused',
    (probe) => [`${pathOf(probe.subject().list)}[lockstepNope eq "a"]`],
    'Inside [ ] only sub-attributes can stand.',
  ),
  refused('P-136/nested', 'MUST', 'brackets inside brackets are refused', (probe) => [
    `${pathOf(probe.subject().list)}[type[value eq "a"]]`,
  ]),
  refused(
    'P-137/complex',
    'OWN',
    'a complex attribute can not be compared as a whole',
    (probe) => [`${pathOf(probe.subject().complex.whole)} eq "x"`],
    'A sub-attribute must be named (RFC 7644 §3.4.2.2).',
  ),
  refused(
    'P-137/reference',
    'OWN',
    'a complex attribute is not compared as its value',
    (probe) => [
      `${pathOf(probe.subject().having('manager', (one) => one.name === 'manager' && one.type === 'complex'))} eq "lockstep"`,
    ],
    'A sub-attribute must be named (RFC 7644 §3.4.2.2): manager.value.',
  ),
  refused(
    'P-139',
    'OWN',
    'a value of another type is refused',
    (probe) => [`${name(probe)} eq 1`, `${pathOf(probe.subject().flag)} eq "true"`, 'meta.created gt "yesterday"'],
    'Values in filters have the type of the attribute.',
  ),
  refused(
    'P-140',
    'OWN',
    'an unknown attribute is refused',
    () => ['lockstepNope eq "a"'],
    'A typo must not look like "nobody matches".',
  ),
  refused(
    'S-110',
    'OWN',
    'password can not be filtered on',
    (probe) => {
      probe.subject().attribute('password')
      return ['password eq "lockstep"']
    },
    'Refuse filters on password: they tell whether a guess is right.',
  ),
  must('P-145', 'a filter that is not understood is never answered with everybody', {
    fix: 'Answer 400 invalidFilter when any part of a filter is not understood.',
    async run(probe) {
      const { endpoint } = probe.subject().type
      const answer = await probe.filter(endpoint, `${name(probe)} lockstepop "a"`, { count: '1' })
      demandRefusal(answer, 'a filter with an operator that does not exist', { status: [400, 501] })
    },
  }),
]
