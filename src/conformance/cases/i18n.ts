// Cases: Unicode in names and filters. RFC 7644 §5.

import type { Case } from '../case.ts'
import { demand, demandRefusal, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { dig, pathOf } from '../json-access.ts'
import { requirements } from '../requirements.ts'

const PREPARE = 'RFC 7644 §5'
const { must, should, own } = requirements(PREPARE)

/** The cases of the group "Unicode". */
export const I18N: readonly Case[] = [
  must('P-540/normal', 'userNames that differ only in Unicode form are the same', {
    fix: 'Prepare userName by PRECIS (NFC at least) before it is compared.',
    needs: ['S-071', 'P-002'],
    async run(probe) {
      const subject = probe.subject()
      if (subject.named.attribute.name !== 'userName') throw new NotOffered('there is no userName')
      const name = probe.name().replace('@', '-jürgen@')
      const first = await probe.post(subject.type.endpoint, subject.body(name.normalize('NFC')))
      if (first.status >= 400) throw new NotOffered('userName takes no letters outside ASCII')
      demandRefusal(
        await probe.post(subject.type.endpoint, subject.body(name.normalize('NFD'))),
        'the same userName in another Unicode form',
        { status: [409, 400] },
      )
    },
  }),
  must('P-540/case', 'userNames are compared without regard to case beyond ASCII', {
    fix: 'Fold the case of userName for all of Unicode, not only A to Z.',
    needs: ['S-100', 'P-002'],
    async run(probe) {
      const subject = probe.subject()
      const name = probe.name().replace('@', '-ÄNNA@')
      const first = await probe.post(subject.type.endpoint, subject.body(name))
      if (first.status >= 400) throw new NotOffered('userName takes no letters outside ASCII')
      demandRefusal(
        await probe.post(subject.type.endpoint, subject.body(name.toLowerCase())),
        'the same userName in small letters',
        { status: [409, 400] },
      )
    },
  }),
  own('P-543/sharp-s', 'userNames are compared with full case folding: ß is ss', {
    fix: "Compare userName by Unicode's default case folding (RFC 8265 does with lower case alone, which is allowed).",
    needs: ['P-540/case'],
    async run(probe) {
      const subject = probe.subject()
      const name = probe.name()
      const first = await probe.post(subject.type.endpoint, subject.body(name.replace('@', '-STRASSE@')))
      demandStatus(first, [201, 200], 'a userName with SS')
      demandRefusal(
        await probe.post(subject.type.endpoint, subject.body(name.replace('@', '-straße@'))),
        'the same userName with ß',
        { status: [409, 400] },
      )
    },
  }),
  own('P-543/dotless', 'userNames are compared without a locale: I is i, and the dotless ı is another letter', {
    fix: 'Fold case without a locale; in a Turkish one IRMAK would be ırmak.',
    needs: ['P-540/case'],
    async run(probe) {
      const subject = probe.subject()
      const name = probe.name()
      const first = await probe.post(subject.type.endpoint, subject.body(name.replace('@', '-irmak@')))
      demandStatus(first, [201, 200], 'a userName with i')
      demandRefusal(
        await probe.post(subject.type.endpoint, subject.body(name.replace('@', '-IRMAK@'))),
        'the same userName with I',
        { status: [409, 400] },
      )
      demandStatus(
        await probe.post(subject.type.endpoint, subject.body(name.replace('@', '-ırmak@'))),
        [201, 200],
        'another userName, with ı',
      )
    },
  }),
  should('P-541', 'filters find values in another Unicode form', {
    section: 'RFC 7644 §7.8',
    fix: 'Normalise both sides before comparing.',
    needs: ['P-121', 'P-002'],
    async run(probe) {
      const subject = probe.subject()
      const { named } = subject
      if (named.attribute.caseExact) throw new NotOffered(`${pathOf(named)} is caseExact`)
      const name = probe.name().replace('@', '-zoë@')
      const made = await probe.post(subject.type.endpoint, subject.body(name.normalize('NFC')))
      if (made.status >= 400) throw new NotOffered(`${pathOf(named)} takes no letters outside ASCII`)
      const found = await probe.filter(subject.type.endpoint, `${pathOf(named)} eq "${name.normalize('NFD')}"`)
      demandStatus(found, [200], 'a filter in another Unicode form')
      demand([made, found], dig(found.body, 'totalResults') === 1, 'the resource')
    },
  }),
  own('P-542', 'a userName with control characters is refused', {
    fix: 'Answer 400 invalidValue to a userName that PRECIS can not prepare.',
    async run(probe) {
      const subject = probe.subject()
      if (subject.named.attribute.name !== 'userName') throw new NotOffered('there is no userName')
      demandRefusal(
        await probe.post(subject.type.endpoint, subject.body(probe.name().replace('@', '\u0007@'))),
        'a userName with U+0007 in it',
        { keyword: ['invalidValue', 'invalidSyntax'] },
      )
    },
  }),
]
