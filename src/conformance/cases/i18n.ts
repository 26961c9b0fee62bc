// Cases: Unicode in names and filters. RFC 7644 §5.

import type { Case, Probe } from '../case.ts'
import { demand, demandRefusal, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { dig, pathOf } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { refused } from '../walks/refused.ts'
import type { Exchange } from '../wire/exchange.ts'

const { must, should, own } = requirements('RFC 7644 §5', ['P-540/case'])

/** Creates a resource with just this name. */
function named(probe: Probe, name: string): Promise<Exchange> {
  const { type, body } = probe.subject()
  return probe.post(type.endpoint, body(name))
}

/** Creates a resource with a name outside ASCII; throws `NotOffered` where the server accepts none. */
async function mustTake(probe: Probe, name: string): Promise<Exchange> {
  const answer = await named(probe, name)
  if (answer.status >= 400) throw new NotOffered(`${pathOf(probe.subject().named)} takes no letters outside ASCII`)
  return answer
}

/** Demands that a name is refused since another resource has it. */
const demandTaken = async (probe: Probe, name: string, what: string) =>
  demandRefusal(await named(probe, name), what, { status: [409, 400] })

/** Goes on only where resources are told apart by userName. */
function mustBeUserName(probe: Probe): void {
  if (probe.subject().named.attribute.name !== 'userName') throw new NotOffered('there is no userName')
}

/** The cases of the group "Unicode". */
export const I18N: readonly Case[] = [
  must('P-540/normal', 'userNames that differ only in their Unicode form are the same', {
    fix: 'Prepare userName by PRECIS (NFC at least) before it is compared.',
    needs: ['S-071', 'P-002'],
    async run(probe) {
      mustBeUserName(probe)
      const name = probe.name().replace('@', '-jürgen@')
      await mustTake(probe, name.normalize('NFC'))
      await demandTaken(probe, name.normalize('NFD'), 'the same userName in another Unicode form')
    },
  }),
  must('P-540/case', 'comparing userNames ignores case beyond ASCII', {
    fix: 'Fold the case of userName for all of Unicode, not only A to Z.',
    needs: ['S-100', 'P-002'],
    async run(probe) {
      const name = probe.name().replace('@', '-ÄNNA@')
      await mustTake(probe, name)
      await demandTaken(probe, name.toLowerCase(), 'the same userName in small letters')
    },
  }),
  own('P-543/sharp-s', 'comparing userNames uses full case folding: ß is ss', {
    fix: "Compare userName by Unicode's default case folding (RFC 8265 does with lower case alone, which is allowed).",
    async run(probe) {
      const name = probe.name()
      demandStatus(await named(probe, name.replace('@', '-STRASSE@')), [201, 200], 'a userName with SS')
      await demandTaken(probe, name.replace('@', '-straße@'), 'the same userName with ß')
    },
  }),
  own('P-543/dotless', 'comparing userNames does not depend on a locale: I is i, and the dotless ı is another letter', {
    fix: 'Fold case without a locale; in a Turkish one IRMAK would be ırmak.',
    async run(probe) {
      const name = probe.name()
      demandStatus(await named(probe, name.replace('@', '-irmak@')), [201, 200], 'a userName with i')
      await demandTaken(probe, name.replace('@', '-IRMAK@'), 'the same userName with I')
      demandStatus(await named(probe, name.replace('@', '-ırmak@')), [201, 200], 'another userName, with ı')
    },
  }),
  should('P-541', 'filters find values in another Unicode form', {
    section: 'RFC 7644 §7.8',
    fix: 'Normalise both sides before comparing.',
    needs: ['P-121', 'P-002'],
    async run(probe) {
      const { type, named } = probe.subject()
      if (named.attribute.caseExact) throw new NotOffered(`${pathOf(named)} is caseExact`)
      const name = probe.name().replace('@', '-zoë@')
      const made = await mustTake(probe, name.normalize('NFC'))
      const found = await probe.filter(type.endpoint, `${pathOf(named)} eq "${name.normalize('NFD')}"`)
      demandStatus(found, [200], 'a filter in another Unicode form')
      demand([made, found], dig(found.body, 'totalResults') === 1, 'the resource')
    },
  }),
  own('P-542', 'a userName with control characters is refused', {
    fix: 'Answer 400 invalidValue to a userName that PRECIS cannot prepare.',
    needs: [],
    run: refused((_, probe) => {
      mustBeUserName(probe)
      return {
        by: named(probe, probe.name().replace('@', '\u0007@')),
        what: 'a userName with U+0007 in it',
        keyword: ['invalidValue', 'invalidSyntax'],
      }
    }),
  }),
]
