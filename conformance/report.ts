// Prints what all judges found.

import { isGood, type Verdict } from './compare.ts'

/** A table of all judges' results, then the details of those that are not good. */
export function tell(
  verdicts: readonly Verdict[],
  missing: readonly { readonly judge: string; readonly why: string }[],
): string {
  const rows = [
    ['judge', 'profile', 'passed', 'skipped', 'expected', 'unexpected', 'gone', 'seconds', ''],
    ...verdicts.map((one) => [
      one.judge,
      one.profile,
      String(one.passed),
      String(one.skipped),
      String(one.expected),
      String(one.unexpected.length),
      String(one.gone.length),
      one.seconds.toFixed(1),
      isGood(one) ? 'good' : 'NOT GOOD',
    ]),
  ]
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  return [
    ...rows.map((row) => line(row).trimEnd()),
    ...missing.map(({ judge, why }) => `${judge}  skipped: ${why}`),
    ...verdicts.filter((one) => !isGood(one)).flatMap(against),
  ].join('\n')
}

function against({ judge, profile, unexpected, gone, broken }: Verdict): readonly string[] {
  return [
    '',
    `${judge}, ${profile}:`,
    ...(broken === undefined ? [] : [`  ${broken}`]),
    ...unexpected.flatMap(({ check, detail }) => [
      `  unexpected  ${check}`,
      ...detail.split('\n').map((text) => `              ${text}`),
    ]),
    ...gone.map((text) => `  gone        ${text}; remove it from conformance/expected.json`),
  ]
}
