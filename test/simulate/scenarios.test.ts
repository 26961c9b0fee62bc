// The scenarios are whole: every fact names a source that is listed, every placeholder is one that is set.

import { expect, test } from 'vitest'
import { ACTS, SCENARIOS, type Scenario } from '../../src/simulate/index.ts'

const ALL: readonly (readonly [string, Scenario])[] = Object.entries(SCENARIOS)

/** Everything that has a consequence. */
const consequences = ({ reactions, acts }: Scenario) => [
  ...reactions,
  ...acts.flatMap(({ steps }) => steps.flatMap(({ needs = [], reactions: own = [] }) => [...needs, ...own])),
]

test.each(ALL)('%s names only sources that are listed', (_name, scenario) => {
  const used = consequences(scenario).flatMap(({ source }) => source ?? [])
  for (const source of used) expect(Object.keys(scenario.sources)).toContain(source)
  for (const { title, url } of Object.values(scenario.sources)) {
    expect(title).not.toBe('')
    if (url !== undefined) expect(new URL(url).protocol).toBe('https:')
  }
  expect(scenario.checked).toMatch(/^\d{4}-\d{2}$/)
})

test.each(ALL)('%s quotes only what a source has shown', (_name, scenario) => {
  for (const { shows, source } of consequences(scenario)) if (shows !== undefined) expect(source, shows).toBeDefined()
})

test.each(ALL)('%s says what it does in sentences that follow its name', (_name, scenario) => {
  for (const { does } of consequences(scenario)) expect(does).toMatch(/^[a-z].*[^.]$/s)
})

test.each(ALL)('%s plays its acts in their order, and none twice', (_name, { acts }) => {
  const names = acts.map(({ act }) => act)
  expect(new Set(names).size).toBe(names.length)
  expect(ACTS.filter((act) => names.includes(act))).toEqual(
    [...names].sort((a, b) => ACTS.indexOf(a) - ACTS.indexOf(b)),
  )
})

/** What is set for each person, for the run, and for texts about an answer. */
const SET = new Set(
  [
    'number given family displayName newFamily newDisplayName title newTitle department newDepartment login loginUrl',
    'userName userNameUrl userNameUpper uuid hex run uuid1 uuid2 uuid3 uuid4 groupName newGroupName groupNameUrl',
    'newGroupNameUrl groupNameForm domain members others memberCount otherCount firstU boss',
    'status phrase phraseWord detail quoted',
  ]
    .join(' ')
    .split(' '),
)

test.each(ALL)('%s uses placeholders that something sets', (_name, scenario) => {
  const saved = scenario.acts
    .flatMap(({ steps }) =>
      steps.flatMap((step) => [...Object.keys(step.save ?? {}), ...Object.keys(step.saveIfThere ?? {})]),
    )
    .flatMap((name) => [name, `${name}Url`])
  const known = new Set([...SET, ...saved])
  const names = [...JSON.stringify(scenario).matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name)
  expect(names.filter((name) => !known.has(name))).toEqual([])
  for (const { steps } of scenario.acts) {
    for (const { after, when, unless } of steps) {
      for (const name of [after, when, unless]) if (name !== undefined) expect(known).toContain(name)
    }
  }
})
