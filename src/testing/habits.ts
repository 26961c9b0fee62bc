// What an app refuses, drops and rewrites of what it is sent.

import { type Draft, isList, isObject, type Json, type JsonObject, same } from './json.ts'
import type { TypeHabits } from './profile.ts'
import { invalid } from './refusal.ts'

/** What a write brings, after the app's habits: refused with a reason, or as it will be kept. */
export function bend(habits: TypeHabits, attributes: JsonObject, before: JsonObject | undefined): JsonObject {
  const bent: Draft = {}
  for (const [name, value] of Object.entries(attributes)) {
    if (before !== undefined && habits.createOnly.includes(name)) continue
    if (habits.dropped.includes(name)) continue
    requireTaken(habits, name, value)
    bent[name] = normalised(value, habits.normalise[name])
  }
  if (before === undefined) return bent
  for (const name of habits.createOnly) {
    const kept = before[name]
    if (kept !== undefined) bent[name] = kept
  }
  for (const name of habits.fixed) {
    if (!same(before[name], bent[name])) throw invalid('mutability', `"${name}" cannot be changed`)
  }
  return bent
}

function requireTaken(habits: TypeHabits, name: string, value: Json): void {
  if (habits.refused.includes(name)) throw invalid('invalidValue', `"${name}" is not supported`)
  for (const refused of habits.refused) {
    const [outer, sub = ''] = refused.split('.')
    const values = isList(value) ? value : [value]
    if (outer === name && sub !== '' && values.some((one) => isObject(one) && one[sub] !== undefined))
      throw invalid('invalidValue', `"${refused}" is not supported`)
  }
  if (habits.single.includes(name) && isList(value) && value.length > 1)
    throw invalid('invalidValue', `"${name}" has one value at most`)
  const longest = habits.longest[name]
  if (longest !== undefined && typeof value === 'string' && value.length > longest)
    throw invalid('invalidValue', `"${name}" is longer than ${longest} characters`)
  const forbidden =
    habits.forbidden[name] ?? (name === 'members' || name.startsWith('urn:') ? undefined : habits.forbidden['*'])
  if (forbidden === undefined) return
  for (const text of textsIn(value)) {
    const found = [...text].find((one) => forbidden.includes(one))
    if (found !== undefined) throw invalid('invalidValue', `"${name}" may not contain ${JSON.stringify(found)}`)
  }
}

function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value]
  if (isList(value)) return value.flatMap(textsIn)
  return isObject(value) ? Object.values(value).flatMap(textsIn) : []
}

function normalised(value: Json, how: 'lower' | 'slug' | undefined): Json {
  if (typeof value !== 'string' || how === undefined) return value
  const lower = value.toLowerCase()
  return how === 'lower' ? lower : [...lower].map((one) => (/[a-z0-9]/.test(one) ? one : '-')).join('')
}
