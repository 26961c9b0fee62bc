// One probe under way: its requests, what it has made, what it has found.

import type { Answer } from '../../../client/index.ts'
import type { Json, JsonObject } from '../../../protocol/index.ts'
import { type AdapterCall, type AdapterDeps, AppError, type AppSettings } from '../../contract/index.ts'
import { createAccountForm } from './account-form.ts'
import { accountTypeOf } from './scim-adapter.ts'
import { readScimOptions } from './scim-settings.ts'
import { createAsk, type Request } from './wire.ts'

/** All that a probe makes has an externalId that begins so: what an interrupted one has left is known by it. */
export const PROBE_PREFIX = 'lockstep-probe-'

/** Something that a probe saw, beside what the profile says of it. */
export interface ProbeFinding {
  /** Path of the setting in the profile: `off.disabledReads`. */
  readonly setting: string
  readonly seen: Json
  readonly configured: Json
  /** What it was seen by, for people: `GET after switching off was answered 404`. */
  readonly how: string
}

/** What came of a request: its answer, or what went wrong. */
export type Outcome =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly error: AppError; readonly status: number }

/** A probe under way. */
export interface ProbeSession extends ReturnType<typeof partsOf> {
  /** Sends a request; an app that is asked too often is given the time that it wants. Throws only when the probe is over. */
  readonly ask: (request: Request) => Promise<Outcome>
  readonly find: (setting: string, seen: Json, how: string) => void
  readonly findings: ProbeFinding[]
  /** What kept something from being tried. */
  readonly notes: string[]
  /** A random name that nobody else has. */
  readonly marker: string
  /** Paths of what was made and is still there. */
  readonly made: Set<string>
  readonly domain: string
}

/** How a probe is carried out. */
export interface ProbeOptions {
  readonly signal: AbortSignal
  /** Domain of the e-mail address of the account that is made; some apps take only verified ones. Default: example.com. */
  readonly domain?: string | undefined
  /** Called with what is being done, for people. */
  readonly onProgress?: ((text: string) => void) | undefined
}

/** Longest pause that a probe waits for, in milliseconds, and how often. */
const PATIENCE_MS = 60_000
const PAUSES = 5

function partsOf(settings: Pick<AppSettings, 'options' | 'credentials'>, deps: AdapterDeps) {
  const options = readScimOptions(settings.options)
  const forms = {
    User: createAccountForm('User', accountTypeOf('User', deps.types), options.profile),
    Group: createAccountForm('Group', accountTypeOf('Group', deps.types), options.profile),
  }
  return { options, profile: options.profile, forms }
}

/** Begins a probe. Nothing is sent yet. Throws ConfigError for settings that make no sense. */
export function createProbeSession(
  settings: Pick<AppSettings, 'options' | 'credentials'>,
  deps: AdapterDeps,
  { signal, domain = 'example.com', onProgress = () => undefined }: ProbeOptions,
): ProbeSession {
  const parts = partsOf(settings, deps)
  const send = createAsk(parts.options, settings, deps)
  const call: AdapterCall = { signal, headers: {} }
  const findings: ProbeFinding[] = []
  const random = deps.environment.random(new Uint8Array(4))
  const marker = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return {
    ...parts,
    findings,
    notes: [],
    marker,
    made: new Set(),
    domain,
    async ask(request) {
      for (let pauses = 0; ; pauses++) {
        signal.throwIfAborted()
        onProgress(`${request.method} ${request.path}`)
        try {
          return { ok: true, answer: await send(request, call) }
        } catch (error) {
          if (!(error instanceof AppError)) throw error
          const { trouble, retryAfterMs = 1_000, status = 0 } = error
          if (trouble !== 'throttled' || pauses >= PAUSES || retryAfterMs > PATIENCE_MS)
            return { ok: false, error, status }
          await deps.environment.wait(retryAfterMs, signal)
        }
      }
    },
    find(setting, seen, how) {
      findings.push({ setting, seen, configured: settingAt(parts.profile as unknown as JsonObject, setting), how })
    },
  }
}

/** The value of a setting by its path; a type that the profile doesn't name is as all others. */
export function settingAt(profile: JsonObject, path: string): Json {
  let held: Json | undefined = profile
  for (const name of path.split('.')) {
    const object: JsonObject = (held ?? {}) as JsonObject
    held = object[name] ?? (object['*'] !== undefined ? object['*'] : undefined)
  }
  // A limit that there is none of.
  return held === undefined || held === (Number.POSITIVE_INFINITY as Json) ? null : held
}
