// What a configuration would change of apps.

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { App, Apps, HubAdministration } from '../../hub/index.ts'
import { isObject, type Json, type JsonObject } from '../../protocol/index.ts'
import { groupIds } from '../apps/group-ids.ts'
import { fileError } from '../files/file-error.ts'
import { UsageError } from '../terminal/options.ts'
import { type Compared, type Difference, type FieldDifference, fieldDifferences } from './difference.ts'
import type { Wanted } from './wanted.ts'

/** Settings whose members are shown one by one. */
const NESTED = [
  'options',
  'credentials',
  'map',
  'scope',
  'scope.users',
  'scope.groups',
  'policy',
  'guard',
  'sweeps',
  'sweeps.policies',
]

/** How an app would differ from what is wanted of it. Undefined: it doesn't. */
export async function appDifference(
  local: Compared,
  hub: HubAdministration,
  { tenant, isNew }: { readonly tenant: string; readonly isNew: boolean },
  id: string,
  wanted: Wanted,
): Promise<Difference | undefined> {
  const { apps } = hub
  const existing = isNew ? undefined : await existingApp(apps, tenant, id)
  const draft = await draftOf(local, { tenant, isNew }, wanted, existing)
  const { fields, faults } = await apps.check(isNew ? undefined : tenant, { label: id, ...draft })
  const [fault] = faults
  if (fault !== undefined || fields === undefined)
    throw new UsageError(`${wanted.where(fault?.field ?? '')}: ${fault?.field}: ${fault?.message}`)
  const after = shownFields({
    ...fields,
    credentials: draft.credentials === undefined ? existing?.credentials : fields.credentials,
  })
  if (existing === undefined) {
    const carryOut = async () => {
      await apps.create(tenant, id, draft)
      return `App "${id}" is off; look at its plan, and switch it on: lockstep plan ${id} --tenant ${tenant}`
    }
    return { tenant, kind: 'app', id, verb: 'create', fields: fieldDifferences({}, after, NESTED), carryOut }
  }
  const changed = [
    ...fieldDifferences(shownFields(existing), after, NESTED),
    ...(await secretDifference(apps, tenant, id, draft)),
  ]
  if (changed.length === 0) return undefined
  const carryOut = async () => void (await apps.replace(tenant, id, draft))
  return { tenant, kind: 'app', id, verb: 'change', fields: changed, carryOut }
}

async function existingApp(apps: Apps, tenant: string, id: string): Promise<App | undefined> {
  const { items } = await apps.list(tenant, { search: id, limit: 1_000 })
  return items.find((app) => app.id === id)
}

/** What the file says, with groups by their ids and the secret from where it is. */
async function draftOf(
  local: Compared,
  { tenant, isNew }: { readonly tenant: string; readonly isNew: boolean },
  wanted: Wanted,
  existing: App | undefined,
): Promise<JsonObject> {
  const { value } = wanted
  const idOf = async (given: Json | undefined, field: string): Promise<Json> => {
    const where = `${wanted.where(field)}: ${field}`
    if (typeof given !== 'string') throw new UsageError(`${where}: This must be the name or the id of a group`)
    if (isNew)
      throw new UsageError(`${where}: Tenant "${tenant}" has no group "${given}" yet; name it once it is there`)
    const [id = ''] = await groupIds(await local.directory(), tenant, [given], where)
    return id
  }
  const draft: { [name: string]: Json } = { ...value }
  if (isObject(value.scope)) draft.scope = await withGroupIds(value.scope, idOf)
  if (Array.isArray(value.grants)) {
    draft.grants = await Promise.all(
      value.grants.map(async (grant, at) =>
        isObject(grant) && grant.group !== undefined
          ? { ...grant, group: await idOf(grant.group, `grants.${at}.group`) }
          : grant,
      ),
    )
  }
  if (isObject(value.credentials)) draft.credentials = await readCredentials(value.credentials, wanted, existing)
  return draft
}

async function withGroupIds(
  scope: JsonObject,
  idOf: (given: Json | undefined, field: string) => Promise<Json>,
): Promise<JsonObject> {
  const rules = Object.entries(scope).map(async ([type, rule]): Promise<[string, Json]> => {
    if (!isObject(rule)) return [type, rule]
    const parts = Object.entries(rule).map(async ([name, value]): Promise<[string, Json]> => {
      if ((name !== 'memberOf' && name !== 'notMemberOf') || !Array.isArray(value)) return [name, value]
      return [name, await Promise.all(value.map((one, at) => idOf(one, `scope.${type}.${name}.${at}`)))]
    })
    return [type, Object.fromEntries(await Promise.all(parts))]
  })
  return Object.fromEntries(await Promise.all(rules))
}

/** Credentials with the secret of the file that they name, or that of before if they say that it is stored. */
async function readCredentials(given: JsonObject, wanted: Wanted, existing: App | undefined): Promise<JsonObject> {
  const { file, stored, secret, sealed, ...rest } = given
  const at = (field: string, message: string) =>
    new UsageError(`${wanted.where(`credentials.${field}`)}: credentials.${field}: ${message}`)
  if (secret !== undefined || sealed !== undefined) {
    const field = secret === undefined ? 'sealed' : 'secret'
    throw at(field, 'A secret is never in a configuration; name an environment variable (env) or a file')
  }
  if ([rest.env, file, stored].filter((one) => one !== undefined).length !== 1) {
    throw at('env', 'Say where the secret is: env, file, or stored: true for the one that is stored already')
  }
  if (stored !== undefined) {
    if (stored !== true || existing?.credentials?.secret !== 'sealed')
      throw at('stored', 'No secret is stored for this app; name an environment variable (env) or a file')
    return rest
  }
  if (file === undefined) return rest
  if (typeof file !== 'string') throw at('file', 'This must be the path of a file')
  const path = resolve(wanted.folder, file)
  const text = await readFile(path, 'utf8').catch((error) => {
    throw at('file', fileError(path, 'read', error).message)
  })
  if (text.trim() === '') throw at('file', `${path} is empty`)
  return { ...rest, secret: text.trim() }
}

async function secretDifference(
  apps: Apps,
  tenant: string,
  id: string,
  draft: JsonObject,
): Promise<readonly FieldDifference[]> {
  const secret = isObject(draft.credentials) ? draft.credentials.secret : undefined
  if (typeof secret !== 'string' || (await apps.hasSecret(tenant, id, secret))) return []
  return [{ path: 'credentials.secret', is: '(changed)' }]
}

/** The settings of an app that files say, without what is secret. */
export function shownFields(app: Omit<Partial<App>, 'credentials'> & { readonly credentials?: unknown }): JsonObject {
  const { label, adapter, options, map, scope, grants, policy, guard, sweeps } = app
  const { secret: _where, sealed: _sealed, expiry: _expiry, ...credentials } = (app.credentials ?? {}) as JsonObject
  const fields = { label, adapter, options, map, scope, grants, policy, guard, sweeps }
  const shown = Object.entries({ ...fields, ...(app.credentials === undefined ? {} : { credentials }) })
  return JSON.parse(JSON.stringify(Object.fromEntries(shown.filter(([, value]) => value !== undefined))))
}
