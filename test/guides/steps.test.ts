// The guides: complete, in both languages, in step with docs/guides, and proved by recorded conversations.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { GuideStep, Proof, Words } from '../../guides/steps/guide.ts'
import { GUIDES, guideOf, isOld } from '../../guides/steps/guides.ts'
import { proves, type SeenRequest, testRequestOf } from '../../guides/steps/proof.ts'
import { fieldValue, isToCopy, menuPath, partsOf, withValues } from '../../guides/steps/text.ts'
import { guidePages } from '../../scripts/guide-steps.ts'
import { isOwn, PLACES } from '../../src/explain/index.ts'
import { KINDS } from '../../src/quirks/index.ts'
import { readFlows, type Step } from '../wire/flow.ts'

const ALL = Object.values(GUIDES)
const FLOWS = readFlows(new URL('../wire/flows/', import.meta.url))

test('each identity provider has a guide, and only those', () => {
  const vendors = KINDS.filter((kind) => !['generic', 'strict', 'interop'].includes(kind))
  expect(Object.keys(GUIDES).sort()).toEqual([...vendors].sort())
  expect(KINDS.filter((kind) => guideOf(kind) === undefined)).toEqual(['generic', 'strict', 'interop'])
  expect(guideOf('toString')).toBeUndefined()
})

test.each(Object.entries(guidePages()))(
  'docs/guides/%s has the steps that `npm run reference` writes',
  (file, text) => {
    expect(readFileSync(new URL(`../../docs/guides/${file}`, import.meta.url), 'utf8')).toBe(text)
  },
)

describe.each(ALL)('the guide for $name', (guide) => {
  const steps = [...guide.steps, guide.leaver]

  test('has steps with a date, a source and names of their own', () => {
    expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length)
    for (const step of steps) {
      expect(step.source).toMatch(/^https:\/\//)
      expect(step.checked).toMatch(/^20\d\d-\d\d-\d\d$/)
      expect(Number.isNaN(Date.parse(step.checked))).toBe(false)
      expect(step.where.length).toBeGreaterThan(0)
      expect(step.clicks.length).toBeGreaterThan(0)
    }
  })

  test('asks for the base URL and the token, each once, and brings a person', () => {
    const values = steps.flatMap(({ fields = [] }) => fields.map(({ value }) => value))
    expect(values.filter((value) => value.includes('{base-url}'))).toHaveLength(1)
    expect(values.filter((value) => value === '{token}')).toHaveLength(1)
    expect(guide.steps.some(({ proof }) => proof === 'person')).toBe(true)
    expect(guide.steps.some(({ proof }) => proof === 'test')).toBe(guide.kind !== 'authentik' && guide.test.length > 0)
    expect(guide.leaver.proof).toBe('leaver')
  })

  test('says the same menus, values and sentences in both languages', () => {
    for (const words of wordsOf(guide)) {
      expect(marked(words.de)).toEqual(marked(words.en))
      expect(words.de).not.toBe('')
      if (words.en.length > 40) expect(words.de).not.toBe(words.en)
      expect(words.en.split(/[.?!](?: |$)/).length).toBe(words.de.split(/[.?!](?: |$)/).length)
    }
  })

  test('a recorded conversation proves the person and, where one leaves, the leaver', () => {
    const seen = FLOWS.filter(({ idp }) => isFrom(idp, guide.kind)).flatMap(({ steps }) => steps.map(seenOf))
    const proofs: readonly Proof[] = ['person', 'leaver']
    for (const proof of proofs)
      expect(
        seen.some((request) => proves(guide, proof, request)),
        proof,
      ).toBe(true)
    const groups = guide.steps.some(({ proof }) => proof === 'group')
    if (groups) expect(seen.some((request) => proves(guide, 'group', request))).toBe(true)
  })
})

test.each([
  ['entra', 'entra-test-connection'],
  ['okta', 'okta-connect-and-import'],
  ['onelogin', 'onelogin-user-lifecycle'],
  ['jumpcloud', 'jumpcloud-test-connection'],
  ['google', 'google-credentials-and-discovery'],
  ['authentik', 'authentik-user-sync'],
  ['rippling', 'rippling-user-sync'],
] as const)('the recorded test of %s is all that its guide says of it', (kind, flow) => {
  const guide = GUIDES[kind]
  const seen = FLOWS.find(({ id }) => id === flow)?.steps.map(seenOf) ?? []
  const found = new Set(seen.map((request) => testRequestOf(guide, request)).filter((one) => one !== undefined))
  expect([...guide.test].filter((one) => !found.has(one))).toEqual([])
})

test('a refused request proves nothing', () => {
  for (const guide of ALL) {
    for (const proof of ['test', 'person', 'group', 'leaver'] as const) {
      const refused = { method: 'POST', path: '/Users', status: 401 }
      expect(proves(guide, proof, refused)).toBe(false)
      expect(proves(guide, proof, { ...refused, path: '/Groups', status: 409 })).toBe(false)
    }
  }
})

test('a search by POST is no person, and an active account no leaver', () => {
  const guide = GUIDES.entra
  expect(proves(guide, 'leaver', { method: 'POST', path: '/Users/.search', status: 200, active: false })).toBe(false)
  expect(proves(guide, 'leaver', { method: 'PATCH', path: '/Users/1', status: 200, active: true })).toBe(false)
  expect(proves(guide, 'leaver', { method: 'PATCH', path: '/Users/1', status: 200, active: false })).toBe(true)
  expect(proves(guide, 'person', { method: 'POST', path: '/Users/.search', status: 200 })).toBe(false)
})

test('ways and fields are told in both languages', () => {
  const steps = ALL.flatMap((guide) => [...guide.steps, guide.leaver])
  const ways = [...steps.map(({ where }) => where), ...Object.values(PLACES).flatMap((places) => Object.values(places))]
  // What begins with an article is no menu, and has to be translated.
  expect(ways.flat().filter((word) => word.startsWith('the ') && !isOwn(word))).toEqual([])
  expect(menuPath(['Provisioning', 'the app'], 'de')).toEqual(['Provisioning', 'die App'])
  const values = steps.flatMap(({ fields = [] }) => fields.map(({ value }) => value))
  expect(values.filter((value) => / (?:that|should|of) /.test(value) && isToCopy(value))).toEqual([])
  expect(fieldValue('an address that nobody here has', 'de')).toBe('eine Adresse, die hier niemand hat')
  expect(fieldValue('{base-url}', 'de')).toBe('{base-url}')
})

test('explanations and guides lead to the same place for the credentials', () => {
  for (const guide of ALL) {
    const places = guide.steps.filter(({ fields = [] }) => fields.some(({ value }) => value.includes('{token}')))
    const words = places.flatMap(({ where }) => where)
    expect(PLACES[guide.kind].credentials.filter((word) => words.includes(word)).length, guide.kind).toBeGreaterThan(0)
  }
})

test('a step is old when 180 days have gone by', () => {
  const [step] = GUIDES.okta.steps
  if (step === undefined) throw new Error('no step')
  const checkedMs = Date.parse(step.checked)
  const day = 24 * 60 * 60 * 1000
  expect(isOld(step, checkedMs + 180 * day)).toBe(false)
  expect(isOld(step, checkedMs + 180 * day + 1)).toBe(true)
})

describe('texts', () => {
  test('carry the values of a connection, dollar signs included', () => {
    const values = { baseUrl: 'https://scim.example.com/tenants/acme/scim/v2', token: 'lk_$&' }
    expect(withValues('{base-url}?aadOptscim062020', values)).toBe(`${values.baseUrl}?aadOptscim062020`)
    expect(withValues('{token}', values)).toBe('lk_$&')
    expect(withValues('{token}', {})).toBe('{token}')
  })

  test('fall into parts that together say all', () => {
    expect(partsOf('Click *Save*, then type `userName`.')).toEqual([
      { is: 'text', text: 'Click ' },
      { is: 'menu', text: 'Save' },
      { is: 'text', text: ', then type ' },
      { is: 'code', text: 'userName' },
      { is: 'text', text: '.' },
    ])
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parts = partsOf(text).map((part) =>
          part.is === 'text' ? part.text : part.is === 'menu' ? `*${part.text}*` : `\`${part.text}\``,
        )
        expect(parts.join('')).toBe(text)
      }),
    )
  })
})

function wordsOf(guide: (typeof ALL)[number]): readonly Words[] {
  const ofStep = ({ title, clicks, see, fields = [] }: GuideStep) => [
    title,
    ...clicks,
    see,
    ...fields.flatMap(({ note }) => (note === undefined ? [] : [note])),
  ]
  return [
    ...guide.needs,
    ...[...guide.steps, guide.leaver].flatMap(ofStep),
    ...guide.test.map(({ says }) => says),
    ...Object.values(guide.waits),
    guide.silence,
    guide.groups,
  ]
}

function marked(text: string): readonly string[] {
  return partsOf(text)
    .filter(({ is }) => is !== 'text')
    .map(({ text }) => text)
    .sort()
}

function isFrom(idp: string, kind: string): boolean {
  return idp === kind || idp.startsWith(kind) || (kind === 'ping' && idp.startsWith('ping'))
}

/** A step of a recorded conversation as a request that was answered as expected. */
function seenOf({ request, expect: expected }: Step): SeenRequest {
  const [path = '', query] = request.path.split('?')
  const status = [expected.status].flat()[0]
  const body = JSON.stringify(request.body ?? {})
  const active =
    /"active"\s*:\s*"?false/i.test(body) || /"path":"active","value":"?false/i.test(body) ? { active: false } : {}
  return {
    method: request.method ?? 'GET',
    path,
    status: Number(status),
    ...(query === undefined ? {} : { query }),
    ...active,
  }
}
