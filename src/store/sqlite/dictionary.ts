// Keeps the small numbers that stand for tenants, types and index paths.

import { numberOf, textOf } from '../sql/columns.ts'
import type { IndexPath } from '../sql/scope.ts'
import type { Connection } from './connection.ts'

/** An index path of one of a tenant's types. */
export interface TypedPath extends IndexPath {
  readonly typeNo: number
}

/** The small numbers that stand for tenants, types and index paths, kept in memory until another process changes them. */
export interface Dictionary {
  /** "" is 0: the whole database. */
  readonly tenant: (name: string) => number | undefined
  readonly tenantName: (tenantNo: number) => string | undefined
  readonly type: (name: string) => number | undefined
  readonly typeName: (typeNo: number) => string
  /** The types a tenant has had resources of. */
  readonly types: (tenantNo: number) => readonly number[]
  readonly path: (tenantNo: number, typeNo: number, path: string) => TypedPath | undefined
  /** Paths of a tenant, of all its types, that may hold ids of other resources. */
  readonly references: (tenantNo: number) => readonly TypedPath[]
  readonly forget: () => void
  /** For the writer: makes a type that does not exist yet, and lets the listener of `whenMade` know. */
  readonly ensureType: (tenantNo: number, name: string) => number
  /** The same for a type that only lines of the log name, and of which there are no resources. */
  readonly ensureNoteType: (tenantNo: number, name: string) => number
  readonly ensurePath: (tenantNo: number, typeNo: number, path: string, unique: boolean, ready: boolean) => TypedPath
  /** For the writer: called with the tenant's number for each new name, so that other connections can be signalled. */
  readonly whenMade: (listener: (tenantNo: number) => void) => void
}

interface Paths {
  readonly all: Map<string, TypedPath>
  references: readonly TypedPath[] | undefined
}

interface State {
  readonly connection: Connection
  readonly tenants: Map<string, number>
  readonly tenantNames: Map<number, string>
  readonly types: Map<string, number>
  readonly typeNames: Map<number, string>
  readonly tenantTypes: Map<number, readonly number[]>
  readonly paths: Map<number, Paths>
  made: (tenantNo: number) => void
}

/** Creates the dictionary of a connection. */
export function createDictionary(connection: Connection): Dictionary {
  const state: State = {
    connection,
    tenants: new Map(),
    tenantNames: new Map(),
    types: new Map(),
    typeNames: new Map(),
    tenantTypes: new Map(),
    paths: new Map(),
    made() {},
  }
  return {
    tenant: (name) => (name === '' ? 0 : (state.tenants.get(name) ?? readTenant(state, name))),
    tenantName: (tenantNo) =>
      tenantNo === 0 ? '' : (state.tenantNames.get(tenantNo) ?? readTenantName(state, tenantNo)),
    type: (name) => typeNumber(state, name),
    typeName: (typeNo) => typeName(state, typeNo),
    types: (tenantNo) => typesOf(state, tenantNo),
    path: (tenantNo, typeNo, path) => pathsOf(state, tenantNo).all.get(`${typeNo} ${path}`),
    references(tenantNo) {
      const known = pathsOf(state, tenantNo)
      known.references ??= [...known.all.values()].filter(({ path }) => path.endsWith('.value'))
      return known.references
    },
    forget: () => forget(state),
    ensureType: (tenantNo, name) => ensureType(state, tenantNo, name),
    ensureNoteType: (tenantNo, name) => typeNumber(state, name) ?? addType(state, tenantNo, name),
    ensurePath: (tenantNo, typeNo, path, unique, ready) => ensurePath(state, tenantNo, typeNo, path, unique, ready),
    whenMade(listener) {
      state.made = listener
    },
  }
}

function forget({ tenants, tenantNames, types, typeNames, tenantTypes, paths }: State): void {
  for (const known of [tenants, tenantNames, types, typeNames, tenantTypes, paths]) known.clear()
}

function readTenant(state: State, name: string): number | undefined {
  const row = state.connection.row('select t from lockstep_tenant where name = ?', name)
  return row === undefined ? undefined : keepTenant(state, numberOf(row[0]), name)
}

function readTenantName(state: State, tenantNo: number): string | undefined {
  const row = state.connection.row('select name from lockstep_tenant where t = ?', tenantNo)
  if (row === undefined) return undefined
  const name = textOf(row[0])
  keepTenant(state, tenantNo, name)
  return name
}

function keepTenant({ tenants, tenantNames }: State, tenantNo: number, name: string): number {
  tenants.set(name, tenantNo)
  tenantNames.set(tenantNo, name)
  return tenantNo
}

function typeNumber(state: State, name: string): number | undefined {
  const known = state.types.get(name)
  if (known !== undefined) return known
  readTypes(state)
  return state.types.get(name)
}

function typeName(state: State, typeNo: number): string {
  const { typeNames } = state
  if (!typeNames.has(typeNo)) readTypes(state)
  const name = typeNames.get(typeNo)
  if (name === undefined) throw new Error(`The table of types has no number ${typeNo}`)
  return name
}

function readTypes({ connection, types, typeNames }: State): void {
  for (const [typeNo, name] of connection.rows('select y, name from lockstep_type order by y')) {
    types.set(textOf(name), numberOf(typeNo))
    typeNames.set(numberOf(typeNo), textOf(name))
  }
}

function typesOf({ connection, tenantTypes }: State, tenantNo: number): readonly number[] {
  let known = tenantTypes.get(tenantNo)
  if (known === undefined) {
    const rows = connection.rows('select y from lockstep_counter where t = ? order by y', tenantNo)
    known = rows.map((row) => numberOf(row[0]))
    tenantTypes.set(tenantNo, known)
  }
  return known
}

function pathsOf({ connection, paths }: State, tenantNo: number): Paths {
  let known = paths.get(tenantNo)
  if (known === undefined) {
    known = { all: new Map(), references: undefined }
    for (const row of connection.rows('select a, y, path, uniq, ready from lockstep_path where t = ?', tenantNo)) {
      const path = textOf(row[2])
      const typeNo = numberOf(row[1])
      const flags = { unique: row[3] === 1, ready: row[4] === 1 }
      known.all.set(`${typeNo} ${path}`, { pathNo: numberOf(row[0]), typeNo, path, ...flags })
    }
    paths.set(tenantNo, known)
  }
  return known
}

function ensureType(state: State, tenantNo: number, name: string): number {
  const known = typeNumber(state, name)
  if (known !== undefined && typesOf(state, tenantNo).includes(known)) return known
  const typeNo = known ?? state.connection.insert('insert into lockstep_type (name) values (?)', name)
  state.connection.run('insert or ignore into lockstep_counter (t, y, n) values (?, ?, 0)', tenantNo, typeNo)
  forget(state)
  state.made(tenantNo)
  return typeNo
}

function addType(state: State, tenantNo: number, name: string): number {
  const typeNo = state.connection.insert('insert into lockstep_type (name) values (?)', name)
  forget(state)
  state.made(tenantNo)
  return typeNo
}

function ensurePath(
  state: State,
  tenantNo: number,
  typeNo: number,
  path: string,
  unique: boolean,
  ready: boolean,
): TypedPath {
  const { connection } = state
  const known = pathsOf(state, tenantNo)
  const key = `${typeNo} ${path}`
  const there = known.all.get(key)
  if (there !== undefined && (unique || !there.unique)) return there
  let now: TypedPath
  if (there !== undefined) {
    connection.run('update lockstep_path set uniq = 0 where a = ?', there.pathNo)
    now = { ...there, unique: false }
  } else {
    const insert = 'insert into lockstep_path (t, y, path, uniq, ready) values (?, ?, ?, ?, ?)'
    const pathNo = connection.insert(insert, tenantNo, typeNo, path, unique ? 1 : 0, ready ? 1 : 0)
    now = { pathNo, typeNo, path, unique, ready }
  }
  known.all.set(key, now)
  known.references = undefined
  state.made(tenantNo)
  return now
}
