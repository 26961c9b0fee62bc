// Shows what would become of real resources in an app, before anything is switched on.

import type { Document } from '../../protocol/index.ts'
import { type AccountType, type CompiledApp, MapFault, type PreviewRow, type Surroundings } from '../contract/index.ts'

/** A resource to be shown, with the groups that it is in. */
export interface PreviewResource {
  readonly type: AccountType
  readonly document: Document
  readonly memberOf: ReadonlySet<string>
  /** What its account holds, if there is one. */
  readonly account?: Document
}

/** One row for each resource, in their order. Faults stand in their rows. Pure; never throws. */
export function previewMap(
  { scope, maps }: Pick<CompiledApp, 'scope' | 'maps'>,
  resources: readonly PreviewResource[],
  accountOf: Surroundings['accountOf'] = () => undefined,
): readonly PreviewRow[] {
  return resources.map(({ type, document, memberOf, account }) => {
    const { id, userName, displayName } = document
    const row = {
      resource: typeof id === 'string' ? id : '',
      type,
      name: String((type === 'User' ? userName : displayName) ?? id ?? ''),
      scope: scope.decide(type, document, memberOf),
    }
    const map = maps[type]
    if (!row.scope.in || map === undefined) return row
    const surroundings = { memberOf, accountOf, ...(account === undefined ? {} : { account }) }
    try {
      const { document: made, waitsFor } = map.map(document, surroundings, account === undefined ? 'create' : 'update')
      return { ...row, document: made, ...(waitsFor.length === 0 ? {} : { waitsFor }) }
    } catch (error) {
      if (!(error instanceof MapFault)) throw error
      return { ...row, fault: { attribute: error.attribute, part: error.part, message: error.message } }
    }
  })
}
