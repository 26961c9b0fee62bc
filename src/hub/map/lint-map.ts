// Finds what is wrong or questionable about a map before it is used.

import type { Attribute, JsonObject, ResourceType } from '../../protocol/index.ts'
import type { AccountType, MapFinding } from '../contract/index.ts'
import { type MapKind, type MapSettings, mapOf } from './app-maps.ts'
import { attributeOf } from './expression-fields.ts'
import { type MapOptions, readMap } from './read-map.ts'
import type { Rule } from './rule.ts'

/**
 * Everything that is wrong with a map (`error`: it can't be carried out) or questionable (`warning`), in the order of its rules. Paths
 * are looked up in the schemas of both sides, types compared, expressions read. Pure; never throws.
 */
export function lintMap(source: JsonObject, options: MapOptions): readonly MapFinding[] {
  const { rules, findings } = readMap(source, options)
  return [...findings, ...rules.flatMap((rule) => warningsOf(rule, options))]
}

/** What is wrong or questionable about the maps of an app, its own or the adapter's, and about its grants. */
export function lintApp(settings: MapSettings, kind: MapKind, types: readonly ResourceType[]): readonly MapFinding[] {
  const own: readonly AccountType[] = settings.scope.groups === undefined ? ['User'] : ['User', 'Group']
  return own.flatMap((type) => {
    if (!types.some(({ name }) => name === type)) return []
    const { source, options } = mapOf(settings, kind, type, types)
    return lintMap(source, options)
  })
}

function warningsOf(rule: Rule, { type, sourceType, accountType }: MapOptions): readonly MapFinding[] {
  const { place, source, whenMissing, fallback, onCreate } = rule
  const option = `map.${type}.${place.path}`
  const warnings: MapFinding[] = []
  const warn = (at: string, text: string) => void warnings.push({ level: 'warning', option: at, text })
  if (place.attribute?.mutability === 'immutable' && !onCreate)
    warn(option, 'can\'t be changed in the app once it is set; add "on": "create"')
  if (source.kind === 'const' && typeof source.value === 'string') {
    const known = place.leaf?.canonicalValues
    if (known !== undefined && !known.includes(source.value))
      warn(`${option}.const`, `is none of the values that the app names: ${known.slice(0, 10).join(', ')}`)
  }
  const isRequired = place.extension === undefined && requires(accountType, place.name, place.sub)
  if (
    isRequired &&
    source.kind === 'from' &&
    fallback === undefined &&
    whenMissing !== 'fail' &&
    !isSure(source.path.leaf)
  )
    warn(option, `the app requires it, and ${source.path.path} may be missing; add a default, or "whenMissing": "fail"`)
  if (source.kind === 'cel') {
    const { reads, asked } = source.expression
    for (const path of reads) {
      const found = attributeOf(path, sourceType)
      if (found !== undefined && !isSure(found) && !isAsked(path, asked))
        warn(
          `${option}.cel`,
          `${path} may be missing, and then the account is parked; ask first, as in has(${path}) ? … : …`,
        )
    }
  }
  return warnings
}

function requires(type: ResourceType | undefined, name: string, sub: string | undefined): boolean {
  const attribute = type?.schema.attributes.find((one) => one.name === name)
  if (sub === undefined) return attribute?.required === true
  return attribute?.subAttributes?.find((one) => one.name === sub)?.required === true
}

/** Whether every resource has a value. */
function isSure({ required, name }: Attribute): boolean {
  return required || name === 'id'
}

/** Whether a field, or one that it is a part of, was asked about. */
function isAsked(path: string, asked: readonly string[]): boolean {
  return asked.some((one) => one === path || path.startsWith(`${one}.`))
}
