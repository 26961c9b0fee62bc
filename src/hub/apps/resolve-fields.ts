// Turns what an administrator gives of an app into settings: secrets sealed, every field checked.

import { isObject, type Json, type JsonObject, type ResourceType } from '../../protocol/index.ts'
import type { AdapterKind, AppCredentials, AppSettings } from '../contract/index.ts'
import { refusedBy } from './app-refusal.ts'
import { withSecret } from './credentials.ts'
import { readFields } from './field-reader.ts'
import { readSetFields, type SetFields } from './read-settings.ts'

/** What settings are read with. */
export interface FieldDeps {
  /** Ways of speaking to apps. */
  readonly kinds: readonly AdapterKind[]
  /** Seals a secret for an app: it opens nowhere else. */
  readonly seal: (tenant: string, app: string, secret: string) => Promise<string>
  /** Whether a sealed secret of an app is this one. */
  readonly matches: (tenant: string, app: string, sealed: string, secret: string) => Promise<boolean>
  /** Whether credentials may name an environment variable: whoever sets the URL of an app learns what the variable holds. */
  readonly mayNameVariables: boolean
  /** The resource types of a tenant; refuses one that doesn't exist. */
  readonly types: (tenant: string) => Promise<readonly ResourceType[]>
}

/**
 * Reads what is given, for a new app or, with `before`, for one that changes. `credentials` absent: those of before stay; null: there
 * are none any more. Throws a refusal that names each field that is wrong.
 */
export async function resolveFields(
  { kinds, seal, mayNameVariables, types }: FieldDeps,
  { tenant, id }: { readonly tenant: string; readonly id: string },
  given: JsonObject,
  before: AppSettings | undefined,
): Promise<SetFields & { readonly credentials?: AppCredentials }> {
  const reader = readFields()
  const { credentials, ...rest } = given
  const old = before?.credentials
  if (isObject(credentials) && !mayNameVariables && credentials.env !== undefined && credentials.env !== old?.env) {
    const may = 'Only an administrator of the whole database may name environment variables; give the secret itself'
    reader.fault('credentials.env', may)
  }
  const env = isObject(credentials) ? credentials.env : undefined
  if (typeof env === 'string' && /^LOCKSTEP_/i.test(env) && !/^LOCKSTEP_APP_/.test(env)) {
    reader.fault('credentials.env', 'Variables that begin with LOCKSTEP_ are settings of the server; use another name')
  }
  const sealed =
    credentials === undefined
      ? (old as unknown as Json | undefined)
      : credentials === null
        ? undefined
        : await withSecret(credentials, old, (secret) => seal(tenant, id, secret), reader)
  const { fields, faults } = readSetFields(
    { adapter: kinds[0]?.kind ?? '', ...rest, ...(sealed === undefined ? {} : { credentials: sealed }) },
    { kinds, types: await types(tenant) },
  )
  const all = [...reader.faults, ...faults]
  const isGiven =
    isObject(credentials) && (credentials.secret !== undefined || (mayNameVariables && credentials.env !== undefined))
  if (fields !== undefined && before !== undefined && all.length === 0 && !isGiven && goesElsewhere(before, fields)) {
    const message = 'Give the secret again: with this change it goes to another server than before'
    all.push({ field: 'credentials.secret', message })
  }
  if (fields === undefined || all.length > 0) throw refusedBy(all)
  return fields
}

/** Whether a secret that is kept would from now on go to a server that didn't get it before: whoever may not read it could take it there. */
function goesElsewhere(before: AppSettings, after: SetFields): boolean {
  if (before.credentials === undefined || after.credentials === undefined) return false
  const known = serversIn(before)
  return [...serversIn(after)].some((server) => !known.has(server))
}

/** The servers that options and credentials name, by their origins. */
function serversIn({ options, credentials }: Pick<AppSettings, 'options' | 'credentials'>): ReadonlySet<string> {
  const found = new Set<string>()
  const walk = (value: Json | undefined): void => {
    if (typeof value === 'string') {
      if (/^[a-z][a-z0-9+.-]{0,30}:/i.test(value) && URL.canParse(value)) found.add(originOf(new URL(value)))
    } else if (Array.isArray(value)) for (const one of value) walk(one)
    else if (isObject(value)) for (const one of Object.values(value)) walk(one)
  }
  walk(options)
  walk(credentials?.public)
  return found
}

function originOf({ protocol, host }: URL): string {
  return `${protocol}//${host}`
}
