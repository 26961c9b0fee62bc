// Differences as lines for people.

import type { Json } from '../../protocol/index.ts'
import { cut } from '../terminal/print.ts'
import type { Difference, FieldDifference, Unnamed } from './difference.ts'

const MARKS = { create: '+', change: '~', remove: '-' } as const

/** Longest value in a line. */
const LENGTH = 120

/** A difference as lines: what, and below it each field. */
export function differenceLines({ tenant, kind, id, verb, fields }: Difference): readonly string[] {
  const what = kind === 'tenant' ? `tenant ${id}` : `${tenant}: ${[kind, id].filter((one) => one !== '').join(' ')}`
  return [`${MARKS[verb]} ${what}`, ...fields.map((field) => `    ${fieldLine(field)}`)]
}

/** What stands unnamed, as a line. */
export function unnamedLine({ tenant, kind, id }: Unnamed): string {
  return `? ${tenant}: ${kind} ${id} is in no file; --prune removes it`
}

function fieldLine({ path, was, is }: FieldDifference): string {
  if (was === undefined) return `${path}: ${textOf(is)}`
  return `${path}: ${textOf(was)} -> ${is === undefined ? '(not set)' : textOf(is)}`
}

function textOf(value: Json | undefined): string {
  return cut(typeof value === 'string' ? value : JSON.stringify(value ?? null), LENGTH)
}
