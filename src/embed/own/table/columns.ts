// Reads the columns that an app names, and says what is wrong with them when the table is declared.

import {
  type Attribute,
  bindPath,
  ConfigError,
  isObject,
  type Json,
  type JsonObject,
  LENIENT,
  parsePath,
  type ResourceType,
  ScimError,
  type Target,
} from '../../../protocol/index.ts'
import type { SqlValue } from './connection.ts'
import type { ColumnForm } from './options.ts'

/** A column and the attribute that it holds. */
export interface Column {
  /** The attribute's canonical path; with brackets for a value in a list. */
  readonly path: string
  readonly target: Target
  /** What the value in a list is told by: `{ type: 'work' }`. */
  readonly element?: JsonObject | undefined
  /** The column's name, quoted. */
  readonly sql: string
  readonly name: string
  /** Whether the column holds the very value, so that SQL can compare it. */
  readonly plain: boolean
  readonly read: (value: unknown) => Json | undefined
  readonly write: (value: Json | undefined) => SqlValue
}

/** A name in SQL, quoted. Throws ConfigError for one that no database takes. */
export function quoted(option: string, name: unknown): string {
  if (typeof name !== 'string' || name === '' || name.includes('\0')) {
    throw new ConfigError(option, 'must be a name in the database')
  }
  return `"${name.replaceAll('"', '""')}"`
}

/** Reads `columns`. Throws ConfigError. */
export function readColumns(
  type: ResourceType,
  columns: { readonly [path: string]: string | ColumnForm | undefined },
): readonly Column[] {
  const read = Object.entries(columns).flatMap(([path, form]) =>
    form === undefined ? [] : [readColumn(type, path, form)],
  )
  const [twice] = read.filter(({ name }, at) => read.findIndex((one) => one.name === name) !== at)
  if (twice) throw new ConfigError('columns', `name "${twice.name}" twice: a column holds one attribute`)
  for (const { name, required, multiValued } of type.schema.attributes) {
    if (
      required &&
      !multiValued &&
      !read.some(({ target }) => target.extension === undefined && target.path === name)
    ) {
      throw new ConfigError('columns', `need one for ${name}: every ${type.name} has it`)
    }
  }
  return read
}

function readColumn(type: ResourceType, path: string, form: string | ColumnForm): Column {
  const option = `columns["${path}"]`
  const found = findTarget(type, path, option)
  const name = typeof form === 'string' ? form : form.column
  const sql = quoted(option, name)
  const { leaf } = found.target
  if (typeof form === 'string') {
    return { ...found, name, sql, plain: true, read: (value) => readPlain(leaf, value), write: writePlain }
  }
  if (typeof form.read !== 'function' || typeof form.write !== 'function') {
    throw new ConfigError(option, 'needs read and write, which convert its values')
  }
  return { ...found, name, sql, plain: false, read: form.read, write: form.write }
}

/** The attribute of a path: single, and written by clients. */
function findTarget(type: ResourceType, path: string, option: string): Pick<Column, 'path' | 'target' | 'element'> {
  const bound = boundPath(type, path, option)
  if (bound?.target === undefined) throw new ConfigError(option, `names no attribute of ${type.name}`)
  const { target, made } = bound
  const { attribute, leaf, sub } = target
  if (leaf.type === 'complex') {
    throw new ConfigError(option, `has several parts; name each: ${target.path}.${leaf.subAttributes?.[0]?.name}`)
  }
  if ([attribute, leaf].some(({ mutability }) => mutability === 'readOnly' || mutability === 'writeOnly')) {
    throw new ConfigError(option, `is ${leaf.mutability} and can't be a column`)
  }
  if (!attribute.multiValued && !leaf.multiValued) return { path: target.path, target }
  if (made === undefined || sub === undefined || leaf.multiValued) {
    throw new ConfigError(option, `is a list; name one value of it, such as ${attribute.name}[type eq "work"].value`)
  }
  return { path, target, element: made }
}

function boundPath(type: ResourceType, path: string, option: string) {
  try {
    return bindPath(parsePath(path), type, LENIENT)
  } catch (error) {
    throw error instanceof ScimError ? new ConfigError(option, `is not a path: ${error.message}`) : error
  }
}

/** A value as the database's driver gives it, as the attribute's type has it. */
function readPlain({ type }: Attribute, value: unknown): Json | undefined {
  if (value === null || value === undefined) return undefined
  if (type === 'boolean') return typeof value === 'boolean' ? value : Number(value) !== 0
  if (type === 'integer' || type === 'decimal') return Number(value)
  if (value instanceof Date) return value.toISOString()
  return String(value)
}

function writePlain(value: Json | undefined): SqlValue {
  return value === undefined || isObject(value) || Array.isArray(value) ? null : (value as SqlValue)
}
