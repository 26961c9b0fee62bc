// Cases: what filters find. RFC 7644 §3.4.2.2.

import type { Case, Made, Probe } from '../case.ts'
import { demand, demandList, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { dig, member, objects, pathOf, texts, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import type { Subject } from '../subject.ts'

const FILTERS = 'RFC 7644 §3.4.2.2'
const { must, may, own } = requirements(FILTERS)

/** A word that only one case uses, for values that filters look for. */
export const wordOf = (probe: Probe) => (probe.name().split('@')[0] ?? '').replaceAll('-', '')

/** Demands that a filter finds exactly these of the resources that the case made. */
async function demandFound(probe: Probe, filter: string, all: readonly Made[], wanted: readonly Made[]): Promise<void> {
  const subject = probe.subject()
  const answer = await probe.filter(subject.type.endpoint, filter, { count: '100' })
  const { resources } = demandList(answer, `the filter ${filter}`)
  const own = new Set(all.map(({ id }) => id))
  const found = resources.map((one) => String(member(one, 'id'))).filter((id) => own.has(id))
  const names = (list: readonly Made[]) =>
    list.map((one) => `${pathOf(subject.named)} ${one.name}`).join(', ') || 'none'
  demand(
    answer,
    found.toSorted().join() ===
      wanted
        .map(({ id }) => id)
        .toSorted()
        .join(),
    `for ${filter} of those that the check made: ${names(wanted)}`,
  )
}

/** A condition that keeps a filter to the resources of this case, where the filter would match half the server. */
const scope = (subject: Subject, made: readonly Made[]) =>
  `(${made.map(({ name }) => `${pathOf(subject.named)} eq "${name}"`).join(' or ')})`

/** A case on two resources: one with a text that is found, and one with another. */
function comparison(
  id: string,
  title: string,
  fix: string,
  filters: (path: string, word: string) => readonly string[],
): Case {
  return {
    id,
    level: 'MUST',
    section: FILTERS,
    title,
    fix,
    needs: ['P-121'],
    async run(probe) {
      const text = probe.subject().text
      const word = wordOf(probe)
      const one = await probe.make(withValue(text, `Aa ${word} zz`))
      // Holds the beginning and the end of the first, but not where they have to be.
      const other = await probe.make(withValue(text, id === 'P-129/co' ? 'Aa zz' : `Bb Aa ${word} zz yy`))
      for (const filter of filters(pathOf(text), word)) await demandFound(probe, filter, [one, other], [one])
    },
  }
}

/** A list place's two resources: one with a work and a home value, one with the values the other way round. */
async function crossed(probe: Probe): Promise<{
  readonly path: string
  readonly straight: Made
  readonly turned: Made
  readonly a: string
  readonly b: string
  readonly types: readonly [string, string]
}> {
  const subject = probe.subject()
  const list = subject.list
  const name = probe.name()
  const [first, second] = [subject.element(list, name, 0), subject.element(list, name, 1)]
  const types = [String(first.type), String(second.type)] as const
  const { primary: _, ...plain } = first
  const straight = await probe.make(withValue(list, [plain, second]))
  const turned = await probe.make(
    withValue(list, [
      { ...plain, type: types[1] },
      { ...second, type: types[0] },
    ]),
  )
  return { path: pathOf(list), straight, turned, a: String(first.value), b: String(second.value), types }
}

/** The cases of the group "Filters". */
export const FILTER: readonly Case[] = [
  must('P-121', 'a filter with eq finds what matches and nothing else', {
    fix: 'Apply the filter, or answer 400 invalidFilter; never answer with everybody.',
    async run(probe) {
      if (probe.declared.has('filter') === false) throw new NotOffered('filter.supported is false')
      const subject = probe.subject()
      const [one, other] = [await probe.make(), await probe.make()]
      const filter = `${pathOf(subject.named)} eq "${one.name}"`
      const answer = await probe.filter(subject.type.endpoint, filter)
      if (probe.declared.has('filter') === undefined && [501, 400].includes(answer.status))
        throw new NotOffered(`a filter was answered ${answer.status}, and the server does not say that it has filters`)
      const { resources } = demandList(answer, `the filter ${filter}`)
      demand(
        answer,
        resources.some(({ id }) => id === one.id),
        `the resource ${one.name}`,
      )
      demand(
        answer,
        resources.every(
          (resource) => String(valueAt(resource, subject.named)).toLowerCase() === one.name.toLowerCase(),
        ),
        `nobody but ${one.name}`,
      )
      demand(answer, !resources.some(({ id }) => id === other.id), `nobody but ${one.name}`)
    },
  }),
  must('P-122', 'operators compare without regard to case', {
    fix: 'Read eq, and, or, not, pr … in any letter case.',
    needs: ['P-121', 'P-123/or'],
    async run(probe) {
      const path = pathOf(probe.subject().named)
      const made = [await probe.make(), await probe.make()] as const
      await demandFound(probe, `${path} EQ "${made[0].name}"`, made, [made[0]])
      await demandFound(probe, `${path} Eq "${made[0].name}" OR ${path} eQ "${made[1].name}"`, made, made)
      await demandFound(probe, `${path} eq "${made[0].name}" AND id PR`, made, [made[0]])
    },
  }),
  must('P-123/or', 'and and or join conditions', {
    fix: 'Evaluate conditions joined by and and or.',
    needs: ['P-121', 'P-101'],
    async run(probe) {
      const path = pathOf(probe.subject().named)
      const made = [await probe.make(), await probe.make()] as const
      await demandFound(probe, `${path} eq "${made[0].name}" or ${path} eq "${made[1].name}"`, made, made)
      await demandFound(probe, `${path} eq "${made[0].name}" and id pr`, made, [made[0]])
      await demandFound(probe, `${path} eq "${made[0].name}" and ${path} eq "${made[1].name}"`, made, [])
    },
  }),
  must('P-123', 'and binds tighter than or', {
    fix: 'Parse the filter with the precedence of RFC 7644: not, and, or.',
    needs: ['P-121'],
    async run(probe) {
      const path = pathOf(probe.subject().named)
      const made = [await probe.make(), await probe.make()] as const
      const [one, other] = made.map(({ name }) => `${path} eq "${name}"`)
      await demandFound(probe, `${one} or ${other} and ${path} eq "lockstep-nobody"`, made, [made[0]])
      await demandFound(probe, `${other} and ${path} eq "lockstep-nobody" or ${one}`, made, [made[0]])
    },
  }),
  must('P-123/not', 'not negates its parenthesis and nothing more', {
    fix: 'Apply not to the parenthesis that follows it.',
    needs: ['P-121', 'P-123/or'],
    async run(probe) {
      const subject = probe.subject()
      const path = pathOf(subject.named)
      const made = [await probe.make(), await probe.make()] as const
      await demandFound(probe, `not (${path} eq "${made[0].name}") and ${scope(subject, made)}`, made, [made[1]])
    },
  }),
  must('P-125', 'not stands with and without a space before its parenthesis', {
    fix: 'Read not( like not (: the grammar has no space there, the examples have one (erratum 7319).',
    needs: ['P-123/not'],
    async run(probe) {
      const subject = probe.subject()
      const made = [await probe.make(), await probe.make()] as const
      const all = scope(subject, made)
      for (const not of ['not', 'not '])
        await demandFound(probe, `${not}(${pathOf(subject.named)} eq "${made[0].name}") and ${all}`, made, [made[1]])
    },
  }),
  must('P-124', 'parentheses group', {
    fix: 'Evaluate what is in parentheses first; allow them to nest.',
    needs: ['P-121'],
    async run(probe) {
      const path = pathOf(probe.subject().named)
      const made = [await probe.make(), await probe.make()] as const
      const [one, other] = made.map(({ name }) => `${path} eq "${name}"`)
      await demandFound(probe, `((${one}))`, made, [made[0]])
      await demandFound(probe, `(${one} or ${other}) and ${path} eq "${made[1].name}"`, made, [made[1]])
    },
  }),
  must('P-128/eq', 'eq compares whole values', {
    fix: 'Compare the whole value with eq.',
    needs: ['P-121'],
    async run(probe) {
      const text = probe.subject().text
      const word = wordOf(probe)
      const made = [await probe.make(withValue(text, word)), await probe.make(withValue(text, `${word}x`))] as const
      await demandFound(probe, `${pathOf(text)} eq "${word}"`, made, [made[0]])
    },
  }),
  must('P-128/ne', 'ne finds other values', {
    fix: 'Let ne find every resource whose value is another one.',
    needs: ['P-121', 'P-123/or'],
    async run(probe) {
      const subject = probe.subject()
      const text = subject.text
      const word = wordOf(probe)
      const made = [await probe.make(withValue(text, word)), await probe.make(withValue(text, `${word}x`))] as const
      await demandFound(probe, `${pathOf(text)} ne "${word}" and ${scope(subject, made)}`, made, [made[1]])
    },
  }),
  must('P-128/boolean', 'booleans are compared with true and false', {
    fix: 'Read true and false without quotes as JSON literals.',
    needs: ['P-121', 'P-123/or'],
    async run(probe) {
      const subject = probe.subject()
      const flag = subject.flag
      const made = [await probe.make(withValue(flag, true)), await probe.make(withValue(flag, false))] as const
      await demandFound(probe, `${pathOf(flag)} eq false and ${scope(subject, made)}`, made, [made[1]])
      await demandFound(probe, `${pathOf(flag)} eq true and ${scope(subject, made)}`, made, [made[0]])
    },
  }),
  comparison('P-129/co', 'co finds a part of the value', 'Support co on strings.', (path, word) => [
    `${path} co "${word}"`,
  ]),
  comparison('P-129/sw', 'sw finds the beginning of the value', 'Support sw on strings.', (path, word) => [
    `${path} sw "Aa ${word}"`,
  ]),
  comparison('P-129/ew', 'ew finds the end of the value', 'Support ew on strings.', (path, word) => [
    `${path} ew "${word} zz"`,
  ]),
  must('P-130', 'pr finds resources that have a value', {
    fix: 'Let pr match attributes with a non-empty value.',
    needs: ['P-121', 'P-123/or'],
    async run(probe) {
      const subject = probe.subject()
      const text = subject.text
      const made = [await probe.make(withValue(text, 'lockstep')), await probe.make()] as const
      if (valueAt(made[1].body, text) !== undefined) throw new NotOffered(`${pathOf(text)} always has a value`)
      await demandFound(probe, `${pathOf(text)} pr and ${scope(subject, made)}`, made, [made[0]])
    },
  }),
  must('P-130/complex', 'pr finds complex attributes with any value in them', {
    fix: 'Let pr match a complex attribute when one of its sub-attributes has a value.',
    needs: ['P-121', 'P-123/or'],
    async run(probe) {
      const subject = probe.subject()
      const { whole: place, first } = subject.complex
      const made = [await probe.make(withValue(first, 'lockstep')), await probe.make()] as const
      if (valueAt(made[1].body, place) !== undefined) throw new NotOffered(`${pathOf(place)} always has a value`)
      await demandFound(probe, `${pathOf(place)} pr and ${scope(subject, made)}`, made, [made[0]])
    },
  }),
  must('P-131/text', 'gt, ge, lt and le order texts', {
    fix: 'Compare texts by their order with gt, ge, lt, le.',
    needs: ['P-121', 'P-123/or'],
    async run(probe) {
      const subject = probe.subject()
      const text = subject.text
      const path = pathOf(text)
      const made = [await probe.make(withValue(text, 'aaa')), await probe.make(withValue(text, 'bbb'))] as const
      const all = scope(subject, made)
      await demandFound(probe, `${path} gt "aaa" and ${all}`, made, [made[1]])
      await demandFound(probe, `${path} ge "aaa" and ${all}`, made, made)
      await demandFound(probe, `${path} lt "bbb" and ${all}`, made, [made[0]])
      await demandFound(probe, `${path} le "bbb" and ${all}`, made, made)
    },
  }),
  must('P-131/time', 'gt, ge, lt and le order times as instants', {
    fix: 'Compare dateTime values as instants, with their offsets.',
    needs: ['P-121', 'P-123/or'],
    async run(probe) {
      const subject = probe.subject()
      const made = await probe.make()
      const created = Date.parse(String(dig(made.body, 'meta', 'created')))
      if (Number.isNaN(created)) throw new NotOffered('meta.created is not shown')
      const all = scope(subject, [made])
      // Five hours on another clock are the same instant.
      const elsewhere = (ms: number) => new Date(ms - 5 * 3_600_000).toISOString().replace('Z', '-05:00')
      await demandFound(
        probe,
        `meta.created gt "${new Date(created - 60_000).toISOString()}" and ${all}`,
        [made],
        [made],
      )
      await demandFound(probe, `meta.created lt "${new Date(created - 60_000).toISOString()}" and ${all}`, [made], [])
      await demandFound(probe, `meta.created lt "${elsewhere(created + 60_000)}" and ${all}`, [made], [made])
      await demandFound(probe, `meta.created gt "${elsewhere(created + 60_000)}" and ${all}`, [made], [])
    },
  }),
  must('P-133/inexact', 'texts with caseExact false compare without regard to case', {
    fix: 'Follow caseExact of the attribute when comparing; userName is false.',
    needs: ['P-121'],
    async run(probe) {
      const subject = probe.subject()
      const { named } = subject
      if (named.attribute.caseExact) throw new NotOffered(`${pathOf(named)} is caseExact`)
      const made = await probe.make()
      await demandFound(probe, `${pathOf(named)} eq "${made.name.toUpperCase()}"`, [made], [made])
    },
  }),
  must('P-133/exact', 'externalId compares with regard to case', {
    section: 'RFC 7643 §3.1',
    fix: 'Compare externalId (caseExact true) letter by letter.',
    needs: ['P-121', 'S-012', 'P-101'],
    async run(probe) {
      const externalId = `Ext-${wordOf(probe)}`
      const made = await probe.make({ externalId })
      await demandFound(probe, `externalId eq "${externalId}"`, [made], [made])
      await demandFound(probe, `externalId eq "${externalId.toLowerCase()}"`, [made], [])
    },
  }),
  must('S-011', 'ids compare with regard to case', {
    section: 'RFC 7643 §3.1',
    fix: 'Compare id (caseExact true) letter by letter.',
    needs: ['P-121', 'P-142/id', 'P-101'],
    async run(probe) {
      const made = await probe.make()
      const other = made.id === made.id.toUpperCase() ? made.id.toLowerCase() : made.id.toUpperCase()
      if (other === made.id) throw new NotOffered('ids have no letters')
      await demandFound(probe, `id eq "${other}"`, [made], [])
    },
  }),
  must('P-134', 'a multi-valued attribute matches when any value does', {
    fix: 'Match a multi-valued attribute when one of its values matches.',
    needs: ['P-121', 'P-123/or'],
    async run(probe) {
      const { path, straight, b } = await crossed(probe)
      const bare = await probe.make()
      await demandFound(
        probe,
        `${path}.value eq "${b}" and ${scope(probe.subject(), [straight, bare])}`,
        [straight, bare],
        [straight],
      )
    },
  }),
  must('P-135', 'conditions in brackets hold for one and the same value', {
    fix: 'Evaluate attr[…] element by element.',
    needs: ['P-121', 'P-123/or'],
    async run(probe) {
      const { path, straight, turned, b, types } = await crossed(probe)
      const all = [straight, turned]
      await demandFound(
        probe,
        `${path}[type eq "${types[1]}" and value eq "${b}"] and ${scope(probe.subject(), all)}`,
        all,
        [straight],
      )
    },
  }),
  must('P-136', 'brackets may hold or and parentheses', {
    fix: 'Parse the full grammar inside [ ].',
    needs: ['P-121', 'P-123/or'],
    async run(probe) {
      const { path, straight, turned, a, b, types } = await crossed(probe)
      const all = [straight, turned]
      await demandFound(
        probe,
        `${path}[type eq "${types[1]}" and (value eq "lockstep-nobody" or value eq "${b}")] and ${scope(probe.subject(), all)}`,
        all,
        [straight],
      )
      await demandFound(
        probe,
        `${path}[value eq "${a}" or value eq "${b}"] and ${scope(probe.subject(), all)}`,
        all,
        all,
      )
    },
  }),
  own('P-137', 'a list with a value sub-attribute can be compared by its name alone', {
    fix: 'Take emails co "…" for emails.value co "…", as figure 2 of RFC 7644 has it.',
    needs: ['P-121', 'P-134'],
    async run(probe) {
      const { path, straight, turned, b } = await crossed(probe)
      const bare = await probe.make()
      await demandFound(probe, `${path} co "${b}"`, [straight, turned, bare], [straight, turned])
    },
  }),
  ...(
    [
      ['id', (made: Made) => `id eq "${made.id}"`],
      ['resourceType', (made: Made) => `meta.resourceType eq "${made.type.name}" and id eq "${made.id}"`],
      ['lastModified', (made: Made) => `meta.lastModified ge "2000-01-01T00:00:00Z" and id eq "${made.id}"`],
    ] as const
  ).map(
    ([name, filter]): Case => ({
      id: `P-142/${name}`,
      level: 'MUST',
      section: FILTERS,
      title: `${name === 'id' ? name : `meta.${name}`} can be filtered on`,
      fix: 'Let filters use the common attributes id, externalId and meta.',
      needs: name === 'id' ? ['P-121'] : ['P-121', 'P-142/id'],
      async run(probe) {
        const made = [await probe.make(), await probe.make()] as const
        await demandFound(probe, filter(made[0]), made, [made[0]])
      },
    }),
  ),
  must('P-142/externalId', 'externalId can be filtered on', {
    fix: 'Let filters use externalId: many identity providers match by it.',
    needs: ['P-121', 'S-012'],
    async run(probe) {
      const externalId = `Ext-${wordOf(probe)}`
      const made = [await probe.make({ externalId }), await probe.make()] as const
      await demandFound(probe, `externalId eq "${externalId}"`, made, [made[0]])
    },
  }),
  must('P-143', 'attributes of extensions can be filtered on by their qualified name', {
    section: 'RFC 7644 §3.10',
    fix: 'Read URN:attribute in filters; the dot in 2.0 separates nothing.',
    needs: ['P-121'],
    async run(probe) {
      const place = probe.subject().extension
      const word = wordOf(probe)
      const made = [await probe.make(withValue(place, word)), await probe.make()] as const
      await demandFound(probe, `${pathOf(place)} eq "${word}"`, made, [made[0]])
    },
  }),
  must('S-033', 'core attributes can be named with their URN', {
    section: 'RFC 7644 §3.10',
    fix: 'Read urn:…:User:userName as userName.',
    needs: ['P-121'],
    async run(probe) {
      const subject = probe.subject()
      const made = [await probe.make(), await probe.make()] as const
      await demandFound(probe, `${subject.type.schema}:${pathOf(subject.named)} eq "${made[0].name}"`, made, [made[0]])
    },
  }),
  must('S-035', 'URNs in names compare without regard to case', {
    section: 'RFC 7644 §3.10',
    fix: 'Match schema URNs in attribute names without regard to case.',
    needs: ['S-033'],
    async run(probe) {
      const subject = probe.subject()
      const made = [await probe.make(), await probe.make()] as const
      await demandFound(
        probe,
        `${subject.type.schema.toUpperCase()}:${pathOf(subject.named)} eq "${made[0].name}"`,
        made,
        [made[0]],
      )
    },
  }),
  must('S-031/filter', 'attribute names in filters compare without regard to case', {
    section: 'RFC 7643 §2.1',
    fix: 'Match attribute names in filters without regard to case.',
    needs: ['P-121'],
    async run(probe) {
      const made = [await probe.make(), await probe.make()] as const
      await demandFound(probe, `${pathOf(probe.subject().named).toUpperCase()} eq "${made[0].name}"`, made, [made[0]])
    },
  }),
  must('P-127/escapes', 'texts in filters are JSON strings, escapes included', {
    fix: 'Decode the literal as JSON: \\" and \\u00fc.',
    needs: ['P-121', 'P-128/eq', 'P-002'],
    async run(probe) {
      const subject = probe.subject()
      const text = subject.text
      const word = wordOf(probe)
      const made = await probe.make(withValue(text, `a "b" ü ${word}`))
      await demandFound(probe, `${pathOf(text)} eq "a \\"b\\" \\u00fc ${word}"`, [made], [made])
    },
  }),
  own('P-138', 'eq null finds what has no value', {
    section: 'RFC 7643 §2.5',
    fix: 'Let eq null mean not pr.',
    needs: ['P-130'],
    async run(probe) {
      const subject = probe.subject()
      const text = subject.text
      const made = [await probe.make(withValue(text, 'lockstep')), await probe.make()] as const
      await demandFound(probe, `${pathOf(text)} eq null and ${scope(subject, made)}`, made, [made[1]])
    },
  }),
  may('P-141', 'schemas can be filtered on', {
    fix: 'Let schemas eq "…" find the resources with that schema.',
    needs: ['P-121', 'P-123/or'],
    async run(probe) {
      const subject = probe.subject()
      const place = subject.extension
      const made = [await probe.make(withValue(place, 'lockstep')), await probe.make()] as const
      if (texts(made[1].body.schemas).includes(place.urn)) throw new NotOffered('every resource has the extension')
      await demandFound(probe, `schemas eq "${place.urn}" and ${scope(subject, made)}`, made, [made[0]])
    },
  }),
  must('P-101', 'a filter that finds nothing is 200 with an empty list', {
    section: 'RFC 7644 §3.4.2',
    fix: 'Answer 200 with totalResults 0; never 404.',
    needs: ['P-121'],
    async run(probe) {
      const subject = probe.subject()
      const answer = await probe.filter(subject.type.endpoint, `${pathOf(subject.named)} eq "${probe.name()}"`)
      const { resources, total } = demandList(answer, 'a filter that nothing matches')
      demand(answer, total === 0 && resources.length === 0, 'totalResults 0 and no resources')
    },
  }),
  own('P-101/resources', 'a list without results has an empty Resources, or none', {
    section: 'RFC 7644 §3.4.2',
    fix: 'Send "Resources": [] with totalResults 0: null says the same, but several clients stumble over it.',
    needs: ['P-101'],
    async run(probe) {
      const subject = probe.subject()
      const answer = await probe.filter(subject.type.endpoint, `${pathOf(subject.named)} eq "${probe.name()}"`)
      demand(answer, member(answer.body, 'Resources') !== null, '"Resources": [], or no Resources')
    },
  }),
  must('P-144', 'defaults are filtered by the value that the client was shown', {
    fix: 'Filter on the value that GET shows, defaults included.',
    needs: ['P-121', 'P-128/boolean'],
    async run(probe) {
      const subject = probe.subject()
      const flag = subject.flag
      const { [flag.attribute.name]: _, ...body } = subject.body(probe.name())
      const answer = await probe.post(subject.type.endpoint, body)
      demandStatus(answer, [201, 200], `a creation without ${pathOf(flag)}`)
      const shown = await probe.get(`${subject.type.endpoint}/${String(member(answer.body, 'id'))}`)
      const value = valueAt(shown.body, flag)
      if (value !== true && value !== false) throw new NotOffered(`${pathOf(flag)} has no default`)
      const found = await probe.filter(
        subject.type.endpoint,
        `${pathOf(flag)} eq ${value} and ${pathOf(subject.named)} eq "${String(valueAt(shown.body, subject.named))}"`,
      )
      demand(
        [shown, found],
        objects(member(found.body, 'Resources')).length === 1,
        `the resource, by ${pathOf(flag)} eq ${value}`,
      )
    },
  }),
]
