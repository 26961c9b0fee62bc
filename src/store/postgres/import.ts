import { Conflict, type ExportRow, type Write, type Written } from '../contract/index.ts'
import { numberOf } from './database.ts'
import { pathKey } from './dictionary.ts'
import { requirePlain } from './plain-text.ts'
import type { Held, Means, Work } from './unit-of-work.ts'

/** Puts rows of another store as they are; `at` is the write's place in the list, for a `Conflict`. */
export async function load(
  { work, nextNumber }: Means,
  write: Extract<Write, { write: 'load' }>,
  at: number,
): Promise<Written> {
  const ids = write.rows.flatMap((row) =>
    row.row === 'resource' ? [row.id] : row.row === 'members' ? [row.id, ...row.members] : [],
  )
  await work.load(ids)
  for (const row of write.rows) await put(work, row, nextNumber, at)
  work.recordsChanged = true
  return { changed: true, version: 0, created: 0, modified: 0 }
}

async function put(work: Work, row: ExportRow, nextNumber: () => number, at: number): Promise<void> {
  const { rows } = work.session
  const { t } = work.tenant
  switch (row.row) {
    case 'path':
      // It was made before the transaction, if it wasn't there.
      await rows(
        'update lockstep.path set uniq = $4, ready = $5 where t = $1 and y = $2 and path = $3',
        t,
        row.type,
        row.path,
        row.unique,
        row.complete,
      )
      return
    case 'record':
      await rows(
        `insert into lockstep.record (t, kind, key, tag, value) values ($1, $2, $3, $4, $5)
         on conflict (t, kind, key) do update set tag = excluded.tag, value = excluded.value`,
        t,
        row.kind,
        row.key,
        row.tag ?? null,
        JSON.stringify(row.value),
      )
      return
    case 'resource':
      resource(work, row, nextNumber(), at)
      return
    case 'members': {
      const group = work.find(row.id)
      if (group === undefined || group.y !== row.type) throw new Conflict('missing', at, row.id)
      const numbers = row.members.map((id) => {
        const member = work.find(id)
        if (member === undefined) throw new Conflict('member', at, id)
        return member.k
      })
      const { before } = await work.loadMembers(group, numbers)
      for (const m of numbers) if (before.get(m) !== true) work.setMember(group, m, true)
      return
    }
    case 'change': {
      const [state] = await rows('select s.place from lockstep.tenant_state s where s.t = $1', t)
      const next = numberOf(state?.[0]) + work.lines().length + 1
      if (row.place !== next) throw new Conflict('version', at, String(row.place))
      const { type: y, id, version, op, actor, paths, members } = row
      work.log({ y, id, at: row.at, version, op, actor, paths, ...(members === undefined ? {} : { members }) })
    }
  }
}

function resource(work: Work, row: Extract<ExportRow, { row: 'resource' }>, k: number, at: number): void {
  if (work.find(row.id) !== undefined) throw new Conflict('exists', at, row.id)
  requirePlain(row.text)
  const entries: { [a: string]: readonly string[] } = {}
  for (const [name, values] of Object.entries(row.entries)) {
    const path = work.tenant.paths.get(pathKey(row.type, name))
    if (path === undefined) continue
    entries[path.pathNo] = values
    for (const value of values) work.enter({ a: path.pathNo, value, k, unique: path.unique, as: 'new' })
  }
  const held: Held = {
    k,
    y: row.type,
    id: row.id,
    version: row.version,
    created: row.created,
    modified: row.modified,
    display: row.display,
    wasDisplay: row.display,
    entries,
    text: row.text,
    secret: row.secret ?? null,
    isNew: true,
    gone: false,
    changed: true,
  }
  work.add(held)
}
