// The settings of sign-in: an identity provider for the console, and who gets which role by it.

import type { Environment } from '../environment.ts'
import { isObject, type Json, type JsonObject } from '../protocol/index.ts'
import {
  createNote,
  factsOf,
  numberOf,
  oneRecord,
  type Store,
  type StoredRecord,
  textOf,
  untilUnchanged,
} from '../store/index.ts'
import { invalid } from './errors.ts'
import { checkGrant, type Giver, type RoleGrant, requireGiver } from './operators.ts'
import type { Sealer } from './sealed.ts'

/** The record: its secret is sealed for it. */
export const SIGN_IN_RECORD = { tenant: '', kind: 'sign-in', key: 'settings' } as const
/** Most rules, and most groups of the staff. */
const RULES = 200
const TEXT_LENGTH = 500
const MINUTE_MS = 60_000

/** The identity provider of the console. */
export interface OidcSettings {
  readonly issuer: string
  readonly clientId: string
  /** On the button of the sign-in page. */
  readonly label?: string
  /** How the client proves itself; `key`: by a private key, in PEM. */
  readonly client: 'secret' | 'key' | 'none'
  /** `kid` of the key, as the identity provider knows it. */
  readonly keyId?: string
  readonly secret?: { readonly sealed: string } | { readonly env: string }
  readonly scopes: readonly string[]
}

/** A role for everybody whose claim has a value. */
export interface ClaimRule extends RoleGrant {
  readonly claim: string
  readonly value: string
}

/** People of a tenant who may sign in: those that a claim names, by their groups. */
export interface StaffSettings {
  readonly tenant: string
  readonly claim: string
  readonly attribute: 'userName' | 'externalId'
  readonly groups: readonly (RoleGrant & { readonly group: string })[]
}

/** All settings of sign-in. */
export interface SignInSettings {
  readonly oidc?: OidcSettings
  /** The first that fits counts. */
  readonly rules: readonly ClaimRule[]
  readonly staff?: StaffSettings
  readonly idleMs?: number
  readonly longestMs?: number
}

/** The settings, and how they are changed. */
export interface SignIn {
  readonly read: () => Promise<SignInSettings>
  /** What a draft would be, with its secret sealed. Throws {@link TenancyError}. */
  readonly check: (draft: JsonObject, giver: Giver) => Promise<SignInSettings>
  readonly put: (draft: JsonObject, giver: Giver) => Promise<SignInSettings>
  /** The secret of the client in the clear; undefined when it has none, or the variable is not set. */
  readonly secretOf: (oidc: OidcSettings) => Promise<string | undefined>
}

/** Creates the access to the settings of sign-in. */
export function createSignIn(store: Store, sealer: Pick<Sealer, 'seal' | 'open'>, environment: Environment): SignIn {
  const record = () => oneRecord(store, '', SIGN_IN_RECORD.kind, SIGN_IN_RECORD.key)
  const check = async (draft: JsonObject, giver: Giver) => {
    const before = settingsOf(await record())
    const after = readDraft(draft)
    for (const grant of [...after.rules, ...(after.staff?.groups ?? [])]) requireGiver(giver, grant)
    return after.oidc === undefined
      ? after
      : { ...after, oidc: await withSecret(after.oidc, draft, before.oidc, sealer) }
  }
  return {
    read: async () => settingsOf(await record()),
    check,
    put: (draft, giver) =>
      untilUnchanged(SIGN_IN_RECORD.key, async () => {
        const now = await record()
        const after = await check(draft, giver)
        const note = createNote(environment, giver.actor, giver.told)
        const [was, is] = [shown(settingsOf(now)), shown(after)]
        await store.commit([
          {
            write: 'record',
            record: SIGN_IN_RECORD,
            value: jsonOf(after),
            ...(now === undefined ? { ifAbsent: true } : { ifValue: now.value }),
          },
          note('', 'SignInSettings', 'console', 'changed', { settings: { was, is } }),
        ])
        return after
      }),
    secretOf: async ({ secret }) => {
      if (secret === undefined) return undefined
      return 'env' in secret ? process.env[secret.env] : sealer.open(secret.sealed, SIGN_IN_RECORD)
    },
  }
}

/** The settings as they are shown: of a secret only where it is. */
export function shown({ oidc, idleMs, longestMs, ...rest }: SignInSettings): JsonObject {
  const { secret, ...open } = oidc ?? {}
  const where = secret === undefined ? 'none' : 'env' in secret ? 'env' : 'sealed'
  return JSON.parse(
    JSON.stringify({
      ...(oidc === undefined
        ? {}
        : {
            oidc: { ...open, secret: where, ...(secret !== undefined && 'env' in secret ? { env: secret.env } : {}) },
          }),
      ...rest,
      ...(idleMs === undefined ? {} : { idleMinutes: idleMs / MINUTE_MS }),
      ...(longestMs === undefined ? {} : { longestMinutes: longestMs / MINUTE_MS }),
    }),
  )
}

/** Takes a tenant off the rules and the groups that give roles for it: they must not count for a later tenant of the same name. */
export async function dropFromSignIn(store: Store, tenant: string): Promise<void> {
  await untilUnchanged(SIGN_IN_RECORD.key, async () => {
    const record = await oneRecord(store, '', SIGN_IN_RECORD.kind, SIGN_IN_RECORD.key)
    if (record === undefined) return
    const before = settingsOf(record)
    const { staff, ...rest } = before
    const without = <Own extends RoleGrant>(grants: readonly Own[]) =>
      grants.flatMap((grant) => {
        const tenants = grant.tenants?.filter((name) => name !== tenant)
        return tenants === undefined ? [grant] : tenants.length === 0 ? [] : [{ ...grant, tenants }]
      })
    const kept =
      staff === undefined || staff.tenant === tenant ? {} : { staff: { ...staff, groups: without(staff.groups) } }
    const after = { ...rest, rules: without(before.rules), ...kept }
    if (JSON.stringify(after) === JSON.stringify(before)) return
    await store.commit([{ write: 'record', record: SIGN_IN_RECORD, value: jsonOf(after), ifValue: record.value }])
  })
}

/** The secret of a draft, sealed; without one, that of before if the client is the same. */
async function withSecret(
  { secret: _none, ...oidc }: OidcSettings,
  draft: JsonObject,
  before: OidcSettings | undefined,
  sealer: Pick<Sealer, 'seal'>,
): Promise<OidcSettings> {
  if (oidc.client === 'none') return oidc
  const given = isObject(draft.oidc) ? draft.oidc : {}
  const [secret, env] = [textOf(given.secret), textOf(given.env)]
  if (secret !== undefined && env !== undefined)
    throw invalid('Give a secret, or the variable that holds it, not both', 'oidc.secret')
  if (env !== undefined) {
    // Not the keys of the installation itself, nor anything that nobody meant for this.
    if (!/^[A-Z][A-Z0-9_]{0,99}$/.test(env) || env.startsWith('LOCKSTEP_'))
      throw invalid(
        'The name of a variable is like CONSOLE_CLIENT_SECRET, and does not begin with LOCKSTEP_',
        'oidc.env',
      )
    return { ...oidc, secret: { env } }
  }
  if (secret !== undefined) return { ...oidc, secret: { sealed: await sealer.seal(secret, SIGN_IN_RECORD) } }
  const same =
    before?.secret !== undefined &&
    before.issuer === oidc.issuer &&
    before.clientId === oidc.clientId &&
    before.client === oidc.client
  if (same && before.secret !== undefined) return { ...oidc, secret: before.secret }
  throw invalid('The client needs its secret, or the variable that holds it', 'oidc.secret')
}

function readDraft(draft: JsonObject): SignInSettings {
  const oidc = isObject(draft.oidc) ? readOidc(draft.oidc) : undefined
  const rules = listOf(draft.rules).map((rule, at) => ({
    claim: required(rule.claim, `rules.${at}.claim`),
    value: required(rule.value, `rules.${at}.value`),
    ...readGrant(rule),
  }))
  const staff = isObject(draft.staff) ? readStaff(draft.staff) : undefined
  const groups = staff?.groups ?? []
  if (rules.length + groups.length > RULES) throw invalid(`There are ${RULES} rules at most`, 'rules')
  return {
    ...(oidc === undefined ? {} : { oidc }),
    rules,
    ...(staff === undefined ? {} : { staff }),
    ...minutes('idleMs', draft.idleMinutes),
    ...minutes('longestMs', draft.longestMinutes),
  }
}

function readOidc(json: JsonObject): OidcSettings {
  const issuer = required(json.issuer, 'oidc.issuer')
  if (!isIssuer(issuer))
    throw invalid(
      'The issuer is an https URL without query and fragment, like https://login.example.com',
      'oidc.issuer',
    )
  const { client = 'secret' } = json
  if (client !== 'secret' && client !== 'key' && client !== 'none')
    throw invalid('The client proves itself by secret, key or none', 'oidc.client')
  const scopes = Array.isArray(json.scopes)
    ? json.scopes.filter((scope) => typeof scope === 'string')
    : ['profile', 'email']
  const label = textOf(json.label)
  const keyId = textOf(json.keyId)
  return {
    issuer,
    clientId: required(json.clientId, 'oidc.clientId'),
    ...(label === undefined || label === '' ? {} : { label: label.slice(0, TEXT_LENGTH) }),
    client,
    ...(client !== 'key' || keyId === undefined || keyId === '' ? {} : { keyId: keyId.slice(0, TEXT_LENGTH) }),
    scopes: [...new Set(['openid', ...scopes])],
  }
}

/** Whether a text is an issuer: https, or plain http on this machine. OpenID Connect Discovery §3. */
function isIssuer(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
    return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))
}

/** Whether a URL leads to this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}

function readStaff(json: JsonObject): StaffSettings {
  const { attribute = 'userName' } = json
  if (attribute !== 'userName' && attribute !== 'externalId')
    throw invalid('People are found by userName or externalId', 'staff.attribute')
  return {
    tenant: required(json.tenant, 'staff.tenant'),
    claim: required(json.claim, 'staff.claim'),
    attribute,
    groups: listOf(json.groups).map((group, at) => ({
      group: required(group.group, `staff.groups.${at}.group`),
      ...readGrant(group),
    })),
  }
}

function readGrant({ role, tenants }: JsonObject): RoleGrant {
  return checkGrant(
    textOf(role) ?? '',
    Array.isArray(tenants) ? tenants.filter((name) => typeof name === 'string') : undefined,
  )
}

function required(value: Json | undefined, field: string): string {
  const text = textOf(value)?.trim() ?? ''
  if (text === '' || text.length > TEXT_LENGTH)
    throw invalid(`It needs a text of 1 to ${TEXT_LENGTH} characters`, field)
  return text
}

function minutes(name: 'idleMs' | 'longestMs', value: Json | undefined) {
  const number = numberOf(value)
  return number === undefined ? {} : { [name]: number * MINUTE_MS }
}

function listOf(json: Json | undefined): readonly JsonObject[] {
  return Array.isArray(json) ? json.filter(isObject) : []
}

function jsonOf({ idleMs, longestMs, oidc, ...rest }: SignInSettings): JsonObject {
  return JSON.parse(
    JSON.stringify({
      ...rest,
      ...(oidc === undefined ? {} : { oidc: { ...oidc, secret: undefined, ...oidc.secret } }),
      ...(idleMs === undefined ? {} : { idleMinutes: idleMs / MINUTE_MS }),
      ...(longestMs === undefined ? {} : { longestMinutes: longestMs / MINUTE_MS }),
    }),
  )
}

/** What is kept. What this version can't read lets nobody in. */
function settingsOf(record: StoredRecord | undefined): SignInSettings {
  if (record === undefined) return { rules: [] }
  const facts = factsOf(record)
  try {
    const settings = readDraft(facts)
    if (settings.oidc === undefined || !isObject(facts.oidc)) return settings
    const [sealed, env] = [textOf(facts.oidc.sealed), textOf(facts.oidc.env)]
    const secret = sealed !== undefined ? { sealed } : env !== undefined ? { env } : undefined
    return { ...settings, oidc: { ...settings.oidc, ...(secret === undefined ? {} : { secret }) } }
  } catch {
    return { rules: [] }
  }
}
