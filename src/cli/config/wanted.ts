// Checks the form of a configuration, and joins what several files say of one tenant.

import { dirname } from 'node:path'
import { didYouMean, isObject, type Json, type JsonObject } from '../../protocol/index.ts'
import { UsageError } from '../terminal/options.ts'
import type { ConfigDocument } from './config-file.ts'

/** A part of a configuration, with where it is. */
export interface Wanted {
  readonly value: JsonObject
  /** The place of a field in it, by its path with dots. */
  readonly where: (field: string) => string
  /** The folder that files named in it are relative to. */
  readonly folder: string
}

/** What the configuration says of one tenant. */
export interface WantedTenant {
  readonly name: string
  readonly settings: readonly Wanted[]
  /** By label or id. */
  readonly connections: ReadonlyMap<string, Wanted>
  /** By id. */
  readonly apps: ReadonlyMap<string, Wanted>
}

interface Parts {
  readonly settings: Wanted[]
  readonly connections: Map<string, Wanted>
  readonly apps: Map<string, Wanted>
}

const MEMBERS = ['tenant', 'settings', 'connections', 'apps']

/** What is wanted of each tenant, in the order of the files. Refuses what names no tenant, or says something twice. */
export function wantedOf(documents: readonly ConfigDocument[]): readonly WantedTenant[] {
  const tenants = new Map<string, Parts>()
  for (const document of documents) {
    const { value, where } = document
    if (!isObject(value)) throw new UsageError(`${where([])}: a document describes a tenant, with tenant: NAME in it`)
    for (const name of Object.keys(value)) {
      if (MEMBERS.includes(name)) continue
      throw new UsageError(`${where([name])}: ${name}: There is no such field${didYouMean(name, MEMBERS)}`)
    }
    const { tenant } = value
    if (typeof tenant !== 'string')
      throw new UsageError(`${where(['tenant'])}: tenant: This must be the name of a tenant`)
    const found: Parts = tenants.get(tenant) ?? { settings: [], connections: new Map(), apps: new Map() }
    tenants.set(tenant, found)
    if (value.settings !== undefined) found.settings.push(partOf(document, ['settings'], value.settings))
    addParts(document, 'connections', found.connections)
    addParts(document, 'apps', found.apps)
  }
  return [...tenants].map(([name, parts]) => ({ name, ...parts }))
}

function addParts(document: ConfigDocument, name: 'connections' | 'apps', parts: Map<string, Wanted>): void {
  const { value, where } = document
  const given = isObject(value) ? value[name] : undefined
  if (given === undefined || given === null) return
  if (!isObject(given)) throw new UsageError(`${where([name])}: ${name}: This must be an object, by name`)
  for (const [key, one] of Object.entries(given)) {
    const part = partOf(document, [name, key], one ?? {})
    const before = parts.get(key)
    if (before !== undefined) {
      throw new UsageError(`${part.where('')}: ${name}.${key} is at ${before.where('')} already; say it once`)
    }
    parts.set(key, part)
  }
}

function partOf({ file, where }: ConfigDocument, path: readonly string[], value: Json): Wanted {
  if (!isObject(value)) throw new UsageError(`${where(path)}: ${path.join('.')}: This must be an object`)
  return { value, where: (field) => where([...path, ...stepsOf(value, field)]), folder: dirname(file) }
}

/** The steps of a path with dots; names may have dots themselves, as URNs do. */
function stepsOf(value: Json | undefined, field: string): readonly string[] {
  if (field === '') return []
  const names = isObject(value) ? Object.keys(value) : []
  const name = names
    .filter((one) => field === one || field.startsWith(`${one}.`))
    .sort((a, b) => b.length - a.length)[0]
  const step = name ?? field.split('.', 1)[0] ?? field
  const below = Array.isArray(value) ? value[Number(step)] : isObject(value) ? value[step] : undefined
  return [step, ...stepsOf(below, field.slice(step.length + 1))]
}
