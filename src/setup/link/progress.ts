// How far a customer has come with a setup link: opened when and from where, which step, what was ticked.

import { isObject, type Json, type JsonObject } from '../../protocol/index.ts'
import { Conflict, type Item, numberOf, type Store, textOf } from '../../store/index.ts'

/** The queue of the items that hold progress, by the id of their link. */
const PROGRESS = 'setup-progress'
/** How long progress is kept after the end of its link. */
export const KEPT_MS = 30 * 86_400_000

/** The steps of the setup page, in order. */
export const STEPS = ['welcome', 'provider', 'paste', 'clicks', 'test', 'people', 'leaver', 'done'] as const
/** One of {@link STEPS}. */
export type SetupStep = (typeof STEPS)[number]

/** How far a customer has come. Times in milliseconds since 1970. */
export interface Progress {
  /** How often somebody began, and the last five times. */
  readonly opened: { readonly times: number; readonly last: readonly Opening[] }
  /** Wrong codes so far. */
  readonly wrongCodes: number
  readonly step: SetupStep
  /** The furthest step so far. */
  readonly reached: SetupStep
  /** The identity provider that was chosen. */
  readonly kind?: string
  /** How many people the customer expects. */
  readonly expected?: number
  /** The steps of the identity provider that are ticked. */
  readonly ticked: readonly string[]
  /** When the rehearsal of a leaver began. */
  readonly leaverBegan?: number
  readonly leaverSkipped?: boolean
  /** What looks different there than the page says, newest last. */
  readonly looksDifferent: readonly { readonly at: number; readonly click: string }[]
  readonly done?: number
}

/** One time that somebody began. */
export interface Opening {
  readonly at: number
  /** The address, cut to its network. */
  readonly from: string
}

/** What is true before anybody has begun. */
const NOTHING: Progress = {
  opened: { times: 0, last: [] },
  wrongCodes: 0,
  step: 'welcome',
  reached: 'welcome',
  ticked: [],
  looksDifferent: [],
}

/** Most ticks, openings and remarks that are kept. */
export const MOST = { TICKS: 100, OPENINGS: 5, REMARKS: 20 } as const

/** The progress of a link. */
export async function readProgress(store: Store, tenant: string, link: string): Promise<Progress> {
  const [item] = await store.items(tenant, PROGRESS, { keys: [link] })
  return toProgress(item)
}

/** The progress of several links, by id. */
export async function readProgresses(
  store: Store,
  tenant: string,
  links: readonly string[],
): Promise<ReadonlyMap<string, Progress>> {
  const items = links.length === 0 ? [] : await store.items(tenant, PROGRESS, { keys: links })
  const found = new Map(items.map((item) => [item.key, toProgress(item)]))
  return new Map(links.map((link) => [link, found.get(link) ?? NOTHING]))
}

/** Tries of a change that others get ahead of. */
const TRIES = 20

/** Changes progress, as of its state at the commit. `until`: when its link ends. */
export async function changeProgress(
  store: Store,
  { tenant, id, expires }: { readonly tenant: string; readonly id: string; readonly expires: number },
  change: (now: Progress) => Progress,
): Promise<Progress> {
  for (let tries = 1; ; tries++) {
    const [item] = await store.items(tenant, PROGRESS, { keys: [id] })
    const before = toProgress(item)
    const after = change(before)
    if (after === before) return after
    const set = { value: after as unknown as Json, expires: expires + KEPT_MS }
    const condition = item === undefined ? { ifAbsent: true } : { ifValue: item.value }
    try {
      await store.commit([{ write: 'item', item: { tenant, queue: PROGRESS, key: id }, set, ...condition }])
      return after
    } catch (error) {
      if (!(error instanceof Conflict) || error.what === 'tenant' || tries >= TRIES) throw error
    }
  }
}

function toProgress(item: Item | undefined): Progress {
  const facts = isObject(item?.value) ? item.value : {}
  const { opened, ticked, looksDifferent } = facts
  const openings = isObject(opened) ? opened : {}
  const kind = textOf(facts.kind)
  return {
    opened: {
      times: numberOf(openings.times) ?? 0,
      last: objects(openings.last).map(({ at, from }) => ({ at: numberOf(at) ?? 0, from: textOf(from) ?? '' })),
    },
    wrongCodes: numberOf(facts.wrongCodes) ?? 0,
    step: stepOf(facts.step),
    reached: stepOf(facts.reached),
    ...(kind === undefined ? {} : { kind }),
    ...number('expected', facts.expected),
    ticked: Array.isArray(ticked) ? ticked.filter((one) => typeof one === 'string') : [],
    ...number('leaverBegan', facts.leaverBegan),
    ...(facts.leaverSkipped === true ? { leaverSkipped: true } : {}),
    looksDifferent: objects(looksDifferent).map(({ at, click }) => ({
      at: numberOf(at) ?? 0,
      click: textOf(click) ?? '',
    })),
    ...number('done', facts.done),
  }
}

function objects(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

function number<Name extends string>(name: Name, value: Json | undefined): { readonly [key in Name]?: number } {
  return (typeof value === 'number' ? { [name]: value } : {}) as { readonly [key in Name]?: number }
}

function stepOf(value: Json | undefined): SetupStep {
  return STEPS.find((step) => step === value) ?? 'welcome'
}

/** The later of two steps. */
export function laterStep(a: SetupStep, b: SetupStep): SetupStep {
  return STEPS.indexOf(a) >= STEPS.indexOf(b) ? a : b
}
