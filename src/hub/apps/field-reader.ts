// Reads fields of settings, and notes each that is wrong with its path.

import { didYouMean, isObject, type Json, type JsonObject } from '../../protocol/index.ts'
import { APP_LIMITS } from './app-limits.ts'
import type { AppFault } from './app-refusal.ts'

/** Reads fields. What is wrong is noted, and comes out as undefined. */
export interface FieldReader {
  readonly faults: readonly AppFault[]
  fault(field: string, message: string): undefined
  /** An object with no members but these. */
  object(field: string, value: Json | undefined, members: readonly string[]): JsonObject | undefined
  /** An object of any members, so long as its JSON has at most so many characters. */
  open(field: string, value: Json | undefined, most: number): JsonObject | undefined
  text(field: string, value: Json | undefined, most?: number): string | undefined
  oneOf<const T extends string>(field: string, value: Json | undefined, words: readonly T[]): T | undefined
  /** A whole number. */
  whole(field: string, value: Json | undefined, least: number, most: number): number | undefined
  list(field: string, value: Json | undefined, most: number): readonly Json[] | undefined
}

/** Starts reading. */
export function readFields(): FieldReader {
  const faults: AppFault[] = []
  const fault = (field: string, message: string) => void faults.push({ field, message })
  return {
    faults,
    fault,
    object(field, value, members) {
      if (!isObject(value)) return fault(field, 'This must be an object')
      for (const name of Object.keys(value)) {
        if (!members.includes(name)) fault(at(field, name), `There is no such field${didYouMean(name, members)}`)
      }
      return value
    },
    open(field, value, most) {
      if (!isObject(value)) return fault(field, 'This must be an object')
      if (JSON.stringify(value).length > most) return fault(field, `This may have ${most} characters at most, as JSON`)
      return value
    },
    text(field, value, most = APP_LIMITS.TEXT) {
      if (typeof value === 'string' && value.length > 0 && value.length <= most && !/\p{Cc}/u.test(value)) return value
      return fault(field, `This must be a text of 1 to ${most} characters, without control characters`)
    },
    oneOf(field, value, words) {
      const found = words.find((word) => word === value)
      if (found !== undefined) return found
      const near = typeof value === 'string' ? didYouMean(value, words) : ''
      return fault(field, `This must be one of ${words.join(', ')}${near}`)
    },
    whole(field, value, least, most) {
      if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
      return fault(field, `This must be a whole number from ${least} to ${most}`)
    },
    list(field, value, most) {
      if (!Array.isArray(value)) return fault(field, 'This must be a list')
      if (value.length > most) return fault(field, `This may have ${most} entries at most`)
      return value
    },
  }
}

/** The path of a member. */
export function at(field: string, name: string | number): string {
  return field === '' ? String(name) : `${field}.${name}`
}
