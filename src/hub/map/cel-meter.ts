// Counts the work of an expression of a tenant, and ends it when it takes too much.

import type { Cel, CelEnv, CelValue } from './cel-package.ts'
import { MAP_LIMITS } from './map-limits.ts'

/** The name of the function that the turns of loops call. */
export const TICK = '@tick'

/** Counts the work of one evaluation at a time; evaluations are synchronous. */
export interface Meter {
  /** Begins an evaluation. */
  readonly start: () => void
  /** Joins text, unless it gets too long. */
  readonly text: (parts: readonly string[], by: string) => string
  /** The environment with every call counted before it is made. */
  readonly metered: (env: CelEnv) => CelEnv
}

type FuncGroup = NonNullable<ReturnType<CelEnv['funcs']['find']>>

/** Characters or elements that a call looks at in one step. */
const STRIDE = 64

/** Creates a meter. What goes past its bounds throws a RangeError, which ends the evaluation: an error as a value could be ignored. */
export function createMeter({ isCelList, isCelMap }: Pick<Cel, 'isCelList' | 'isCelMap'>): Meter {
  let left = 0
  const take = (steps: number) => {
    left -= steps
    if (left < 0) throw new RangeError(`takes more than ${MAP_LIMITS.EXPRESSION_WORK} steps`)
  }
  const stepsOf = (value: CelValue | undefined): number => {
    if (typeof value === 'string') return value.length / STRIDE
    if (value instanceof Uint8Array) return value.length / STRIDE
    return isCelList(value) || isCelMap(value) ? value.size : 0
  }
  const check = (value: unknown) => {
    if (typeof value === 'string' || value instanceof Uint8Array) {
      if (value.length > MAP_LIMITS.EXPRESSION_TEXT)
        throw new RangeError(`makes a text of more than ${MAP_LIMITS.EXPRESSION_TEXT} characters`)
    } else if (isCelList(value) && value.size > MAP_LIMITS.EXPRESSION_LIST)
      throw new RangeError(`makes a list of more than ${MAP_LIMITS.EXPRESSION_LIST} values`)
  }
  const count = (name: string, target: CelValue | undefined, args: readonly CelValue[]) => {
    take(1 + (name === '_+_' ? 0 : stepsOf(target) + args.reduce<number>((sum, one) => sum + stepsOf(one), 0)))
    if (name === 'matches') take(patternSteps(target, args))
  }
  return {
    start() {
      left = MAP_LIMITS.EXPRESSION_WORK
    },
    text(parts, by) {
      const length = parts.reduce((sum, part) => sum + part.length, (parts.length - 1) * by.length)
      if (length > MAP_LIMITS.EXPRESSION_TEXT)
        throw new RangeError(`makes a text of more than ${MAP_LIMITS.EXPRESSION_TEXT} characters`)
      return parts.join(by)
    },
    metered(env) {
      const tick: Pick<FuncGroup, 'name' | 'call'> = {
        name: TICK,
        call() {
          take(1)
          return true
        },
      }
      const known = new Map<string, Pick<FuncGroup, 'name' | 'call'>>([[TICK, tick]])
      const find = (name: string) => {
        const wrapped = known.get(name)
        if (wrapped !== undefined) return wrapped
        const group = env.funcs.find(name)
        if (group === undefined) return undefined
        const counted = {
          name,
          call(id: number, target: CelValue | undefined, args: CelValue[]) {
            count(name, target, args)
            const result = group.call(id, target, args)
            check(result)
            return result
          },
        }
        known.set(name, counted)
        return counted
      }
      return Object.create(env, { funcs: { value: { find } } })
    },
  }
}

/** A linear engine takes time by the size of the pattern, its repeats written out, times that of the text. */
function patternSteps(target: CelValue | undefined, args: readonly CelValue[]): number {
  const pattern = args[args.length - 1]
  const text = args.length > 1 ? args[0] : target
  if (typeof pattern !== 'string' || typeof text !== 'string') return 0
  let repeats = 1
  for (const [, least = '', most = ''] of pattern.matchAll(/\{([0-9]{1,4}),?([0-9]{0,4})\}/g))
    repeats *= Math.max(1, Number(least), Number(most))
  // The engine itself refuses more than a thousand.
  const size = pattern.length * Math.min(repeats, 1_000)
  return size / 16 + (size * text.length) / (STRIDE / 8)
}
