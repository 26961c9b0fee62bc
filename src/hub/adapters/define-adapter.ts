// Makes an adapter of the functions that speak to one kind of app, with everything usual filled in.

import { Buffer } from 'node:buffer'
import type { Environment } from '../../environment.ts'
import { ConfigError, type Document, type JsonObject, type ResourceType } from '../../protocol/index.ts'
import {
  type Account,
  type AccountChange,
  type AccountPage,
  type AccountType,
  type Adapter,
  type AdapterCall,
  type AdapterDeps,
  type AdapterKind,
  type AdapterSettings,
  AppError,
  type AppErrorDetails,
  type AppSettings,
  type MatchKey,
  type MemberChange,
  type MemberPage,
  type ShownRequest,
  type Step,
} from '../contract/index.ts'
import { type AppAnswer, sendToApp } from './app-http.ts'
import { fillTraits, narrowType, type TraitsDraft } from './default-traits.ts'
import { keptMap } from './kept-map.ts'
import { findListed, readListed } from './list-scan.ts'
import { showStep } from './show-step.ts'

/** What the functions of an adapter work with, besides what the call is about. */
export interface AppContext extends AdapterCall {
  readonly tenant: string
  /** The id of the app here. */
  readonly app: string
  /** The adapter's own settings, as `check` let them pass. */
  readonly options: JsonObject
  readonly environment: Environment
  /** The secret of the app's credentials. Never keep it. */
  readonly secret: () => Promise<string | undefined>
  /**
   * Sends JSON with the app's credentials and reads JSON; undefined for an answer without a body. Any other status than a success is an
   * {@link AppError}: 404 `gone`, 409 `conflict`, 429 `throttled`, 401 `credentials`, other 4xx `refused`, 5xx `unknown`.
   */
  readonly request: (method: string, url: string, body?: unknown) => Promise<unknown>
}

/**
 * How one kind of app is spoken to. `list`, `create` and `update` are enough for an app that can do no more. Whatever the functions
 * throw becomes an {@link AppError}: throw one yourself where you know what happened; anything else counts as `unknown`.
 */
export interface AdapterDefinition {
  /** The name that settings of apps give as their `adapter`. */
  readonly kind: string
  readonly traits?: TraitsDraft
  /** Throws ConfigError for options or credentials that make no sense. */
  check?(settings: Pick<AppSettings, 'options' | 'credentials'>): void
  /** The map of apps that have none of their own. Default: all that `keeps` names. */
  defaultMap?(): { readonly [type in AccountType]?: JsonObject }
  list(type: AccountType, after: string | undefined, app: AppContext): Promise<AccountPage>
  /** Default: looks through `list`. */
  find?(type: AccountType, key: MatchKey, app: AppContext): Promise<readonly Account[]>
  /** Default: looks through `list`. */
  read?(type: AccountType, id: string, app: AppContext): Promise<Account | undefined>
  create(type: AccountType, document: Document, app: AppContext): Promise<Account>
  update(type: AccountType, id: string, change: AccountChange, app: AppContext): Promise<void>
  /** Default: an update that sets `active` to false. */
  disable?(id: string, change: AccountChange, app: AppContext): Promise<void>
  /** Absent: the app removes no accounts. */
  remove?(type: AccountType, id: string, app: AppContext): Promise<void>
  members?(id: string, change: MemberChange, app: AppContext): Promise<void>
  readMembers?(id: string, after: string | undefined, app: AppContext): Promise<MemberPage>
  isMember?(id: string, member: string, app: AppContext): Promise<boolean>
  /** What plans and attempts show of a step. Default: the name of the function and what it is given. */
  show?(step: Step, options: JsonObject): readonly ShownRequest[]
}

/**
 * Makes a way of speaking to apps, to be added to those that the hub knows.
 * @example
 * export const desk = defineAdapter({ kind: 'desk', create: (_type, account, app) => post(app, account) })
 */
export function defineAdapter(definition: AdapterDefinition): AdapterKind {
  const { kind, traits: draft = {} } = definition
  const keeps = { User: draft.users?.keeps, Group: draft.groups?.keeps }
  const schemaOf = (type: AccountType, types: readonly ResourceType[]) => {
    const found = types.find(({ name }) => name === type)
    const paths = keeps[type]
    return paths === undefined || found === undefined ? undefined : narrowType(found, paths)
  }
  return {
    kind,
    check: (settings) => definition.check?.(settings),
    defaultMap: () => {
      const own = definition.defaultMap?.()
      if (own !== undefined) return own
      const groups = draft.groups !== undefined
      return { User: keptMap('User', keeps.User), ...(groups ? { Group: keptMap('Group', keeps.Group) } : {}) }
    },
    accountSchema: (type, _settings, types) => schemaOf(type, types),
    open: (settings, deps) => openAdapter(definition, settings, deps),
  }
}

function openAdapter(definition: AdapterDefinition, settings: AdapterSettings, deps: AdapterDeps): Adapter {
  const { remove, members, readMembers, isMember, traits: draft = {} } = definition
  const traits = fillTraits({
    ...draft,
    users: { remove: remove !== undefined, ...draft.users },
    ...(draft.groups === undefined ? {} : { groups: { remove: remove !== undefined, ...draft.groups } }),
    members: {
      read: readMembers !== undefined ? 'list' : isMember !== undefined ? 'one' : 'none',
      ...draft.members,
    },
  })
  const within = async <T>(call: AdapterCall, run: (app: AppContext) => Promise<T>): Promise<T> => {
    let told: string | undefined
    const secret = async () => {
      told = await deps.secret()
      return told
    }
    try {
      if (call.signal.aborted) throw call.signal.reason
      return await run(contextOf(settings, deps, call, secret))
    } catch (error) {
      throw asAppError(error, told)
    }
  }
  // What is gone there is the list, not an account: the URL is wrong.
  const ofAll = async <T>(call: AdapterCall, run: (app: AppContext) => Promise<T>): Promise<T> => {
    try {
      return await within(call, run)
    } catch (error) {
      if (!(error instanceof AppError && error.trouble === 'gone')) throw error
      throw new AppError('unavailable', error.message, detailsOf(error))
    }
  }
  const unlessGone = async (run: Promise<void>) => {
    try {
      await run
    } catch (error) {
      if (!(error instanceof AppError && error.trouble === 'gone')) throw error
    }
  }
  return {
    traits,
    list: (type, after, call) => ofAll(call, (app) => definition.list(type, after, app)),
    find: (type, key, call) =>
      ofAll(call, (app) => definition.find?.(type, key, app) ?? findListed(definition.list, type, key, app)),
    read: async (type, id, call) => {
      try {
        return await within(
          call,
          (app) => definition.read?.(type, id, app) ?? readListed(definition.list, type, id, app),
        )
      } catch (error) {
        if (error instanceof AppError && error.trouble === 'gone') return undefined
        throw error
      }
    },
    create: (type, document, call) => ofAll(call, (app) => definition.create(type, document, app)),
    update: (type, id, change, call) => within(call, (app) => definition.update(type, id, change, app)),
    disable: (id, change, call) =>
      unlessGone(
        within(call, (app) => definition.disable?.(id, change, app) ?? definition.update('User', id, change, app)),
      ),
    remove: (type, id, call) =>
      unlessGone(
        within(call, async (app) => {
          if (remove === undefined) throw new AppError('refused', `${settings.label} removes no accounts`)
          await remove.call(definition, type, id, app)
        }),
      ),
    members: (id, change, call) =>
      within(call, async (app) => {
        if (members === undefined) throw new AppError('refused', `${settings.label} takes no members`)
        await members.call(definition, id, change, app)
      }),
    ...(readMembers === undefined
      ? {}
      : {
          readMembers: (id: string, after: string | undefined, call: AdapterCall) =>
            within(call, (app) => readMembers.call(definition, id, after, app)),
        }),
    ...(isMember === undefined
      ? {}
      : {
          isMember: (id: string, member: string, call: AdapterCall) =>
            within(call, (app) => isMember.call(definition, id, member, app)),
        }),
    show: (step) => definition.show?.(step, settings.options) ?? showStep(step),
  }
}

function contextOf(
  { id, options, credentials }: AdapterSettings,
  { tenant, environment }: AdapterDeps,
  call: AdapterCall,
  secret: AppContext['secret'],
): AppContext {
  return {
    ...call,
    tenant,
    app: id,
    options,
    environment,
    secret,
    request: async (method, url, body) => {
      const headers = {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...call.headers,
        ...authorization(credentials, await secret()),
      }
      const text = body === undefined ? {} : { body: JSON.stringify(body) }
      return readJson(await sendToApp({ method, url, headers, signal: call.signal, ...text }, environment), method)
    },
  }
}

function authorization(
  credentials: AppSettings['credentials'],
  secret: string | undefined,
): { readonly [name: string]: string } {
  if (credentials === undefined || secret === undefined) return {}
  const { kind, public: known = {} } = credentials
  if (kind === 'bearer') return { authorization: `Bearer ${secret}` }
  if (kind === 'header') return { [String(known.name ?? 'x-api-key').toLowerCase()]: secret }
  if (kind !== 'basic') return {}
  return { authorization: `Basic ${Buffer.from(`${String(known.user ?? '')}:${secret}`).toString('base64')}` }
}

function readJson({ status, text }: AppAnswer, method: string): unknown {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw new AppError(method === 'GET' ? 'unavailable' : 'unknown', 'The answer is not JSON', { status })
  }
}

/** Shorter ones may be a part of any word. */
const SHORTEST_SECRET = 4

/** An error without the secret that an app may have repeated. */
function asAppError(error: unknown, secret: string | undefined): AppError {
  const hide = (text: string) =>
    secret === undefined || secret.length < SHORTEST_SECRET ? text : text.replaceAll(secret, '(secret)')
  if (error instanceof ConfigError) return new AppError('refused', hide(error.message))
  const message = error instanceof Error ? error.message : String(error)
  if (!(error instanceof AppError)) return new AppError('unknown', hide(message))
  return hide(message) === message ? error : new AppError(error.trouble, hide(message), detailsOf(error))
}

/** Without the cause, which may say what the message must not. */
function detailsOf({ status, retryAfterMs }: AppError): AppErrorDetails {
  return {
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
}
