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
  readonly tenantName: (tenantNo: number) => string | undefined
  readonly type: (name: string) => number | undefined
  readonly typeName: (typeNo: number) => string
  /** The types a tenant has had resources of. */
  readonly types: (tenantNo: number) => readonly number[]
  readonly path: (tenantNo: number, typeNo: number, path: string) => TypedPath | undefined
  /** Paths of a tenant, of all its types, that may hold ids of other resources. */
  readonly references: (tenantNo: number) => readonly TypedPath[]
  readonly forget: () => void
  /** For the writer: makes what is not there yet, and says so through `made`. */
  readonly ensureType: (tenantNo: number, name: string) => number
  /** The number of a type that only lines of the log name, and of which there are no resources. */
  readonly ensureNoteType: (tenantNo: number, name: string) => number
  readonly ensurePath: (tenantNo: number, typeNo: number, path: string, unique: boolean, ready: boolean) => TypedPath
  /** For the writer: called with the tenant's number for each new name, so that readers elsewhere are told. */
  readonly whenMade: (listener: (tenantNo: number) => void) => void
}

/** Reads names through a connection. */
export function createDictionary(connection: Connection): Dictionary {
  let made: (tenantNo: number) => void = () => {}
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
    for (const [typeNo, name] of connection.rows('select y, name from lockstep_type order by y')) {
      types.set(textOf(name), numberOf(typeNo))
      typeNames.set(numberOf(typeNo), textOf(name))
    }
  }

  function typesOf(tenantNo: number): readonly number[] {
    let known = tenantTypes.get(tenantNo)
    if (known === undefined) {
      known = connection
        .rows('select y from lockstep_counter where t = ? order by y', tenantNo)
        .map((row) => numberOf(row[0]))
      tenantTypes.set(tenantNo, known)
    }
    return known
  }

  function pathsOf(tenantNo: number) {
    let known = paths.get(tenantNo)
    if (known === undefined) {
      known = { all: new Map(), references: undefined }
      for (const row of connection.rows('select a, y, path, uniq, ready from lockstep_path where t = ?', tenantNo)) {
        const path = textOf(row[2])
        const typeNo = numberOf(row[1])
        known.all.set(`${typeNo} ${path}`, {
          pathNo: numberOf(row[0]),
          typeNo: typeNo,
          path,
          unique: row[3] === 1,
          ready: row[4] === 1,
        })
      }
      paths.set(tenantNo, known)
    }
    return known
  }

  const dictionary: Dictionary = {
    tenant(name) {
      if (name === '') return 0
      const known = tenants.get(name)
      if (known !== undefined) return known
      const row = connection.row('select t from lockstep_tenant where name = ?', name)
      if (row === undefined) return undefined
      const tenantNo = numberOf(row[0])
      tenants.set(name, tenantNo)
      tenantNames.set(tenantNo, name)
      return tenantNo
    },
    tenantName(tenantNo) {
      if (tenantNo === 0) return ''
      const known = tenantNames.get(tenantNo)
      if (known !== undefined) return known
      const row = connection.row('select name from lockstep_tenant where t = ?', tenantNo)
      if (row === undefined) return undefined
      const name = textOf(row[0])
      tenants.set(name, tenantNo)
      tenantNames.set(tenantNo, name)
      return name
    },
    type(name) {
      const known = types.get(name)
      if (known !== undefined) return known
      readTypes()
      return types.get(name)
    },
    typeName(typeNo) {
      if (!typeNames.has(typeNo)) readTypes()
      const name = typeNames.get(typeNo)
      if (name === undefined) throw new Error(`the table of types has no number ${typeNo}`)
      return name
    },
    types: typesOf,
    path: (tenantNo, typeNo, path) => pathsOf(tenantNo).all.get(`${typeNo} ${path}`),
    references(tenantNo) {
      const known = pathsOf(tenantNo)
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
    ensureType(tenantNo, name) {
      const known = dictionary.type(name)
      const typeNo = known ?? connection.insert('insert into lockstep_type (name) values (?)', name)
      if (known !== undefined && typesOf(tenantNo).includes(known)) return known
      connection.run('insert or ignore into lockstep_counter (t, y, n) values (?, ?, 0)', tenantNo, typeNo)
      dictionary.forget()
      made(tenantNo)
      return typeNo
    },
    ensureNoteType(tenantNo, name) {
      const known = dictionary.type(name)
      if (known !== undefined) return known
      const typeNo = connection.insert('insert into lockstep_type (name) values (?)', name)
      dictionary.forget()
      made(tenantNo)
      return typeNo
    },
    ensurePath(tenantNo, typeNo, path, unique, ready) {
      const known = pathsOf(tenantNo)
      const key = `${typeNo} ${path}`
      const there = known.all.get(key)
      if (there !== undefined && (unique || !there.unique)) return there
      let now: TypedPath
      if (there !== undefined) {
        connection.run('update lockstep_path set uniq = 0 where a = ?', there.pathNo)
        now = { ...there, unique: false }
      } else {
        const pathNo = connection.insert(
          'insert into lockstep_path (t, y, path, uniq, ready) values (?, ?, ?, ?, ?)',
          tenantNo,
          typeNo,
          path,
          unique ? 1 : 0,
          ready ? 1 : 0,
        )
        now = { pathNo, typeNo: typeNo, path, unique, ready }
      }
      known.all.set(key, now)
      known.references = undefined
      made(tenantNo)
      return now
    },
    whenMade(listener) {
      made = listener
    },
  }
  return dictionary
}
