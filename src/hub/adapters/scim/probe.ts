// Finds out what an app takes, on an account and a group of its own, and proposes a profile.

import { pathOf } from '../../../client/index.ts'
import { canonicalJson, equalJson, isObject, type Json, type JsonObject } from '../../../protocol/index.ts'
import { readAppProfile } from '../../../quirks/index.ts'
import type { Account, AccountType, AdapterDeps, AppSettings } from '../../contract/index.ts'
import { readList } from './lists.ts'
import { probeGroup } from './probe-group.ts'
import { probeConfiguration, probeLists } from './probe-lists.ts'
import {
  createProbeSession,
  PROBE_PREFIX,
  type ProbeFinding,
  type ProbeOptions,
  type ProbeSession,
} from './probe-session.ts'
import { probeChanges, probeCreate, probeRemoval, probeSwitching } from './probe-user.ts'
import type { Ask } from './wire.ts'

/** What a probe saw. */
export interface ProbeReport {
  /** In the order in which it was seen. */
  readonly findings: readonly ProbeFinding[]
  /** Those that the configured profile says otherwise. */
  readonly differences: readonly ProbeFinding[]
  /** For `options.profile`: the configured profile with what was seen. */
  readonly proposed: JsonObject
  /** What could not be tried, and what is odd. */
  readonly notes: readonly string[]
  /** What the probe made and could not remove: paths below the base URL. */
  readonly left: readonly string[]
}

/**
 * Makes, reads, renames, switches off and on and removes one account and one group of its own, and compares what it sees with the profile
 * that is configured. What it makes has an externalId that begins with {@link PROBE_PREFIX}, and is removed whatever happens. Throws
 * ConfigError for settings that make no sense, AppError when the app can't be read at all, and the signal's reason when it is aborted.
 */
export async function probeApp(
  settings: Pick<AppSettings, 'options' | 'credentials'>,
  deps: AdapterDeps,
  options: ProbeOptions,
): Promise<ProbeReport> {
  const probe = createProbeSession(settings, deps, options)
  try {
    await probeConfiguration(probe)
    await probeLists(probe)
    const user = await probeCreate(probe)
    if (user !== undefined) await probeChanges(probe, user)
    // In the form in which the app changes people.
    if (probe.profile.group.offered) await probeGroup(probe, user?.id)
    if (user !== undefined) {
      await probeSwitching(probe, user)
      await probeRemoval(probe, user)
    }
  } finally {
    // With a signal of its own: what was made goes, though the probe was ended.
    await tidyUp(probe, createProbeSession(settings, deps, { signal: new AbortController().signal }))
  }
  const differences = probe.findings.filter(({ seen, configured }) => !sameSetting(seen, configured))
  return {
    findings: probe.findings,
    differences,
    proposed: proposal(settings.options.profile, differences),
    notes: probe.notes,
    left: [...probe.made],
  }
}

async function tidyUp(probe: ProbeSession, last: ProbeSession): Promise<void> {
  for (const path of [...probe.made].toReversed()) {
    const outcome = await last.ask({ method: 'DELETE', path })
    if (outcome.ok || outcome.error.trouble === 'gone') probe.made.delete(path)
  }
}

/** A list says the same in any order. */
function sameSetting(a: Json, b: Json): boolean {
  if (Array.isArray(a)) {
    const sorted = (list: readonly Json[]) => list.map((each) => canonicalJson(each)).toSorted()
    const other = b === null ? [] : b
    return Array.isArray(other) && equalJson(sorted(a), sorted(other))
  }
  return equalJson(a, b)
}

/** The configured profile with what was seen. What is proposed can be read as a profile. */
function proposal(configured: Json | undefined, differences: readonly ProbeFinding[]): JsonObject {
  const base: JsonObject = isObject(configured)
    ? configured
    : { base: typeof configured === 'string' ? configured : 'rfc' }
  const proposed = differences.reduce((held, { setting, seen }) => withSetting(held, setting.split('.'), seen), base)
  readAppProfile(proposed)
  return proposed
}

function withSetting(object: JsonObject, [name = '', ...rest]: readonly string[], value: Json): JsonObject {
  if (rest.length === 0) return { ...object, [name]: value }
  const inner = object[name]
  return { ...object, [name]: withSetting(isObject(inner) ? inner : {}, rest, value) }
}

/** Most pages that are looked through for what a probe has left. */
const PAGES = 10_000

/** Removes what probes that were interrupted have left: accounts and groups whose externalId, or name, begins as theirs do. */
export async function cleanUpProbes(
  settings: Pick<AppSettings, 'options' | 'credentials'>,
  deps: AdapterDeps,
  options: ProbeOptions,
): Promise<readonly string[]> {
  const probe = createProbeSession(settings, deps, options)
  const removed: string[] = []
  const ask: Ask = async (request) => {
    const outcome = await probe.ask(request)
    if (outcome.ok) return outcome.answer
    throw outcome.error
  }
  for (const type of probe.profile.group.offered ? (['User', 'Group'] as const) : (['User'] as const)) {
    const form = probe.forms[type]
    const left = new Set<string>()
    let next: string | undefined
    for (let pages = 0; pages < PAGES; pages++) {
      const page = await readList({ options: probe.options, ask }, form, next, { signal: options.signal, headers: {} })
      for (const account of page.accounts) if (isOurs(type, account)) left.add(pathOf(form.endpoint, account.id))
      next = page.next
      if (next === undefined) break
    }
    for (const path of left) {
      const outcome = await probe.ask({ method: 'DELETE', path })
      if (outcome.ok) removed.push(path)
    }
  }
  return removed
}

/** Whether a probe made it. Some apps keep no externalId; names are looked at for those. */
function isOurs(type: AccountType, { document: { externalId, userName, displayName } }: Account): boolean {
  if (typeof externalId === 'string' && externalId.startsWith(PROBE_PREFIX)) return true
  if (type === 'Group') return typeof displayName === 'string' && /^lockstep[ -]probe[ -][0-9a-f]{8}/i.test(displayName)
  return typeof userName === 'string' && /^lsp[.-][0-9a-f]{8}$/i.test(userName)
}
