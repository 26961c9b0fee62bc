// Checks the options of events and compiles them to what a transaction asks for.

import { ConfigError, didYouMean, fold } from '../../../protocol/index.ts'
import { type AnyEvent, EVENT_NAMES, type EventName } from './event.ts'
import type { Duration, EventOptions, GuardOptions } from './options.ts'

/** A handler, whatever it handles. */
export type Handler = (event: AnyEvent & { readonly [name: string]: unknown }) => unknown

/** The roles that a group gives. */
export type RolesOf = (group: { readonly [name: string]: unknown }, tenant: string) => readonly string[]

/** Guards as they are enforced. */
export interface Guards {
  readonly seats: ((tenant: string, context: { readonly db: unknown }) => number | Promise<number>) | undefined
  readonly lastOf: readonly string[]
  readonly deactivations: { readonly most: number; readonly withinMs: number } | undefined
}

/** The options of events, checked. */
export interface EventPlan {
  readonly on: ReadonlyMap<EventName, Handler>
  readonly after: ReadonlyMap<EventName, Handler>
  readonly rolesOf: RolesOf | undefined
  readonly guards: Guards
  /** Whether there is anything to do in a transaction at all. */
  readonly any: boolean
}

/** Most deactivations that a guard counts. */
const MOST_DEACTIVATIONS = 900
const UNITS: { readonly [unit: string]: number } = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const LONGEST_MS = 31 * 86_400_000

/** Checks the options. Throws ConfigError. */
export function readEventOptions<Tx, Types, Db, Role extends string>(
  options: EventOptions<Tx, Types, Db, Role>,
): EventPlan {
  const on = handlersOf('on', options.on)
  const after = handlersOf('after', options.after)
  const rolesOf = readRoles(options.roles)
  const guards = readGuards(options.guards, rolesOf, namesIn(options.roles))
  for (const handlers of [on, after]) {
    if (rolesOf === undefined && (handlers.has('role.granted') || handlers.has('role.revoked'))) {
      throw new ConfigError('roles', "is needed for role.granted and role.revoked: { Engineering: 'editor' }")
    }
  }
  if (options.background !== undefined && typeof options.background !== 'boolean') {
    throw new ConfigError('background', 'must be true or false')
  }
  const guarded = guards.seats !== undefined || guards.lastOf.length > 0 || guards.deactivations !== undefined
  return { on, after, rolesOf, guards, any: on.size > 0 || after.size > 0 || guarded }
}

function handlersOf(option: string, given: unknown): ReadonlyMap<EventName, Handler> {
  if (given === undefined) return new Map()
  if (typeof given !== 'object' || given === null) {
    throw new ConfigError(option, `must be an object of handlers: { 'user.created': ({ user }) => … }`)
  }
  const handlers = new Map<EventName, Handler>()
  for (const [name, handler] of Object.entries(given)) {
    const known = EVENT_NAMES.find((one) => one === name)
    if (known === undefined) throw new ConfigError(`${option}.${name}`, `is no event${didYouMean(name, EVENT_NAMES)}`)
    if (handler === undefined) continue
    if (typeof handler !== 'function') throw new ConfigError(`${option}.${name}`, 'must be a function')
    handlers.set(known, handler as Handler)
  }
  return handlers
}

function readRoles(given: unknown): RolesOf | undefined {
  if (given === undefined) return undefined
  if (typeof given === 'function') {
    return (group, tenant) => listOf('roles', (given as (...args: unknown[]) => unknown)(group, { tenant }) ?? [])
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ConfigError('roles', "must be roles by displayName, { Engineering: 'editor' }, or a function of a group")
  }
  const byName = new Map(
    Object.entries(given).map(([name, roles]) => [fold(name), listOf(`roles.${name}`, roles)] as const),
  )
  return ({ displayName }) => (typeof displayName === 'string' ? (byName.get(fold(displayName)) ?? []) : [])
}

/** The roles that groups can give, where the option names them. */
function namesIn(given: unknown): readonly string[] | undefined {
  if (typeof given !== 'object' || given === null) return undefined
  return Object.values(given).flatMap((roles) => listOf('roles', roles))
}

/** One name or several, each once. */
function listOf(option: string, given: unknown): readonly string[] {
  const list: unknown[] = Array.isArray(given) ? given : [given]
  const names = list.filter((one) => typeof one === 'string' && one !== '') as string[]
  if (names.length < list.length) throw new ConfigError(option, 'must be a role, or a list of roles')
  return [...new Set(names)]
}

function readGuards<Db>(
  given: GuardOptions<Db> | undefined,
  rolesOf: RolesOf | undefined,
  names: readonly string[] | undefined,
): Guards {
  const { seats, lastOf, deactivations, ...rest } = given ?? {}
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, ['seats', 'lastOf', 'deactivations'])
    throw new ConfigError(`guards.${unknown}`, `is no guard${hint}`)
  }
  if (seats !== undefined && typeof seats !== 'function' && !(Number.isSafeInteger(seats) && seats >= 0)) {
    throw new ConfigError('guards.seats', 'must be a whole number, or a function from a tenant to one')
  }
  const roles = lastOf === undefined ? [] : listOf('guards.lastOf', lastOf)
  if (roles.length > 0 && rolesOf === undefined) {
    throw new ConfigError('guards.lastOf', "needs the option roles, which says whom a role has: { Admins: 'owner' }")
  }
  const unheld = names && roles.find((role) => !names.includes(role))
  if (names !== undefined && unheld !== undefined) {
    throw new ConfigError('guards.lastOf', `no group in roles gives ${unheld}${didYouMean(unheld, names)}`)
  }
  return {
    seats: typeof seats === 'function' ? (seats as Guards['seats']) : seats === undefined ? seats : () => seats,
    lastOf: roles,
    deactivations: deactivations && {
      most: readMost(deactivations.most),
      withinMs: readDuration('guards.deactivations.within', deactivations.within),
    },
  }
}

function readMost(most: number): number {
  if (Number.isSafeInteger(most) && most >= 0 && most <= MOST_DEACTIVATIONS) return most
  throw new ConfigError('guards.deactivations.most', `must be a whole number from 0 to ${MOST_DEACTIVATIONS}`)
}

/** A time in milliseconds. Throws ConfigError. */
export function readDuration(option: string, given: Duration): number {
  const [, number, unit] = /^(\d{1,9})([smhd])$/.exec(String(given)) ?? []
  const ms = typeof given === 'number' ? given : Number(number) * (UNITS[unit ?? ''] ?? Number.NaN)
  if (Number.isSafeInteger(ms) && ms > 0 && ms <= LONGEST_MS) return ms
  throw new ConfigError(option, "must be a time up to 31 days: '90s', '30m', '1h', '7d', or milliseconds")
}
