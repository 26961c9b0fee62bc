// Writes comma-separated values that spreadsheets read as text.

import { escapeText } from '../../terminal.ts'

/** A line of comma-separated values, with its line end. What would be a formula gets an apostrophe in front. RFC 4180. */
export function csvLine(values: readonly (string | boolean | undefined)[]): string {
  return `${values.map((value) => cell(String(value ?? ''))).join(',')}\n`
}

function cell(value: string): string {
  // Spreadsheets carry out what begins like this, spaces or not.
  const isFormula = /^[\s]*[=+\-@\t\r|%]/.test(value)
  const text = escapeText(isFormula ? `'${value}` : value)
  return /[",'\s]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
