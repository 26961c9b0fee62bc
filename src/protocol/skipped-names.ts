import { namesOnly } from './path.ts'

/** So many names of what was left out are told; more of them say nothing more, and would fill a log. */
const MOST = 100

/** Notes the path of what no schema knows and is left out: by name, never with values, and no more than a few. */
export function noteSkipped(skipped: string[], path: string): void {
  if (skipped.length < MOST) skipped.push(namesOnly(path))
}
