// Writes the result of a check as an SVG badge.

import { CASE_COUNT } from '../cases.ts'
import type { Report } from './report.ts'

/**
 * The report as a badge: a small SVG with "SCIM 2.0" and the result.
 * @example
 * writeFileSync('scim.svg', writeBadge(report))
 */
export function writeBadge(report: Report): string {
  const { must, should, passed, untested } = report.counts
  const but = [should > 0 ? `misses ${should} SHOULD` : '', untested > 0 ? `${untested} not tested` : ''].filter(
    (each) => each !== '',
  )
  const [said, colour] =
    report.stopped || passed + must + should === 0
      ? ['not tested', '#6b7280']
      : must > 0
        ? [`fails ${must} MUST`, '#c62828']
        : but.length > 0
          ? [['conformant', ...but].join(', '), '#8a6d00']
          : ['conformant', '#2e7d32']
  const { length } = report.results
  const text = length < CASE_COUNT ? `${said}, ${length} of ${CASE_COUNT} cases` : said
  // Verdana's letters of 11 px are about 6.6 px wide.
  const width = (words: string) => Math.ceil(words.length * 6.6) + 12
  const left = width('SCIM 2.0')
  const whole = left + width(text)
  const label = (words: string, from: number, to: number) =>
    `<text x="${(from + to) / 2}" y="14" textLength="${to - from - 12}">${words}</text>`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${whole}" height="20" role="img" aria-label="SCIM 2.0: ${text}"><title>SCIM 2.0: ${text}</title><clipPath id="r"><rect width="${whole}" height="20" rx="3"/></clipPath><g clip-path="url(#r)"><rect width="${left}" height="20" fill="#444"/><rect x="${left}" width="${whole - left}" height="20" fill="${colour}"/></g><g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">${label('SCIM 2.0', 0, left)}${label(text, left, whole)}</g></svg>\n`
}
