// Notes the names of attributes that were left out.

import { namesOnly } from './path.ts'

/** Names of skipped attributes that are reported; more would fill a log and say nothing new. */
const MOST = 100

/** Notes the path of what no schema knows and is left out: by name, never with values, and no more than a few. */
export function noteSkipped(skipped: string[], path: string): void {
  if (skipped.length < MOST) skipped.push(namesOnly(path))
}
