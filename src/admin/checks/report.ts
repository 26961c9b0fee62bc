// A check that was kept, as the report that the command line writes: JSON, HTML, JUnit XML, a badge.

import type { Report } from '../../conformance/index.ts'
import type { CheckBook } from './check-book.ts'
import type { CheckRun } from './check-run.ts'

/** How a report is written. */
export type ReportFormat = 'json' | 'html' | 'junit' | 'badge'

/** Media type and ending of each. */
const FILES: { readonly [format in ReportFormat]: readonly [type: string, ending: string] } = {
  json: ['application/json', 'json'],
  html: ['text/html; charset=utf-8', 'html'],
  junit: ['application/xml', 'xml'],
  badge: ['image/svg+xml', 'svg'],
}

/** The report of a check, with its results in the order in which they came. */
export async function reportOf(book: CheckBook, tenant: string, run: CheckRun): Promise<Report> {
  const { results, providers } = await book.whole(tenant, run)
  const { url, requests, counts, left, leftovers, unread, note } = run
  return {
    url,
    started: new Date(run.beganAt).toISOString(),
    ms: (run.endedAt ?? run.seenAt ?? run.beganAt) - run.beganAt,
    requests,
    results,
    counts,
    providers,
    left,
    leftovers,
    unread,
    ...(note === undefined ? {} : { note }),
    stopped: run.state !== 'done' || run.stopped !== undefined,
  }
}

/** A report as a file to be saved: it has text of strangers in it, and is never shown from here. */
export async function fileOf(report: Report, name: string, format: ReportFormat): Promise<Response> {
  const { writeBadge, writeHtml, writeJunit } = await import('../../conformance/index.ts')
  const write: { readonly [one in ReportFormat]: (report: Report) => string } = {
    json: (one) => `${JSON.stringify(one, null, 2)}\n`,
    html: writeHtml,
    junit: writeJunit,
    badge: writeBadge,
  }
  const [type, ending] = FILES[format]
  return new Response(write[format](report), {
    headers: {
      'content-type': type,
      'content-disposition': `attachment; filename="${name}.${ending}"`,
      'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'",
      'cache-control': 'no-store',
    },
  })
}
