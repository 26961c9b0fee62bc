// What a change of schemas or types would do to the resources of a tenant: counted, with nothing changed.

import type { SchemaUse } from '../directory/index.ts'
import { type Document, isObject } from '../protocol/index.ts'
import type { Store } from '../store/index.ts'
import type { Loss } from './loss.ts'
import { buildModel, type Model, type Own, readOwn } from './model.ts'
import { indexesIn, lossesOf } from './schema-change.ts'
import type { Tenants } from './tenants.ts'

/** Most resources that a preview reads; the change itself reads all. */
export const PREVIEW_READS = 50_000
/** Most resources that are named for one effect. */
export const PREVIEW_EXAMPLES = 10

/** One thing that a change would do to resources. */
export interface Effect {
  /** In words: `attribute urn:…:badge:number would be removed`. */
  readonly what: string
  /**
   * What becomes of the resources that no longer fit. `blocks`: the change is refused, forced or not. `drops`: forced, their values are
   * dropped. `deletes`: forced, they are deleted. `converts`: they fit, once their values have been rewritten without a loss.
   */
  readonly does: 'blocks' | 'drops' | 'deletes' | 'converts'
  /** How many, of those that were read. */
  readonly count: number
  /** The first of them. */
  readonly examples: readonly { readonly type: string; readonly id: string }[]
}

/** What a change would do. */
export interface ChangePreview {
  /** Only what concerns a resource. */
  readonly effects: readonly Effect[]
  /** The indexes that would be dropped with their attributes, as type and path. */
  readonly indexes: readonly { readonly type: string; readonly path: string }[]
  /** How many resources were read, and how many of their types there are: where it is less, counts are of those that were read. */
  readonly read: number
  readonly total: number
}

/** Previews a change of what is a tenant's own. Refuses what the change itself would refuse whatever resources there are. */
export async function previewChange(
  { store, tenants }: { readonly store: Store; readonly tenants: Tenants },
  tenant: string,
  usage: SchemaUse,
  edit: (own: Own, before: Model) => Own,
): Promise<ChangePreview> {
  const { resources } = await tenants.show(tenant)
  const own = await readOwn(store, tenant)
  const before = buildModel(own)
  const edited = edit(own, before)
  const after = buildModel(edited)
  const losses = lossesOf(before, after)
  const counts = losses.map(countOf)
  let read = 0
  let total = 0
  for (const { begin } of losses) begin?.()
  for (const type of new Set(losses.flatMap(({ types }) => types))) {
    total += resources[type] ?? 0
    const concerned = counts.filter(({ loss }) => loss.types.includes(type))
    const looked = (document: Document) => {
      read++
      return look(concerned, type, document)
    }
    if (read < PREVIEW_READS) await usage.countUse(tenant, [type], looked, PREVIEW_READS - read)
  }
  const effects: Effect[] = []
  for (const { loss, lost, moved } of counts) {
    if (lost.count > 0) effects.push({ what: loss.what, does: loss.drop === undefined ? 'blocks' : 'drops', ...lost })
    else if (moved.count > 0) effects.push({ what: loss.what, does: 'converts', ...moved })
  }
  for (const { name } of before.types) {
    const count = resources[name] ?? 0
    if (count === 0 || after.types.some((type) => type.name === name)) continue
    effects.push({ what: `resource type ${name} would be removed`, does: 'deletes', count, examples: [] })
  }
  return { effects, indexes: indexesLost(after, edited), read, total }
}

/** The declared indexes of attributes that the model no longer has. */
function indexesLost(after: Model, { indexes }: Own): ChangePreview['indexes'] {
  const kept = indexesIn(after, indexes)
  return [...indexes].flatMap(([key, value]) => {
    if (kept.has(key) || !isObject(value)) return []
    return [{ type: String(value.type), path: String(value.path) }]
  })
}

interface Counted {
  count: number
  readonly examples: { readonly type: string; readonly id: string }[]
}

function countOf(loss: Loss): { readonly loss: Loss; readonly lost: Counted; readonly moved: Counted } {
  return { loss, lost: { count: 0, examples: [] }, moved: { count: 0, examples: [] } }
}

/** Looks at one resource for all that may become of it. Returns whether something would. */
function look(counts: readonly ReturnType<typeof countOf>[], type: string, document: Document): boolean {
  let concerned = false
  for (const { loss, lost, moved } of counts) {
    const fits = !loss.uses(document)
    if (fits && (loss.convert === undefined || loss.convert(document) === document)) continue
    const counted = fits ? moved : lost
    counted.count++
    if (counted.examples.length < PREVIEW_EXAMPLES) counted.examples.push({ type, id: String(document.id) })
    concerned = true
  }
  return concerned
}
