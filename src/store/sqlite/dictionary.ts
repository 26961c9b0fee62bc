import type { IndexPath } from '../sql/scope.ts'
import { type Connection, numberOf, textOf } from './connection.ts'

/** An index path of one of a tenant's types. */
export interface TypedPath extends IndexPath {
  readonly typeNo: number
}

/** The small numbers that stand for tenants, types and index paths, kept until another process changes them. */
export interface Dictionary {
  /** "" is 0: the whole database. */
  readonly tenant: (name: string) => number | undefined
  readonly tenantName: (t: number) => string | undefined
  readonly type: (name: string) => number | undefined
  readonly typeName: (y: number) => string
  /** The types a tenant has had resources of. */
  readonly types: (t: number) => readonly number[]
  readonly path: (t: number, y: number, path: string) => TypedPath | undefined
  /** Paths of a tenant, of all its types, that may hold ids of other resources. */
  readonly references: (t: number) => readonly TypedPath[]
  readonly forget: () => void
  /** For the writer: makes what is not there yet, and says so through `made`. */
  readonly ensureType: (t: number, name: string) => number
  /** The number of a type that only lines of the log name, and of which there are no resources. */
  readonly ensureNoteType: (t: number, name: string) => number
  readonly ensurePath: (t: number, y: number, path: string, unique: boolean, ready: boolean) => TypedPath
  /** For the writer: called with the tenant's number for each new name, so that readers elsewhere are told. */
  readonly whenMade: (listener: (t: number) => void) => void
}

/** Reads names through a connection. */
export function createDictionary(connection: Connection): Dictionary {
  let made: (t: number) => void = () => {}
  const tenants = new Map<string, number>()
  const tenantNames = new Map<number, string>()
  const types = new Map<string, number>()
  const typeNames = new Map<number, string>()
  const tenantTypes = new Map<number, readonly number[]>()
  const paths = new Map<
    number,
    { readonly all: Map<string, TypedPath>; references: readonly TypedPath[] | undefined }
  >()

  function readTypes(): void {
    for (const [y, name] of connection.rows('select y, name from lockstep_type order by y')) {
      types.set(textOf(name), numberOf(y))
      typeNames.set(numberOf(y), textOf(name))
    }
  }

  function typesOf(t: number): readonly number[] {
    let known = tenantTypes.get(t)
    if (known === undefined) {
      known = connection.rows('select y from lockstep_counter where t = ? order by y', t).map((row) => numberOf(row[0]))
      tenantTypes.set(t, known)
    }
    return known
  }

  function pathsOf(t: number) {
    let known = paths.get(t)
    if (known === undefined) {
      known = { all: new Map(), references: undefined }
      for (const row of connection.rows('select a, y, path, uniq, ready from lockstep_path where t = ?', t)) {
        const path = textOf(row[2])
        const y = numberOf(row[1])
        known.all.set(`${y} ${path}`, {
          pathNo: numberOf(row[0]),
          typeNo: y,
          path,
          unique: row[3] === 1,
          ready: row[4] === 1,
        })
      }
      paths.set(t, known)
    }
    return known
  }

  const names: Dictionary = {
    tenant(name) {
      if (name === '') return 0
      const known = tenants.get(name)
      if (known !== undefined) return known
      const row = connection.row('select t from lockstep_tenant where name = ?', name)
      if (row === undefined) return undefined
      const t = numberOf(row[0])
      tenants.set(name, t)
      tenantNames.set(t, name)
      return t
    },
    tenantName(t) {
      if (t === 0) return ''
      const known = tenantNames.get(t)
      if (known !== undefined) return known
      const row = connection.row('select name from lockstep_tenant where t = ?', t)
      if (row === undefined) return undefined
      const name = textOf(row[0])
      tenants.set(name, t)
      tenantNames.set(t, name)
      return name
    },
    type(name) {
      const known = types.get(name)
      if (known !== undefined) return known
      readTypes()
      return types.get(name)
    },
    typeName(y) {
      if (!typeNames.has(y)) readTypes()
      const name = typeNames.get(y)
      if (name === undefined) throw new Error(`the table of types has no number ${y}`)
      return name
    },
    types: typesOf,
    path: (t, y, path) => pathsOf(t).all.get(`${y} ${path}`),
    references(t) {
      const known = pathsOf(t)
      known.references ??= [...known.all.values()].filter(({ path }) => path.endsWith('.value'))
      return known.references
    },
    forget() {
      tenants.clear()
      tenantNames.clear()
      types.clear()
      typeNames.clear()
      tenantTypes.clear()
      paths.clear()
    },
    ensureType(t, name) {
      const known = names.type(name)
      const y = known ?? connection.insert('insert into lockstep_type (name) values (?)', name)
      if (known !== undefined && typesOf(t).includes(known)) return known
      connection.run('insert or ignore into lockstep_counter (t, y, n) values (?, ?, 0)', t, y)
      names.forget()
      made(t)
      return y
    },
    ensureNoteType(t, name) {
      const known = names.type(name)
      if (known !== undefined) return known
      const y = connection.insert('insert into lockstep_type (name) values (?)', name)
      names.forget()
      made(t)
      return y
    },
    ensurePath(t, y, path, unique, ready) {
      const known = pathsOf(t)
      const key = `${y} ${path}`
      const there = known.all.get(key)
      if (there !== undefined && (unique || !there.unique)) return there
      let now: TypedPath
      if (there !== undefined) {
        connection.run('update lockstep_path set uniq = 0 where a = ?', there.pathNo)
        now = { ...there, unique: false }
      } else {
        const pathNo = connection.insert(
          'insert into lockstep_path (t, y, path, uniq, ready) values (?, ?, ?, ?, ?)',
          t,
          y,
          path,
          unique ? 1 : 0,
          ready ? 1 : 0,
        )
        now = { pathNo, typeNo: y, path, unique, ready }
      }
      known.all.set(key, now)
      known.references = undefined
      made(t)
      return now
    },
    whenMade(listener) {
      made = listener
    },
  }
  return names
}
