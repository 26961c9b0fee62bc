// A line of the log in one sentence.

import type { Line } from './filter.ts'

/** A line as one reads it: `User: active false → true`. */
export function sentence({ type, op, paths, members }: Line): string {
  const counts = members === undefined ? [] : [`members +${members.added} −${members.removed}`]
  if (op === 'note') return `${type}: ${String(paths[0]?.new ?? '')}`
  const parts = paths.slice(0, 4).map((one) => {
    const { path, old, new: now } = one as { readonly path: string; readonly old?: unknown; readonly new?: unknown }
    if (old === undefined && now === undefined) return path
    return op === 'create' || op === 'delete'
      ? `${path} ${short(now ?? old)}`
      : `${path}: ${short(old)} → ${short(now)}`
  })
  return `${type}: ${[...parts, ...counts].join(', ')}`
}

function short(value: unknown): string {
  if (value === undefined) return '–'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}
