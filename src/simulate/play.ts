// Plays the acts of a scenario against a server, step by step, and notes what the real provider would make of it.

import type { Json } from '../protocol/index.ts'
import { exchange, shown, withoutToken } from './exchange.ts'
import { judge } from './judge.ts'
import type { Made } from './made.ts'
import type { Settings } from './options.ts'
import type { PersonVariables } from './people.ts'
import { type SimulatedPerson, type StepResult, worst } from './result.ts'
import type { Act, ActName, ActStep, Scenario } from './scenario.ts'
import { pick } from './wire/expectation.ts'
import { basePath, type Manners, type WireAnswer, type WireRequest, writeRequest } from './wire/message.ts'
import type { Send } from './wire/send.ts'
import { fill, fillText, UnsetVariable, type Variables } from './wire/substitute.ts'

/** A run under way. */
export interface Run {
  readonly scenario: Scenario
  readonly settings: Settings
  readonly send: Send
  readonly made: Made
  readonly people: readonly PersonVariables[]
  /** Values that are no single person's. */
  readonly variables: PersonVariables
  readonly steps: StepResult[]
  requests: number
  /** The provider sends nothing more, or the simulation was stopped. */
  isOver: boolean
}

/** Acts whose steps are tried each for itself. In the others a failure ends what is done for this person, or for the group. */
const PROBES: readonly ActName[] = ['connect', 'existing']

/** Plays one act: consecutive steps for a person are played person by person. */
export async function playAct(run: Run, act: Act): Promise<void> {
  const rest = [...act.steps]
  while (rest.length > 0) {
    const each = rest[0]?.for
    const end = rest.findIndex((step) => step.for !== each)
    const group = rest.splice(0, end < 0 ? rest.length : end)
    // Once for the group: with a thousand people it is work to list them.
    const members = membersOf(run.people)
    const people = each === undefined ? [undefined] : each === 'first' ? run.people.slice(0, 1) : run.people
    for (const person of people) {
      let hasFailed = false
      for (const step of group) {
        if (run.settings.signal?.aborted) run.isOver = true
        if (run.isOver) return
        const result = await playStep(
          run,
          act,
          step,
          { ...run.variables, ...members, ...person },
          hasFailed ? undefined : (person ?? run.variables),
        )
        if (result === undefined) continue
        if (result.verdict === 'fails' && !PROBES.includes(act.act)) hasFailed = true
        run.steps.push(result)
        await run.settings.onStep?.(result)
      }
    }
  }
}

/**
 * Plays one step; undefined when there was no occasion for it. What it saves goes into `scope`; without one it is skipped,
 * since something before it has failed.
 */
async function playStep(
  run: Run,
  { act }: Act,
  step: ActStep,
  variables: Variables,
  scope: PersonVariables | undefined,
): Promise<StepResult | undefined> {
  const isThere = (name: string) => variables[name] !== undefined && variables[name] !== false
  if (step.when !== undefined && !isThere(step.when)) return undefined
  if (step.unless !== undefined && isThere(step.unless)) return undefined
  const about = {
    act,
    step: step.name,
    ...(step.for === undefined ? {} : { person: String(variables.userName) }),
    look: step.look === true,
  }
  const skipped = (meaning: string): StepResult => ({ ...about, verdict: 'skipped', meaning, findings: [] })
  const request = scope === undefined ? undefined : requestOf(run, step, variables)
  if (scope === undefined || request === undefined) return skipped('an earlier step has failed')
  const path = request.target.slice(basePath(run.settings.url).length)
  if (!['GET', 'POST'].includes(request.method) && !run.made.has(path))
    return skipped('it would change what this simulation has not made')
  const { tries, ms, ...outcome } = await exchange(run.send, request, run.scenario.patience, run.settings)
  run.requests += tries
  const answer = outcome.came === 'answer' ? outcome.answer : undefined
  run.made.note({ method: request.method, path, body: request.body }, answer)
  const { findings, stops } = judge(run.scenario, step, withoutToken(outcome, run.settings), variables)
  if (stops) run.isOver = true
  const isGood = findings.every(({ fault }) => fault !== 'fails')
  if (answer !== undefined && isGood) keep(step, answer, scope)
  return {
    ...about,
    verdict: worst(['works', ...findings.map(({ fault }) => fault)]),
    meaning: fillText(step.works, variables),
    findings: findings.map((one) => ({ ...one, wrong: shown(one.wrong, run.settings), ...shownThere(one.shows, run) })),
    request: { method: request.method, path, ...(request.body === undefined ? {} : { body: request.body }) },
    ...(answer === undefined ? {} : { answer: { status: answer.status, body: shown(answer.body, run.settings), ms } }),
  }
}

function shownThere(shows: string | undefined, { settings }: Run): { readonly shows?: string } {
  return shows === undefined ? {} : { shows: shown(shows, settings) }
}

/**
 * The request of a step, or undefined when it, or what is expected of its answer, names what no step before it has saved. A
 * look of ours is sent with plain headers, all else with the provider's own.
 */
function requestOf({ scenario, settings }: Run, step: ActStep, variables: Variables): WireRequest | undefined {
  if (step.after !== undefined && variables[step.after] === undefined) return undefined
  const own = step.look === true ? LOOKS : scenario
  const manners: Manners = { ...own, headers: { ...own.headers, ...settings.headers } }
  try {
    for (const { expect } of step.needs ?? []) {
      for (const { path, value = null } of expect.body ?? []) fill([path, value], variables)
    }
    return writeRequest(settings.url, settings.token, manners, step.request, variables)
  } catch (error) {
    if (error instanceof UnsetVariable) return undefined
    throw error
  }
}

/** Headers of requests that no provider sends: our looks, and the removal at the end. */
export const LOOKS: Manners = {
  headers: {
    Accept: 'application/scim+json',
    'Content-Type': 'application/scim+json',
    'User-Agent': 'lockstep-simulate',
  },
}

/** Keeps values of an answer; beside each text, the same as it stands in a URL. */
function keep(step: ActStep, answer: WireAnswer, scope: PersonVariables): void {
  const wanted = [...Object.entries(step.save ?? {}), ...Object.entries(step.saveIfThere ?? {})]
  for (const [name, from] of wanted) {
    const value: Json | undefined = pick(answer, from)
    if (value === undefined || value === null) continue
    scope[name] = value
    if (typeof value === 'string') scope[`${name}Url`] = encodeURIComponent(value)
  }
}

/** Who has an account, as bodies and expectations of groups need to know it. */
function membersOf(people: readonly PersonVariables[]): Variables {
  const members = people.filter(({ u }) => typeof u === 'string')
  const others = members.slice(1)
  const list = (some: readonly PersonVariables[]) =>
    some.map(({ u = null, userName = null, displayName = null }) => ({ u, userName, displayName }))
  const boss = others.at(-1)?.u
  const first = members[0]?.u
  return {
    // Somebody whom the first person can report to.
    ...(boss === undefined ? {} : { boss }),
    ...(first === undefined ? {} : { firstU: first }),
    members: list(members),
    others: list(others),
    memberCount: members.length,
    otherCount: others.length,
  }
}

/** The people as results show them. */
export function peopleOf(run: Run): readonly SimulatedPerson[] {
  return run.people.map(({ userName, displayName, u }) => ({
    userName: String(userName),
    displayName: String(displayName),
    ...(typeof u === 'string' ? { id: u } : {}),
  }))
}
