// The edits that turn one list of complex values into another.

import { attributeIn } from './attributes.ts'
import { equalJson, sameValue } from './equal.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import type { Attribute } from './schema.ts'
import { identityOf } from './value.ts'

/** One step that turns a list of complex values into another; `filter` goes between brackets and selects one value. */
export type ListStep =
  | { readonly step: 'drop'; readonly filter: string }
  | { readonly step: 'set'; readonly filter: string; readonly sub?: string; readonly value: Json }
  | { readonly step: 'unset'; readonly filter: string; readonly sub: string }
  | { readonly step: 'add'; readonly values: readonly JsonObject[] }

/** Longest value that is put into a filter: a certificate is no way to name a value. */
const FILTER_VALUE = 1_000
/** Lists longer than this are set whole: each value would have to be held against each. */
const PAIRED_VALUES = 500

/**
 * The steps that turn one list into another, value by value: what is gone, what changed in place, what is new. Values are
 * known again by what makes them the same (`value` and `type`), else by their `type`, else by their `value`. Undefined when some
 * no filter can distinguish a value from the others. RFC 7643 §2.4, RFC 7644 §3.5.2.
 */
export function listSteps(
  attribute: Attribute,
  old: readonly JsonObject[],
  next: readonly JsonObject[],
): readonly ListStep[] | undefined {
  if (old.length > PAIRED_VALUES || next.length > PAIRED_VALUES) return undefined
  const { changed, gone, fresh } = pair(attribute, old, next)
  const state: JsonObject[] = [...old]
  const steps: ListStep[] = []
  for (const one of gone) {
    const filter = filterFor(attribute, one, state, ['value', 'type'])
    if (filter === undefined) return undefined
    steps.push({ step: 'drop', filter })
    state.splice(state.indexOf(one), 1)
  }
  // When a value becomes primary, the other one stops being so. RFC 7644 §3.5.2.
  const isNewPrimary =
    fresh.some(({ primary }) => primary === true) ||
    changed.some(({ from, to }) => to.primary === true && from.primary !== true)
  for (const { from, to } of changed) {
    const own = changeOf(attribute, from, to, state, isNewPrimary)
    if (own === undefined) return undefined
    steps.push(...own)
    const at = state.indexOf(from)
    state[at] = to
    const key = identityOf(attribute, to)
    if (state.some((other, index) => index !== at && identityOf(attribute, other) === key)) return undefined
  }
  if (fresh.length > 0) steps.push({ step: 'add', values: fresh })
  return steps
}

/** Which values stay, change, go and come. */
function pair(attribute: Attribute, old: readonly JsonObject[], next: readonly JsonObject[]) {
  let left = [...old]
  let right = [...next]
  const changed: { readonly from: JsonObject; readonly to: JsonObject }[] = []
  const match = (same: (a: JsonObject, b: JsonObject) => boolean, isChange: boolean) => {
    for (const to of [...right]) {
      const fits = left.filter((from) => same(from, to))
      const rivals = right.filter((other) => fits[0] !== undefined && same(fits[0], other))
      const [from] = fits
      if (from === undefined || fits.length > 1 || rivals.length > 1) continue
      left = left.filter((one) => one !== from)
      right = right.filter((one) => one !== to)
      if (isChange) changed.push({ from, to })
    }
  }
  match((a, b) => equalJson(bare(a), bare(b)), false)
  const may = (same: (a: JsonObject, b: JsonObject) => boolean) => (a: JsonObject, b: JsonObject) =>
    same(a, b) && mayBecome(attribute, a, b)
  match(
    may((a, b) => identityOf(attribute, a) === identityOf(attribute, b)),
    true,
  )
  for (const name of ['type', 'value']) {
    const sub = attributeIn(attribute.subAttributes ?? [], name)
    if (sub === undefined) continue
    match(
      may((a, b) => a[name] !== undefined && b[name] !== undefined && sameValue(sub, a[name], b[name])),
      true,
    )
  }
  return { changed, gone: left, fresh: right }
}

/** Without a `primary` that is false, which says the same as none. RFC 7643 §2.4. */
export function bare(value: JsonObject): JsonObject {
  if (value.primary !== false) return value
  const { primary: _false, ...rest } = value
  return rest
}

/** Whether a value can be changed into another in place: nothing immutable changes. RFC 7643 §2.2. */
function mayBecome(attribute: Attribute, from: JsonObject, to: JsonObject): boolean {
  return (attribute.subAttributes ?? []).every(
    (sub) => sub.mutability !== 'immutable' || from[sub.name] === undefined || equalJson(from[sub.name], to[sub.name]),
  )
}

function changeOf(
  attribute: Attribute,
  from: JsonObject,
  to: JsonObject,
  state: readonly JsonObject[],
  isNewPrimary: boolean,
): readonly ListStep[] | undefined {
  const names = (attribute.subAttributes ?? []).map(({ name }) => name)
  const differs = (name: string) => !equalJson(bare(from)[name], bare(to)[name])
  const lost = names.filter((name) => differs(name) && bare(to)[name] === undefined)
  const set = names.filter((name) => differs(name) && bare(to)[name] !== undefined)
  const steps: ListStep[] = []
  const changing = new Set([...lost, ...set])
  // What stays names it best; the filter is read before each step, so that it may change in the last one only.
  const stable = ['type', 'value', ...names].filter((name) => !changing.has(name))
  const filter = filterFor(attribute, from, state, stable) ?? filterFor(attribute, from, state, ['type', 'value'])
  if (filter === undefined) return undefined
  const isByStable = filterFor(attribute, from, state, stable) !== undefined
  for (const name of lost) {
    if (name === 'primary') {
      if (!isNewPrimary) steps.push({ step: 'set', filter, sub: name, value: false })
    } else steps.push({ step: 'unset', filter, sub: name })
  }
  if (!isByStable && steps.length + Math.min(set.length, 1) > 1) return undefined
  if (set.length === 1) {
    const [sub = ''] = set
    steps.push({ step: 'set', filter, sub, value: to[sub] ?? null })
  } else if (set.length > 1) {
    // The whole value, so that it comes out the same where a replace merges and where it replaces.
    steps.push({ step: 'set', filter, value: bare(to) })
  }
  return steps
}

/** A filter that selects one value of a list and no other; by the first of the names that distinguishes it, else by all of them. */
function filterFor(
  attribute: Attribute,
  value: JsonObject,
  list: readonly JsonObject[],
  names: readonly string[],
): string | undefined {
  const usable = [...new Set(names)].flatMap((name) => {
    const sub = attributeIn(attribute.subAttributes ?? [], name)
    const own = value[name]
    if (sub === undefined || own === undefined || isObject(own) || Array.isArray(own) || own === '') return []
    if (sub.returned === 'never' || (typeof own === 'string' && own.length > FILTER_VALUE)) return []
    return name === 'primary' ? [] : [{ sub, own }]
  })
  const isOnly = (terms: typeof usable) =>
    list.every((other) => other === value || !terms.every(({ sub, own }) => sameValue(sub, other[sub.name], own)))
  const found = usable.map((term) => [term]).find(isOnly) ?? (usable.length > 1 && isOnly(usable) ? usable : undefined)
  return found?.map(({ sub, own }) => `${sub.name} eq ${JSON.stringify(own)}`).join(' and ')
}
