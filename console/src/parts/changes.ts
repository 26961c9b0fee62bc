// Lines of the log as pages show them.

import type { Difference, Json } from './diff.ts'
import type { State } from './status.tsx'

/** A line, as far as it is shown. */
export interface LineOfLog {
  readonly op: string
  readonly paths: readonly { readonly path: string; readonly [name: string]: unknown }[]
}

/** What a line changed, attribute by attribute. */
export function differencesIn(paths: LineOfLog['paths']): readonly Difference[] {
  return paths.map((one) => {
    const before = one.old as Json | undefined
    const after = one.new as Json | undefined
    const kind = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed'
    return {
      path: one.path,
      kind: before === undefined && after === undefined ? 'changed' : kind,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    }
  })
}

/** The shape of a line. */
export function stateOf({ op, paths }: LineOfLog): State {
  if (op === 'delete') return 'fail'
  if (op === 'note') return 'held'
  if (op === 'create') return 'ok'
  return paths.some(({ path, new: now }) => path === 'active' && now === false) ? 'off' : 'wait'
}
