// `lockstep config export`: writes tenants, connections and apps as configuration files.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { App } from '../../hub/index.ts'
import { isObject, type Json, type JsonObject } from '../../protocol/index.ts'
import { type Connection, DEFAULT_SETTINGS } from '../../tenancy/index.ts'
import { groupNames } from '../apps/group-names.ts'
import { withLocal } from '../database/local.ts'
import { fileError } from '../files/file-error.ts'
import { flagOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'
import { shownFields } from './app-difference.ts'
import { connectionFields } from './connection-difference.ts'
import { type Compared, canonical } from './difference.ts'

const HEAD = '# Written by lockstep config export. Check it with: lockstep apply --check DIR\n'

/** `lockstep config export`: one file for each tenant. Secrets are not in it. */
export async function exportConfig([folder = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const only = textOption(options, 'tenant')
    const tenants = only === undefined ? await local.tenancy.tenants.list() : [await local.tenancy.tenants.show(only)]
    const files: string[] = []
    for (const { name } of tenants) {
      if (!(await local.tenancy.tenants.isImported(name))) continue
      const file = join(folder, `${name}.yaml`)
      await write(file, await tenantConfig(local, name), flagOption(options, 'force'))
      files.push(file)
    }
    if (flagOption(options, 'json')) return printJson({ files })
    for (const file of files) printLine(`Wrote ${file}`)
  })
}

async function write(file: string, text: string, force: boolean): Promise<void> {
  try {
    await mkdir(join(file, '..'), { recursive: true })
    await writeFile(file, text, { flag: force ? 'w' : 'wx', mode: 0o600 })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new UsageError(`${file} already exists; --force replaces it`)
    throw fileError(file, 'written', error)
  }
}

/** The configuration of a tenant as YAML. */
export async function tenantConfig(local: Compared, tenant: string): Promise<string> {
  const { tenancy } = local
  await tenancy.ready(tenant)
  const connections = await tenancy.connections.list(tenant)
  const { items: apps } = await (await local.hub()).apps.list(tenant, { limit: 1_000 })
  const named = await groupNames(local, tenant, apps.flatMap(groupsOf))
  const defaults = await defaultsOf(local)
  const config: { [name: string]: Json } = { tenant }
  const settings = different(json(tenancy.settings(tenant)), json(DEFAULT_SETTINGS), ['features'])
  if (Object.keys(settings).length > 0) config.settings = settings
  if (connections.length > 0)
    config.connections = Object.fromEntries(
      // By name, so that files of two databases can be compared.
      connections.map((one) => connectionConfig(one, connections)).sort(([a], [b]) => (a < b ? -1 : 1)),
    )
  if (apps.length > 0) config.apps = Object.fromEntries(apps.map((app) => [app.id, appConfig(app, defaults, named)]))
  return HEAD + stringify(config, { lineWidth: 0 })
}

/** What an app is that says nothing. */
async function defaultsOf(local: Compared): Promise<JsonObject> {
  const { fields } = await (await local.hub()).apps.check(undefined, { label: '-', options: {} })
  return fields === undefined ? {} : shownFields(fields)
}

function connectionConfig(one: Connection, all: readonly Connection[]): readonly [string, JsonObject] {
  const { label, rights, ...facts } = connectionFields(one)
  const rest = { ...facts, ...(rights === 'all' || rights === undefined ? {} : { rights }) }
  const isClear = all.every((other) => other === one || (other.label !== one.label && other.id !== one.label))
  return isClear ? [one.label, rest] : [one.id, { label: one.label, ...rest }]
}

function appConfig(app: App, defaults: JsonObject, named: ReadonlyMap<string, string>): JsonObject {
  const { label, scope, grants, credentials, ...rest } = shownFields(app)
  const nameOf = (id: Json) => (typeof id === 'string' ? (named.get(id) ?? id) : id)
  const secret = app.credentials?.secret === 'sealed' ? { stored: true } : {}
  return {
    // Beside the defaults, whose label is as good as any: one like it must not be left out.
    ...(label === undefined || label === app.id ? {} : { label }),
    ...different(rest, defaults, ['policy', 'guard', 'sweeps', 'sweeps.policies']),
    // It may be what is the default today only.
    adapter: app.adapter,
    ...(isObject(credentials) ? { credentials: { ...credentials, ...secret } } : {}),
    scope: withNames(scope, nameOf),
    ...(app.grants.length === 0
      ? {}
      : { grants: json(app.grants.map((one) => ({ ...one, group: nameOf(one.group) }))) }),
  }
}

function withNames(scope: Json | undefined, nameOf: (id: Json) => Json): Json {
  if (!isObject(scope)) return {}
  const rules = Object.entries(scope).map(([type, rule]): [string, Json] => {
    if (!isObject(rule)) return [type, rule]
    const parts = Object.entries(rule).map(([name, value]): [string, Json] => [
      name,
      Array.isArray(value) ? value.map(nameOf) : value,
    ])
    return [type, Object.fromEntries(parts)]
  })
  return Object.fromEntries(rules)
}

/** Ids of the groups that the scope and the grants of an app name. */
function groupsOf({ scope, grants }: App): readonly string[] {
  const rules = [scope.users, scope.groups ?? {}]
  return [
    ...rules.flatMap(({ memberOf = [], notMemberOf = [] }) => [...memberOf, ...notMemberOf]),
    ...grants.map(({ group }) => group),
  ]
}

/** The members that differ from the defaults, those of `nested` one by one. */
function different(value: JsonObject, defaults: JsonObject, nested: readonly string[], below = ''): JsonObject {
  const kept = Object.entries(value).flatMap(([name, one]): [string, Json][] => {
    const path = `${below}${name}`
    const usual = defaults[name]
    if (canonical(one) === canonical(usual)) return []
    if (nested.includes(path) && isObject(one) && isObject(usual))
      return [[name, different(one, usual, nested, `${path}.`)]]
    return [[name, one]]
  })
  return Object.fromEntries(kept)
}

function json(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value))
}
