// Saves a text as a file of the browser.

/** How long the browser may take to read the text. */
const KEPT_MS = 10_000

/** @example saveFile(csv, 'access.csv', 'text/csv') */
export function saveFile(text: string, name: string, type: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS)
}
