import type { Report } from './report.ts'
/** x */
export function writeHtml(report: Report): string {
  return `<pre>${JSON.stringify(report.counts)}</pre>`
}
