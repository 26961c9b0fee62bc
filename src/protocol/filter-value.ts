// Values that people write into filters. RFC 7644 §3.4.2.2.

import { ConfigError } from './errors.ts'

/**
 * A value as a filter has it; a Date as its ISO text. What TypeScript refuses comes all the same, from JavaScript and by `any`: throws
 * ConfigError, which calls the value `name`.
 */
export function filterValue(value: unknown, name: string): string | number | boolean | null {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString()
  const shown = value instanceof Date ? 'a date without a time' : value === undefined ? 'undefined' : nameOfKind(value)
  throw new ConfigError('filter', `${name} is ${shown}; it must be a text, a finite number, a boolean, null or a Date`)
}

function nameOfKind(value: unknown): string {
  if (typeof value === 'number') return String(value)
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
