// Reads files of test vectors.

import { readFileSync } from 'node:fs'

/** The cases of a vector file: one a line, apart from blank ones and comments; a part after ⇒ is what is expected. */
export function vectors(file: string): readonly { readonly given: string; readonly expected: string | undefined }[] {
  return readFileSync(new URL(file, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const at = line.indexOf(' ⇒ ')
      return at < 0 ? { given: line, expected: undefined } : { given: line.slice(0, at), expected: line.slice(at + 3) }
    })
}
