// Reads what the options of a command say of an app, secrets from wherever they are.

import { isObject, type Json, type JsonObject } from '../../protocol/index.ts'
import type { Local } from '../database/local.ts'
import { parseJson, readInput } from '../resources/json-input.ts'
import { flagOption, listOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { groupIds } from './group-ids.ts'

/** The settings of an app that the options name; empty when they name none. */
export async function readDraft(options: Options, local: Local, tenant: string): Promise<JsonObject> {
  const file = textOption(options, 'settings')
  const given = file === undefined ? {} : objectIn(await readInput(file), file)
  const credentials = await readCredentials(options)
  const scope = await readScope(options, local, tenant)
  const adapterOptions = readAdapterOptions(options)
  const draft: { [name: string]: Json } = { ...given }
  for (const name of ['label', 'adapter'] as const) {
    const text = textOption(options, name)
    if (text !== undefined) draft[name] = text
  }
  if (Object.keys(adapterOptions).length > 0) draft.options = { ...objectOr(given.options), ...adapterOptions }
  if (Object.keys(scope).length > 0) draft.scope = { ...objectOr(given.scope), ...scope }
  if (credentials !== undefined) draft.credentials = credentials
  return draft
}

function objectOr(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

function objectIn(text: string, file: string): JsonObject {
  const json = parseJson(text, file)
  if (isObject(json)) return json
  throw new UsageError(`${file} must hold a JSON object`)
}

function readAdapterOptions(options: Options): JsonObject {
  const more = textOption(options, 'options')
  const own: { [name: string]: Json } = more === undefined ? {} : { ...objectIn(more, '--options') }
  for (const name of ['url', 'profile'] as const) {
    const text = textOption(options, name)
    if (text !== undefined) own[name] = text
  }
  return own
}

async function readScope(options: Options, local: Local, tenant: string): Promise<JsonObject> {
  const users = textOption(options, 'users')
  const groups = textOption(options, 'groups')
  const among = listOption(options, 'usersIn')
  const memberOf = among.length === 0 ? [] : await groupIds(await local.directory(), tenant, among, '--users-in')
  const filterOf = (text: string | undefined): JsonObject => (text === undefined || text === '' ? {} : { filter: text })
  return {
    ...(users === undefined && memberOf.length === 0
      ? {}
      : { users: { ...filterOf(users), ...(memberOf.length === 0 ? {} : { memberOf: [...memberOf] }) } }),
    ...(groups === undefined ? {} : { groups: filterOf(groups) }),
  }
}

/** The credentials that the options name: their secret in the clear, or the environment variable that holds it. */
export async function readCredentials(options: Options): Promise<JsonObject | undefined> {
  const user = textOption(options, 'basic')
  const header = textOption(options, 'header')
  const tokenUrl = textOption(options, 'oauth')
  const token = await readSecret(options, 'token')
  const secret = await readSecret(options, 'secret')
  const expiresAt = textOption(options, 'secretExpires')
  const ways = [token, user, header, tokenUrl].filter((one) => one !== undefined)
  if (ways.length > 1) throw new UsageError('Use only one of --token-…, --basic, --header, --oauth')
  const expires = expiresAt === undefined ? {} : { expiresAt }
  if (token !== undefined) return { kind: 'bearer', ...token, ...expires }
  if (user !== undefined) return { kind: 'basic', public: { user }, ...secret, ...expires }
  if (header !== undefined) return { kind: 'header', public: { name: header }, ...secret, ...expires }
  if (tokenUrl !== undefined)
    return { kind: 'oauth2-client', public: readOAuth(tokenUrl, options), ...secret, ...expires }
  const kind = SECRET_KINDS[textOption(options, 'adapter') ?? '']
  if (secret !== undefined && kind !== undefined) return { kind, ...secret, ...expires }
  if (secret !== undefined)
    throw new UsageError('--secret-… needs --basic, --header, --oauth, --adapter webhook or --adapter table')
  if (expiresAt !== undefined) throw new UsageError('--secret-expires needs the token or secret that expires')
  return undefined
}

/** What a secret is for apps that have one kind of secret only. */
const SECRET_KINDS: { readonly [adapter: string]: string } = { webhook: 'hmac', table: 'connection' }

function readOAuth(tokenUrl: string, options: Options): JsonObject {
  const clientId = textOption(options, 'clientId')
  if (clientId === undefined) throw new UsageError('--oauth needs --client-id')
  const scope = textOption(options, 'scope')
  return { tokenUrl, clientId, ...(scope === undefined ? {} : { scope }) }
}

/** A secret from where the options say that it is. It is never an argument, which every user of the machine could read. */
async function readSecret(options: Options, name: 'token' | 'secret'): Promise<JsonObject | undefined> {
  const env = textOption(options, `${name}Env`)
  const file = textOption(options, `${name}File`)
  const isInput = flagOption(options, `${name}Stdin`)
  if ([env !== undefined, file !== undefined, isInput].filter(Boolean).length > 1) {
    throw new UsageError(`Use only one of --${name}-env, --${name}-file and --${name}-stdin`)
  }
  if (env !== undefined) return { env }
  if (file === undefined && !isInput) return undefined
  const secret = (await readInput(file ?? '-')).trim()
  if (secret === '') throw new UsageError(`${file ?? 'Standard input'} is empty`)
  return { secret }
}
