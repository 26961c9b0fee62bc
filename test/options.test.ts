// Options may be given as undefined, which apps with `exactOptionalPropertyTypes` can't write otherwise.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const SRC = join(import.meta.dirname, '../src')
/** Rooms that no app imports. */
const INSIDE = /^(admin|cli|server|site)\//

test('every optional member of an interface of options admits undefined', () => {
  const wrong: string[] = []
  let seen = 0
  for (const path of readdirSync(SRC, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts') || path.endsWith('.test.ts') || INSIDE.test(path)) continue
    const text = readFileSync(join(SRC, path), 'utf8')
    for (const [, name = '', body = ''] of text.matchAll(/^export interface (\w*Options)\b[^{]*\{\n(.*?)^\}/gms)) {
      // A member ends where the next one, its comment or the interface begins.
      for (const [, member = '', type = ''] of `${body}  }`.matchAll(
        /^ {2}(?:readonly )?(\w+)\?:(.*?)(?=^ {2}[\w/}])/gms,
      )) {
        seen++
        if (!/\| undefined\s*$/.test(type)) wrong.push(`${path}: ${name}.${member}`)
      }
    }
  }
  expect(wrong).toEqual([])
  expect(seen).toBeGreaterThan(150)
})
