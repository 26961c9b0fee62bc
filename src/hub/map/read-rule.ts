// Reads one rule of a map as it is configured, and finds everything that is wrong with it.

import { ConfigError, didYouMean, isObject, isReference, type Json, type ResourceType } from '../../protocol/index.ts'
import type { AccountType, MapFinding } from '../contract/index.ts'
import { type Expression, readExpression } from './cel.ts'
import { unknownField } from './expression-fields.ts'
import { fittedTo, kindOf } from './fitting.ts'
import { MAP_LIMITS } from './map-limits.ts'
import { namesOf, type Place, readPlace } from './place.ts'
import type { Rule, Source } from './rule.ts'
import { SHAPE_NAMES, shapeOf } from './shapes.ts'
import { readSource } from './source-path.ts'
import { readTransform, type Transform, type ValueKind } from './transforms.ts'

/** What rules are read against. */
export interface RuleContext {
  readonly type: AccountType
  readonly sourceType: ResourceType
  readonly accountType: ResourceType | undefined
  readonly findings: MapFinding[]
}

const SOURCES = ['from', 'const', 'cel', 'ref'] as const
const SETTINGS = [...SOURCES, 'to', 'as', 'default', 'whenMissing', 'on']

/** The rule of an attribute; undefined, with an error among the findings, where it can't be carried out. */
export function readRule(path: string, given: Json, option: string, context: RuleContext): Rule | undefined {
  const { findings } = context
  const before = findings.length
  const error = (at: string, text: string): undefined => {
    findings.push({ level: 'error', option: at, text })
  }
  const wrong = <T>(read: T | string, at: string): T | undefined =>
    typeof read === 'string' ? error(at, read) : (read as T)
  if (path.length > MAP_LIMITS.PATH_LENGTH) return error(option, `is longer than ${MAP_LIMITS.PATH_LENGTH} characters`)
  const place = wrong(readPlace(path, context.accountType), option)
  if (!isObject(given)) return error(option, `must be an object with one of ${SOURCES.join(', ')}`)
  const unknown = Object.keys(given).find((name) => !SETTINGS.includes(name))
  if (unknown !== undefined)
    return error(`${option}.${unknown.slice(0, 100)}`, `is no setting of a rule${didYouMean(unknown, SETTINGS)}`)
  if (place !== undefined) checkPlace(place, option, error)
  const source = readSourceOf(given, option, context, error)
  const transforms = readTransforms(given.to, `${option}.to`, error)
  const shape = given.as === undefined ? undefined : readShape(given.as, `${option}.as`, error)
  const whenMissing = oneOf(given.whenMissing, ['omit', 'clear', 'fail'], `${option}.whenMissing`, error)
  const on = oneOf(given.on, ['create'], `${option}.on`, error)
  if (place === undefined || source === undefined) return undefined
  const rule: Rule = {
    place,
    source,
    transforms,
    ...(shape === undefined ? {} : { shape }),
    ...(given.default === undefined ? {} : { fallback: given.default }),
    whenMissing: whenMissing ?? 'omit',
    onCreate: on === 'create',
  }
  checkConstants(rule, given, option, error)
  checkKinds(rule, option, error)
  return findings.slice(before).some(({ level }) => level === 'error') ? undefined : rule
}

type Report = (option: string, text: string) => undefined

function checkPlace(place: Place, option: string, error: Report): void {
  const { attribute, leaf, extension, name } = place
  if (extension === undefined && ['id', 'meta', 'schemas', 'groups', 'password'].includes(name))
    error(option, `a map can't write ${name}`)
  else if (attribute?.mutability === 'readOnly' || leaf?.mutability === 'readOnly')
    error(option, 'is read-only in the app')
}

function readSourceOf(
  given: { readonly [name: string]: Json },
  option: string,
  { type, sourceType }: RuleContext,
  error: Report,
): Source | undefined {
  const named = SOURCES.filter((name) => given[name] !== undefined)
  const [kind] = named
  if (kind === undefined || named.length > 1) return error(option, `must have exactly one of ${SOURCES.join(', ')}`)
  const value = given[kind]
  const at = `${option}.${kind}`
  if (value === undefined) return undefined
  if (kind === 'const') return isTooLong(value) ? error(at, tooLong()) : { kind, value }
  if (typeof value !== 'string' || value === '') return error(at, 'must be text')
  if (kind === 'cel') {
    const expression: Expression | string = readExpression(value, variablesOf(type))
    if (typeof expression === 'string') return error(at, expression)
    const unknown = unknownField([...expression.reads, ...expression.asked], sourceType)
    if (unknown === undefined) return { kind, expression }
    const [variable, ...fields] = unknown.split('.')
    return error(at, `${variable} has no field ${fields.join('.')}${didYouMean(fields.join('.'), namesOf(sourceType))}`)
  }
  if (value.length > MAP_LIMITS.PATH_LENGTH) return error(at, `is longer than ${MAP_LIMITS.PATH_LENGTH} characters`)
  if (kind === 'from') {
    const path = readSource(value, sourceType)
    return typeof path === 'string' ? error(at, path) : { kind, path }
  }
  const whole = readSource(value, sourceType)
  if (typeof whole === 'string') return error(at, whole)
  const path = isReference(whole.leaf) ? readSource(`${value}.value`, sourceType) : whole
  if (typeof path === 'string') return error(at, path)
  if (path === whole && !whole.path.endsWith('.value'))
    return error(at, `${whole.path} refers to no other resource, as manager does`)
  return { kind, path }
}

/** The variables of expressions: the resource under its type's name, and the enterprise extension of people. */
export function variablesOf(type: AccountType): readonly string[] {
  return type === 'User' ? ['user', 'enterprise'] : ['group']
}

function readTransforms(given: Json | undefined, option: string, error: Report): readonly Transform[] {
  if (given === undefined) return []
  if (!Array.isArray(given)) {
    error(option, 'must be a list of transforms, such as ["trim", "lower"]')
    return []
  }
  if (given.length > MAP_LIMITS.TRANSFORMS) {
    error(option, `must have at most ${MAP_LIMITS.TRANSFORMS} transforms`)
    return []
  }
  return given.flatMap((one: Json, at) => {
    if (isTooLong(one)) return error(`${option}[${at}]`, tooLong()) ?? []
    const read = readTransform(one)
    return typeof read === 'string' ? (error(`${option}[${at}]`, read) ?? []) : [read]
  })
}

function readShape(given: Json, option: string, error: Report) {
  const names = SHAPE_NAMES.map(([name]) => name)
  const shape = typeof given === 'string' ? shapeOf(given) : undefined
  if (shape !== undefined) return shape
  const hint = typeof given === 'string' ? didYouMean(given, names) : ''
  return error(option, hint === '' ? `must be one of ${names.join(', ')}` : `there is no such shape${hint}`)
}

function oneOf<T extends string>(
  given: Json | undefined,
  known: readonly T[],
  option: string,
  error: Report,
): T | undefined {
  const found = known.find((one) => one === given)
  if (found === undefined && given !== undefined) error(option, `must be ${known.join(', ')}, or left out`)
  return found
}

function checkConstants(
  { place, source, shape, transforms }: Rule,
  given: { readonly [name: string]: Json },
  option: string,
  error: Report,
): void {
  if (given.default !== undefined && isTooLong(given.default)) error(`${option}.default`, tooLong())
  else checkFit(given.default, place, `${option}.default`, error)
  // With a shape or transforms it is what comes out of them that must fit, which shows with a resource only.
  if (source.kind === 'const' && shape === undefined && transforms.length === 0)
    checkFit(source.value, place, `${option}.const`, error)
}

function checkFit(value: Json | undefined, { leaf }: Place, option: string, error: Report): void {
  if (value === undefined) return
  try {
    fittedTo(value, leaf)
  } catch (fault) {
    error(option, fault instanceof Error ? fault.message : String(fault))
  }
}

/** Whether what goes from transform to transform, and into the attribute, can be right at all. */
function checkKinds({ place, source, transforms, shape }: Rule, option: string, error: Report): void {
  let kind: ValueKind | 'object' | undefined
  if (source.kind === 'from') kind = kindOf(source.path.leaf)
  if (source.kind === 'ref') {
    if (transforms.length > 0 || shape !== undefined) error(option, 'to and as have no use with ref')
    return
  }
  // Shapes and transforms take the `value` of an object.
  if (kind === 'object' && (transforms.length > 0 || shape !== undefined)) kind = undefined
  for (const [at, { text, takes, gives }] of transforms.entries()) {
    if (takes !== undefined && kind !== undefined && kind !== takes)
      error(
        `${option}.to[${at}]`,
        `${text} takes ${takes}, and gets ${kind}${kind === 'object' ? '' : `; "text" makes text of it`}`,
      )
    kind = gives === 'any' ? undefined : (gives ?? (takes === undefined ? kind : takes))
  }
  const { leaf } = place
  if (leaf === undefined || kind === undefined || shape !== undefined) return
  if (kindOf(leaf) !== kind) error(option, `gives ${kind}; ${place.path} takes ${kindOf(leaf)}${hintFor(kindOf(leaf))}`)
}

function hintFor(kind: ReturnType<typeof kindOf>): string {
  return kind === 'object' ? '; name a part of it after a dot, or use as' : `; add "${kind}" to the transforms`
}

function isTooLong(value: Json): boolean {
  return JSON.stringify(value).length > MAP_LIMITS.CONSTANT_LENGTH
}

function tooLong(): string {
  return `is longer than ${MAP_LIMITS.CONSTANT_LENGTH} characters as JSON`
}

/** The first error as what throws. */
export function throwFirst(findings: readonly MapFinding[]): void {
  const first = findings.find(({ level }) => level === 'error')
  if (first !== undefined) throw new ConfigError(first.option, first.text)
}
