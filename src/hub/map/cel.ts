// Expressions of maps: CEL, with a meter on its work.

import { isObject, type Json } from '../../protocol/index.ts'
import { createMeter, type Meter } from './cel-meter.ts'
import { type Cel, type CelEnv, type CelInput, type CelValue, loadCel } from './cel-package.ts'
import { measureShape, withTicks } from './cel-shape.ts'
import { MAP_LIMITS } from './map-limits.ts'
import { plainTransforms } from './transforms.ts'

/** An expression that was understood. */
export interface Expression {
  readonly text: string
  /** Names of the variables and their fields that it reads, such as `user.name.givenName`. */
  readonly reads: readonly string[]
  /** Those that it asks about by `has(…)`. */
  readonly asked: readonly string[]
  /** Its value, null for none; throws an Error that says why it has none. Pure and bounded. */
  readonly evaluate: (variables: { readonly [name: string]: Json }) => Json
}

interface Engine {
  readonly cel: Cel
  readonly env: CelEnv
  readonly meter: Meter
}

/** Methods of the package's text extension that are offered; `replace` is our own, `format` and `quote` have no use here. */
const TEXT_METHODS = ['charAt', 'indexOf', 'join', 'lastIndexOf', 'lowerAscii', 'split', 'substring', 'upperAscii']

let loaded: Engine | undefined

/** Reads an expression; a text says what is wrong with it. Loads the package when it is first called. */
export function readExpression(text: string, variables: readonly string[]): Expression | string {
  if (text.length > MAP_LIMITS.EXPRESSION_LENGTH) return `is longer than ${MAP_LIMITS.EXPRESSION_LENGTH} characters`
  loaded ??= load()
  const { cel, env, meter } = loaded
  try {
    const { expr } = cel.parse(text)
    const shape = measureShape(expr)
    if (shape.depth > MAP_LIMITS.EXPRESSION_DEPTH) return `is nested more than ${MAP_LIMITS.EXPRESSION_DEPTH} deep`
    if (shape.loops > MAP_LIMITS.EXPRESSION_LOOPS)
      return `has more than ${MAP_LIMITS.EXPRESSION_LOOPS} comprehensions (map, filter, all, exists) in each other`
    const unknown = shape.variables.find((name) => !variables.includes(name))
    if (unknown !== undefined) return `there is no variable ${unknown}; there is ${variables.join(', ')}`
    const stranger = shape.functions.find((name) => env.funcs.find(name) === undefined && !SYNTAX.has(name))
    if (stranger !== undefined) return `there is no function ${stranger}`
    const run = cel.plan(env, withTicks(expr))
    return {
      text,
      reads: shape.reads,
      asked: shape.asked,
      evaluate(given) {
        meter.start()
        const value = run(given as { [name: string]: CelInput })
        if (cel.isCelError(value)) throw new RangeError(String(value.message).slice(0, 300))
        return toJson(cel, value, { left: MAP_LIMITS.EXPRESSION_LIST })
      },
    }
  } catch (error) {
    return error instanceof RangeError ? 'is nested too deep' : messageOf(error)
  }
}

/** What the planner knows by itself. */
const SYNTAX: ReadonlySet<string> = new Set([
  '_?_:_',
  '_&&_',
  '_||_',
  '_[_]',
  '@not_strictly_false',
  '__not_strictly_false__',
])

function load(): Engine {
  const { strings, ...cel } = loadCel()
  const { STRING, INT } = cel.CelScalar
  const meter = createMeter(cel)
  const own = [
    ...strings.filter(({ name }) => TEXT_METHODS.includes(name)),
    cel.celMethod('trim', STRING, [], STRING, function () {
      return this.trim()
    }),
    cel.celMethod('replace', STRING, [STRING, STRING], STRING, function (from, by) {
      if (from === '') throw new RangeError('the text to be replaced is empty')
      return meter.text(this.split(from), by)
    }),
    cel.celMethod('truncate', STRING, [INT], STRING, function (most) {
      return [...this].slice(0, Math.max(0, Number(most))).join('')
    }),
    ...plainTransforms()
      .filter(([name]) => name !== 'trim')
      .map(([name, apply]) =>
        cel.celMethod(name, STRING, [], STRING, function () {
          return apply(this)
        }),
      ),
  ]
  return { cel, env: meter.metered(cel.celEnv({ funcs: own })), meter }
}

/** A result as JSON; throws for what JSON has no place for. */
function toJson(cel: Cel, value: CelValue, values: { left: number }, depth = 0): Json {
  values.left -= 1
  if (values.left < 0) throw new RangeError(`gives more than ${MAP_LIMITS.EXPRESSION_LIST} values`)
  if (depth > 8) throw new RangeError('gives a value that is nested more than 8 deep')
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value
    throw new RangeError(`gives ${value}, which is no number that can be sent`)
  }
  if (typeof value === 'bigint') {
    if (Number.isSafeInteger(Number(value))) return Number(value)
    throw new RangeError(`gives ${value}, which is too large a number`)
  }
  if (cel.isCelList(value)) return [...value].map((one) => toJson(cel, one, values, depth + 1))
  if (cel.isCelMap(value)) {
    const entries = [...value].map(([key, one]) => {
      if (typeof key !== 'string') throw new RangeError('gives an object whose names are not all text')
      return [key, toJson(cel, one, values, depth + 1)] as const
    })
    return Object.fromEntries(entries)
  }
  throw new RangeError('gives a value that is neither text, number, boolean, list nor object')
}

function messageOf(error: unknown): string {
  const message = isObject(error) && typeof error.message === 'string' ? error.message : String(error)
  return message.replace('<input>:', 'at ').slice(0, 300)
}
