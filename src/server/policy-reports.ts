// Counts what browsers report of pages that broke their policy: what was blocked, never where or for whom.

import { isObject, type Json } from '../protocol/index.ts'
import { parseUrl } from '../url.ts'

/** What was blocked, how often, and when last. */
export interface Violation {
  /** The directive that blocked it, like `script-src-elem`. */
  readonly directive: string
  /** What was blocked: `inline`, `eval`, … or the origin that it was to come from. */
  readonly blocked: string
  readonly count: number
  /** Milliseconds since 1970. */
  readonly last: number
}

/** The reports of one process since its start. */
export interface PolicyReports {
  /** Takes the body of a report; whatever is in it. */
  readonly take: (body: string, now: number) => void
  /** How many violations were told, and which; those beyond the bounds are only counted. */
  readonly told: () => { readonly count: number; readonly violations: readonly Violation[] }
}

/** Anybody can send reports: so many an hour are read, and so many kinds of them kept. */
const READ_AN_HOUR = 100
const MOST_KINDS = 50
/** Reports of one body that are read, and the longest text that is kept of one. */
const MOST_AT_ONCE = 20
const TEXT_LENGTH = 100
const HOUR_MS = 3_600_000

/** Begins to count. */
export function createPolicyReports(): PolicyReports {
  const kinds = new Map<string, Violation>()
  let count = 0
  let hour = 0
  let read = 0
  return {
    take(body, now) {
      const at = Math.floor(now / HOUR_MS)
      if (at !== hour) {
        hour = at
        read = 0
      }
      if (read >= READ_AN_HOUR) {
        count++
        return
      }
      for (const { directive, blocked } of violationsIn(body)) {
        read++
        count++
        const key = `${directive} ${blocked}`
        const before = kinds.get(key)
        if (before !== undefined || kinds.size < MOST_KINDS)
          kinds.set(key, { directive, blocked, count: (before?.count ?? 0) + 1, last: now })
      }
    },
    told: () => ({ count, violations: [...kinds.values()].sort((a, b) => b.last - a.last) }),
  }
}

/** The violations in a body: of the Reporting API, or in the older form of `report-uri`. CSP 3 §5.3, §5.5. */
function violationsIn(body: string): readonly Pick<Violation, 'directive' | 'blocked'>[] {
  const json = readJson(body)
  const reports = Array.isArray(json)
    ? json.slice(0, MOST_AT_ONCE).map((one) => (isObject(one) && one.type === 'csp-violation' ? one.body : undefined))
    : [isObject(json) ? json['csp-report'] : undefined]
  return reports.filter(isObject).map((report) => ({
    directive: wordIn(report.effectiveDirective ?? report['effective-directive'] ?? report['violated-directive']),
    blocked: blockedIn(report.blockedURL ?? report['blocked-uri']),
  }))
}

function readJson(body: string): Json | undefined {
  try {
    return JSON.parse(body) as Json
  } catch {
    return undefined
  }
}

/** The name of a directive; `other` for anything else. */
function wordIn(value: Json | undefined): string {
  return typeof value === 'string' && /^[a-z-]{1,40}$/.test(value) ? value : 'other'
}

/** What was blocked, without path and query, which may name people. */
function blockedIn(value: Json | undefined): string {
  if (typeof value !== 'string') return 'other'
  if (/^[a-z-]{1,40}$/.test(value)) return value
  const url = parseUrl(value)
  if (url === null) return 'other'
  return (url.host === '' ? url.protocol : `${url.protocol}//${url.host}`).slice(0, TEXT_LENGTH)
}
