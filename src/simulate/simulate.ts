// Plays an identity provider against a SCIM server and says what the real one would make of its answers.

import { ConfigError } from '../protocol/index.ts'
import { exchange } from './exchange.ts'
import { createMade, type Made } from './made.ts'
import { readOptions, type Settings, type SimulateOptions } from './options.ts'
import { createDice, makePeople, uuidFrom } from './people.ts'
import { LOOKS, peopleOf, playAct, type Run } from './play.ts'
import { type ActResult, type Simulation, worst } from './result.ts'
import { ACTS, type Act, type ActName, NEEDED, type Scenario } from './scenario.ts'
import { isSimulated, SCENARIOS, type Simulated } from './scenarios.ts'
import { writeRequest } from './wire/message.ts'
import { nodeSend, type Send, sendByFetch } from './wire/send.ts'

/**
 * Plays an identity provider against a SCIM server: connection test, joiner, mover, group push, leaver, returner, in the
 * provider's own dialect. Each answer is judged as the real provider would: what it does, and what its administrator reads.
 * Whatever was made is removed at the end. It never changes a resource that it has not made.
 *
 * Throws `ConfigError` for options that make no sense; whatever the server does is a verdict, never an error.
 *
 * @example
 * const played = await simulate('okta', { url: 'https://app.example/scim/v2', token })
 * console.log(played.works, tellSimulation(played))
 */
export async function simulate(provider: Simulated, options: SimulateOptions): Promise<Simulation> {
  if (!isSimulated(provider))
    throw new ConfigError('provider', `must be one of ${Object.keys(SCENARIOS).join(', ')}, not "${provider}"`)
  const settings = readOptions(options)
  const scenario = SCENARIOS[provider]
  const begun = settings.environment.monotonic()
  const run = createRun(scenario, settings, await senderOf(settings))
  const acts: ActResult[] = []
  let left: readonly string[] = []
  try {
    for (const act of chosen(scenario, settings.only)) {
      if (run.isOver || settings.signal?.aborted) break
      const before = run.steps.length
      await playAct(run, act)
      const verdict = worst(run.steps.slice(before).map((step) => step.verdict))
      const result = { act: act.act, title: act.title, verdict, people: peopleOf(run) }
      acts.push(result)
      await settings.onAct?.(result)
    }
  } finally {
    if (settings.keep !== true) left = await removeMade(run)
  }
  const problems = run.steps.filter(({ verdict }) => verdict === 'fails' || verdict === 'unnoticed')
  return {
    provider: scenario.name,
    about: scenario.about,
    checked: scenario.checked,
    url: settings.url,
    seed: settings.seed,
    works: problems.length === 0 && !run.isOver && settings.signal?.aborted !== true,
    stopped: run.isOver || settings.signal?.aborted === true,
    acts,
    steps: run.steps,
    problems,
    people: peopleOf(run),
    requests: run.requests,
    ms: Math.round(settings.environment.monotonic() - begun),
    left,
  }
}

async function senderOf(settings: Settings): Promise<Send> {
  if (settings.fetch !== undefined) return sendByFetch(settings.fetch)
  return (await nodeSend()) ?? sendByFetch((request) => fetch(request))
}

function createRun(scenario: Scenario, settings: Settings, send: Send): Run {
  const dice = createDice(settings.seed)
  const run = settings.seed.toString(36)
  const uuids = Object.fromEntries([1, 2, 3, 4].map((number) => [`uuid${number}`, uuidFrom(dice)]))
  return {
    scenario,
    settings,
    send,
    made: createMade(settings.url, settings.group),
    people: makePeople(settings.people, run, settings.domain, dice),
    variables: { run, ...uuids, ...groupNames(settings.group ?? `Team ${run}`), domain: settings.domain },
    steps: [],
    requests: 0,
    isOver: false,
  }
}

/** Names of the one group. */
function groupNames(groupName: string) {
  const newGroupName = `${groupName} renamed`
  return {
    groupName,
    newGroupName,
    groupNameUrl: encodeURIComponent(groupName),
    newGroupNameUrl: encodeURIComponent(newGroupName),
    // As form encoding has it: a space is a plus sign.
    groupNameForm: encodeURIComponent(groupName).replaceAll('%20', '+'),
  }
}

/** The acts of a scenario that are asked for, and those that they need, in their order. */
function chosen(scenario: Scenario, only: readonly ActName[]): readonly Act[] {
  const wanted = new Set(only.flatMap((one) => [...NEEDED[one], one]))
  return ACTS.flatMap((name) => scenario.acts.filter(({ act }) => act === name && wanted.has(name)))
}

/** Removes what was made, also after the simulation was stopped. */
async function removeMade({ made, send, scenario, settings }: Run): ReturnType<Made['remove']> {
  const { signal: _stopped, ...unstopped } = settings
  const manners = { ...LOOKS, headers: { ...LOOKS.headers, ...settings.headers } }
  return made.remove(async (template) => {
    const request = writeRequest(settings.url, settings.token, manners, template, {})
    const outcome = await exchange(send, request, scenario.patience, unstopped)
    return outcome.came === 'answer' ? outcome.answer : undefined
  })
}
