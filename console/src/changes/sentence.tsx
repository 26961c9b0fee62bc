// A line of the log in one sentence.

import { NameOf } from '../parts/name-of.tsx'
import { useMay } from '../session.tsx'
import type { Line } from './filter.ts'

/** A line as one reads it: `User Barbara Jensen: active false → true`. */
export function Sentence({ tenant, line }: { readonly tenant: string; readonly line: Line }) {
  const { type, id, op } = line
  const sees = useMay('values')
  // What was created or deleted says its name itself.
  const isNamed = sees && (op === 'patch' || op === 'replace')
  return (
    <>
      {type}
      {isNamed && ' '}
      {isNamed && <NameOf tenant={tenant} id={id} />}: {factsOf(line)}
    </>
  )
}

function factsOf({ op, paths, members }: Line): string {
  const counts = members === undefined ? [] : [`members +${members.added} −${members.removed}`]
  if (op === 'note') return String(paths[0]?.new ?? '')
  const parts = paths.slice(0, 4).map((one) => {
    const { path, old, new: now } = one as { readonly path: string; readonly old?: unknown; readonly new?: unknown }
    if (old === undefined && now === undefined) return path
    return op === 'create' || op === 'delete'
      ? `${path} ${short(now ?? old)}`
      : `${path}: ${short(old)} → ${short(now)}`
  })
  return [...parts, ...counts].join(', ')
}

function short(value: unknown): string {
  if (value === undefined) return '–'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}
