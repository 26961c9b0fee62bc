// The adapter of apps that speak SCIM. RFC 7644; SCIM 1.1.

import { pathOf } from '../../../client/index.ts'
import { Group, idInUri, type JsonObject, type ResourceType, User } from '../../../protocol/index.ts'
import {
  type Account,
  type AccountType,
  type Adapter,
  type AdapterCall,
  type AdapterDeps,
  AppError,
  type AppSettings,
  type MemberPage,
  type Step,
} from '../../contract/index.ts'
import { createAccountForm } from './account-form.ts'
import { type ListDeps, readList, withoutMembers } from './lists.ts'
import { findAccounts, findMember } from './look-up.ts'
import { type Dialect, inDialect, type Planned, requestsOf, shown } from './requests.ts'
import { memberIds, membersRewritten, overlaid } from './rewrite.ts'
import type { ScimOptions } from './scim-settings.ts'
import { traitsOf, whyUnfit } from './traits.ts'
import { hasKeyword, unfit } from './trouble.ts'
import { createAsk } from './wire.ts'

/** How long an app that answered about a collection is believed to be the right one, in milliseconds. */
const KNOWN_MS = 60_000

/** Everything that the parts of an adapter share. */
interface ScimApp extends ListDeps {
  readonly dialect: Dialect
  /** Throws the error that something is gone, unless the whole collection is, which means something else. */
  readonly gone: (type: AccountType, error: AppError, call: AdapterCall) => Promise<AppError>
}

/** The resource type of accounts: the tenant's, or else the RFC's. */
export function accountTypeOf(type: AccountType, types: readonly ResourceType[]): ResourceType {
  const own = types.find(({ name }) => name === type)
  return own ?? (type === 'User' ? User : Group)
}

/** Opens the adapter of an app that speaks SCIM. Throws ConfigError for credentials that make no sense. */
export function openScimAdapter(
  options: ScimOptions,
  settings: Pick<AppSettings, 'credentials'>,
  deps: AdapterDeps,
): Adapter {
  const { profile } = options
  const forms = {
    User: createAccountForm('User', accountTypeOf('User', deps.types), profile),
    Group: createAccountForm('Group', accountTypeOf('Group', deps.types), profile),
  }
  const dialect = { profile, forms }
  const send = createAsk(options, settings, deps)
  let answeredAt = Number.NEGATIVE_INFINITY
  const ask: typeof send = async (request, call) => {
    const answer = await send(request, call)
    answeredAt = deps.environment.monotonic()
    return answer
  }
  const app: ScimApp = {
    options,
    ask,
    dialect,
    async gone(type, error, call) {
      if (deps.environment.monotonic() - answeredAt < KNOWN_MS) return error
      try {
        await ask({ method: 'GET', path: forms[type].endpoint, query: { count: 1 } }, call)
        return error
      } catch (other) {
        // It can't be told whether the account is gone, or everything is.
        return other instanceof AppError ? other : error
      }
    },
  }
  const { read: members } = profile.group.members
  return {
    traits: traitsOf(profile, forms),
    list: (type, after, call) => orAppError(() => readList(app, forms[type], after, call)),
    find: (type, key, call) => orAppError(() => findAccounts(app, forms[type], key, call)),
    read: (type, id, call) => orAppError(() => readAccount(app, type, id, call)),
    create: (type, document, call) => orAppError(() => create(app, { do: 'create', type, document }, call)),
    update: (type, id, change, call) => orAppError(() => carryOut(app, { do: 'update', type, id, change }, call)),
    disable: (id, change, call) =>
      orAppError(() => orGone(carryOut(app, { do: 'disable', type: 'User', id, change }, call))),
    remove: (type, id, call) => orAppError(() => orGone(carryOut(app, { do: 'remove', type, id }, call))),
    members: (id, change, call) => orAppError(() => carryOut(app, { do: 'members', type: 'Group', id, change }, call)),
    ...(members === 'resource'
      ? { readMembers: (id, _after, call) => orAppError(() => readMembers(app, id, call)) }
      : {}),
    ...(members === 'filter'
      ? { isMember: (id, member, call) => orAppError(() => findMember(app, forms.Group, id, member, call)) }
      : {}),
    show: (step) => shown(requestsOf(step, dialect), forms[step.type], profile),
  }
}

async function readAccount(
  app: ScimApp,
  type: AccountType,
  id: string,
  call: AdapterCall,
): Promise<Account | undefined> {
  const form = app.dialect.forms[type]
  const body = await readWhole(app, type, id, call, withoutMembers(form, app.options)).catch((error: unknown) => {
    if (error instanceof AppError && error.trouble === 'gone') return undefined
    throw error
  })
  if (body === undefined) return undefined
  const account = form.read(body)
  if (account !== undefined) return { ...account, id }
  throw new AppError('unavailable', `The answer to GET ${pathOf(form.endpoint, id)} holds no resource with an id`)
}

/** A resource as the app shows it. Throws AppError, `gone` when there is none. */
async function readWhole(
  { ask, dialect, gone }: ScimApp,
  type: AccountType,
  id: string,
  call: AdapterCall,
  query: { readonly excludedAttributes?: string } = {},
): Promise<JsonObject> {
  const path = pathOf(dialect.forms[type].endpoint, id)
  try {
    const { body } = await ask({ method: 'GET', path, query }, call)
    if (body !== undefined) return body
  } catch (error) {
    throw error instanceof AppError && error.trouble === 'gone' ? await gone(type, error, call) : error
  }
  throw new AppError('unavailable', `The answer to GET ${path} is empty`)
}

async function create(app: ScimApp, step: Extract<Step, { do: 'create' }>, call: AdapterCall): Promise<Account> {
  const { dialect, ask } = app
  const form = dialect.forms[step.type]
  const { members: _members, ...own } = step.document
  const taken = form.asTaken(own)
  const why = whyUnfit(form, dialect.profile.name, taken)
  if (why !== undefined) throw unfit(why)
  const [request] = requestsOf(step, dialect)
  if (request?.kind !== 'send') throw unfit(`${dialect.profile.name} takes no new ${step.type}`)
  const answer = await ask(request, call)
  const { body, status } = answer
  const account = body === undefined ? undefined : form.read(body)
  // Some answer with the id alone, or with nothing: then it is what was sent.
  const naming = step.type === 'User' ? 'userName' : 'displayName'
  if (account !== undefined) {
    return account.document[naming] === undefined
      ? { id: account.id, document: { ...taken, ...account.document } }
      : account
  }
  const { idFrom } = form.account
  const location = answer.headers.get('location')
  const id = (location === null ? undefined : idInUri(location)) ?? (idFrom === null ? undefined : taken[idFrom])
  if (typeof id === 'string' && id !== '') return { id, document: taken }
  throw new AppError('unknown', `The ${step.type} was made, but the answer has neither its id nor its location`, {
    status,
  })
}

/** Sends the requests of a step, one after another. Throws AppError. */
async function carryOut(app: ScimApp, step: Exclude<Step, { do: 'create' }>, call: AdapterCall): Promise<void> {
  try {
    for (const request of requestsOf(step, app.dialect)) await sendOne(app, step, request, call)
  } catch (error) {
    throw error instanceof AppError && error.trouble === 'gone' ? await app.gone(step.type, error, call) : error
  }
}

async function sendOne(
  app: ScimApp,
  step: Exclude<Step, { do: 'create' }>,
  request: Planned,
  call: AdapterCall,
): Promise<void> {
  const { ask, dialect } = app
  // Whatever else the step is about has been done by then.
  if (request.kind === 'unmet') throw unfit(request.why)
  if (request.kind === 'send') {
    try {
      await ask(request, call)
    } catch (error) {
      // Of several members one is not there any more: the others still have to go.
      if (step.do !== 'members' || !hasKeyword(error, 'noTarget')) throw error
      await sendSeparately(app, request, call)
    }
    return
  }
  const form = dialect.forms[step.type]
  const current = await readWhole(app, step.type, step.id, call)
  if (request.kind === 'rewrite') {
    await ask(
      {
        method: 'PUT',
        path: request.path,
        body: inDialect(overlaid(current, request.from, request.to, form.type), dialect.profile),
      },
      call,
    )
    return
  }
  const seen = memberIds(current)
  if (seen.length >= dialect.profile.group.members.readMax) throw cutShort(seen.length)
  const anew = membersRewritten(current, request.change, form.type, dialect.profile)
  if (anew !== undefined)
    await ask({ path: request.path, method: anew.method, body: inDialect(anew.body, dialect.profile) }, call)
}

/** The operations of a request one by one; members that have left already are no error. */
async function sendSeparately(
  { ask }: ScimApp,
  { method, path, body = {} }: Extract<Planned, { kind: 'send' }>,
  call: AdapterCall,
): Promise<void> {
  const { Operations: operations, ...rest } = body
  for (const operation of Array.isArray(operations) ? operations : []) {
    try {
      await ask({ method, path, body: { ...rest, Operations: [operation] } }, call)
    } catch (error) {
      if (!hasKeyword(error, 'noTarget')) throw error
    }
  }
}

async function readMembers(app: ScimApp, id: string, call: AdapterCall): Promise<MemberPage> {
  const { readMax } = app.dialect.profile.group.members
  const ids = memberIds(await readWhole(app, 'Group', id, call))
  if (ids.length >= readMax) throw cutShort(ids.length)
  return { ids }
}

function cutShort(count: number): AppError {
  return unfit(`The group shows ${count} members, and the app never shows more: who else is in it can't be read`)
}

/** Whether the account is gone, which is what was wanted. */
async function orGone(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof AppError && error.trouble === 'gone')) throw error
  }
}

/** What makes no sense before anything is sent (an id that no URL can hold, a document that is none) is refused. */
async function orAppError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof AppError ? error : unfit(error instanceof Error ? error.message : String(error))
  }
}
