// Looks at the tree of an expression before it may run: depth, nested loops, what it reads.

import { TICK } from './cel-meter.ts'
import type { Expr } from './cel-package.ts'

/** What is known of an expression without running it. */
export interface ExpressionShape {
  readonly depth: number
  /** How many comprehensions are in each other. */
  readonly loops: number
  /** Free variables. */
  readonly variables: readonly string[]
  readonly functions: readonly string[]
  /** Chains of fields that begin with a free variable. */
  readonly reads: readonly string[]
  /** Those of them that `has(…)` asks about. */
  readonly asked: readonly string[]
}

interface Findings {
  depth: number
  loops: number
  readonly variables: Set<string>
  readonly functions: Set<string>
  readonly reads: Set<string>
  readonly asked: Set<string>
}

/** Looks at a whole tree. Recursion is as deep as the parser's was. */
export function measureShape(expr: Expr): ExpressionShape {
  const found: Findings = {
    depth: 0,
    loops: 0,
    variables: new Set(),
    functions: new Set(),
    reads: new Set(),
    asked: new Set(),
  }
  walk(expr, { depth: 1, loops: 0, bound: new Set() }, found)
  return {
    depth: found.depth,
    loops: found.loops,
    variables: [...found.variables],
    functions: [...found.functions],
    reads: [...found.reads],
    asked: [...found.asked],
  }
}

interface Where {
  readonly depth: number
  readonly loops: number
  readonly bound: ReadonlySet<string>
}

function walk(expr: Expr | undefined, where: Where, found: Findings): void {
  if (expr === undefined) return
  found.depth = Math.max(found.depth, where.depth)
  found.loops = Math.max(found.loops, where.loops)
  const deeper = { ...where, depth: where.depth + 1 }
  const { exprKind } = expr
  switch (exprKind.case) {
    case 'identExpr':
      if (!where.bound.has(exprKind.value.name)) {
        found.variables.add(exprKind.value.name)
        found.reads.add(exprKind.value.name)
      }
      return
    case 'selectExpr': {
      const chain = chainOf(expr, where.bound)
      if (chain !== undefined) (exprKind.value.testOnly ? found.asked : found.reads).add(chain)
      walk(exprKind.value.operand, deeper, found)
      return
    }
    case 'callExpr':
      found.functions.add(exprKind.value.function)
      walk(exprKind.value.target, deeper, found)
      for (const one of exprKind.value.args) walk(one, deeper, found)
      return
    case 'listExpr':
      for (const one of exprKind.value.elements) walk(one, deeper, found)
      return
    case 'structExpr':
      for (const { keyKind, value } of exprKind.value.entries) {
        if (keyKind.case === 'mapKey') walk(keyKind.value, deeper, found)
        walk(value, deeper, found)
      }
      return
    case 'comprehensionExpr': {
      const { iterVar, accuVar, iterRange, accuInit, loopCondition, loopStep, result } = exprKind.value
      walk(iterRange, deeper, found)
      walk(accuInit, deeper, found)
      const bound = new Set([...where.bound, iterVar, accuVar])
      const inner = { depth: deeper.depth, loops: where.loops + 1, bound }
      walk(loopCondition, inner, found)
      walk(loopStep, inner, found)
      walk(result, { ...deeper, bound }, found)
      return
    }
    default:
  }
}

/** `user.name.givenName`, when that is all there is to it. */
function chainOf(expr: Expr, bound: ReadonlySet<string>): string | undefined {
  const { exprKind } = expr
  if (exprKind.case === 'identExpr') return bound.has(exprKind.value.name) ? undefined : exprKind.value.name
  if (exprKind.case !== 'selectExpr' || exprKind.value.operand === undefined) return undefined
  const before = chainOf(exprKind.value.operand, bound)
  return before === undefined ? undefined : `${before}.${exprKind.value.field}`
}

/** The same expression, in which every turn of a loop is counted: its condition asks the meter first. Changes the tree in place. */
export function withTicks(expr: Expr): Expr {
  const { exprKind } = expr
  switch (exprKind.case) {
    case 'selectExpr':
      tick(exprKind.value.operand)
      break
    case 'callExpr':
      tick(exprKind.value.target)
      exprKind.value.args.forEach(tick)
      break
    case 'listExpr':
      exprKind.value.elements.forEach(tick)
      break
    case 'structExpr':
      for (const { keyKind, value } of exprKind.value.entries) {
        if (keyKind.case === 'mapKey') tick(keyKind.value)
        tick(value)
      }
      break
    case 'comprehensionExpr': {
      const { value } = exprKind
      for (const one of [value.iterRange, value.accuInit, value.loopStep, value.result]) tick(one)
      const condition = value.loopCondition
      if (condition !== undefined)
        value.loopCondition = call(condition.id, '_&&_', [call(condition.id, TICK, []), condition])
      break
    }
    default:
  }
  return expr
}

function tick(expr: Expr | undefined): void {
  if (expr !== undefined) withTicks(expr)
}

function call(id: bigint, name: string, args: Expr[]): Expr {
  const value = { $typeName: 'cel.expr.Expr.Call' as const, function: name, args }
  return { $typeName: 'cel.expr.Expr', id, exprKind: { case: 'callExpr', value } }
}
