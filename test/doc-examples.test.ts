// What apps import says how it is used: each function of a public door has an example in its comment.

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** Doors with hundreds of parts for those who build something of their own; these are the ones that one begins with. */
const BEGUN_WITH: { readonly [door: string]: readonly string[] } = {
  './protocol': [
    'parseFilter',
    'filter',
    'where',
    'matches',
    'bindFilter',
    'parsePath',
    'readPatch',
    'diff',
    'defineSchema',
    'defineResourceType',
    'createCatalog',
    'readJson',
    'fold',
  ],
  './hub': ['defineConfig', 'defineMap', 'defineAdapter'],
}
/** Whoever has a pool has `pg` already, and a cluster has a guide. */
const WITHOUT: ReadonlySet<string> = new Set(['openPool', 'openCluster'])

/** The functions that a file offers, each with the comment before it. */
function functionsOf(file: string): ReadonlyMap<string, string> {
  const code = readFileSync(file, 'utf8')
  const found = new Map<string, string>()
  const beside = (path = '') => functionsOf(join(dirname(file), path))
  for (const [, path] of code.matchAll(/^export \* from '([^']+)'/gm)) {
    for (const [name, comment] of beside(path)) found.set(name, comment)
  }
  for (const [, list = '', path] of code.matchAll(/^export \{([^}]*)\} from '([^']+)'/gm)) {
    const others = beside(path)
    for (const one of list.split(',').map((part) => part.trim())) {
      const comment = others.get(one.split(' as ')[0] ?? '')
      if (comment !== undefined) found.set(one.split(' as ').at(-1) ?? '', comment)
    }
  }
  const declared = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport (?:async )?function\*? ([A-Za-z_]\w*)/g
  for (const [, comment = '', name = ''] of code.matchAll(declared)) found.set(name, comment)
  return found
}

const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly exports: { readonly [door: string]: { readonly '@lockstep/source'?: string } }
}

test.each(Object.keys(exports).filter((door) => exports[door]?.['@lockstep/source'] !== undefined))(
  'lockstep%s: each function that one begins with has an example',
  (door) => {
    const functions = functionsOf(join(root, exports[door]?.['@lockstep/source'] ?? ''))
    const names = BEGUN_WITH[door] ?? [...functions.keys()].filter((name) => !WITHOUT.has(name))
    expect(names.length).toBeGreaterThan(0)
    expect(names.filter((name) => !functions.get(name)?.includes('@example'))).toEqual([])
  },
)
