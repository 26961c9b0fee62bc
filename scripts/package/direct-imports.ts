// Makes compiled files import from the very files that define a name, so that bundlers can leave out the rest.

import { readFileSync } from 'node:fs'
import { dirname, join, normalize, relative, sep } from 'node:path'

/** Where a name is defined: the file below the folder, and what it is called there. */
interface Origin {
  readonly file: string
  readonly name: string
}

const FROM = /^(import|export) \{([^}]*)\} from (['"])(\.[^'"]+)\3;?/gm
const ALL = /^export \* from (['"])(\.[^'"]+)\1/gm
const OWN = /^export (?:async )?(?:function\*?|const|let|class) ([A-Za-z_$][\w$]*)/gm
const LISTED = /^export \{([^}]*)\};?$/gm

/** Creates the function that rewrites a compiled file of a folder. Names that no file defines in a way that it reads stay as they are. */
export function createDirectImports(folder: string): (file: string, code: string) => string {
  const known = new Map<string, ReadonlyMap<string, Origin>>()

  /** What a file offers, and where each of it is defined. */
  function offered(file: string): ReadonlyMap<string, Origin> {
    const found = known.get(file)
    if (found !== undefined) return found
    const names = new Map<string, Origin>()
    known.set(file, names)
    const code = readFileSync(join(folder, file), 'utf8')
    for (const [, , path = ''] of code.matchAll(ALL)) {
      for (const [name, origin] of offered(beside(file, path))) names.set(name, origin)
    }
    for (const [, word, list = '', , path = ''] of code.matchAll(FROM)) {
      if (word !== 'export') continue
      for (const { own, shown } of read(list)) names.set(shown, originOf(beside(file, path), own))
    }
    for (const [, name = ''] of code.matchAll(OWN)) names.set(name, { file, name })
    for (const [, list = ''] of code.matchAll(LISTED)) {
      for (const { own, shown } of read(list)) names.set(shown, { file, name: own === 'default' ? own : shown })
    }
    return names
  }

  function originOf(file: string, name: string): Origin {
    return offered(file).get(name) ?? { file, name }
  }

  return (file, code) =>
    code.replace(FROM, (whole, word: string, list: string, _quote: string, path: string) => {
      const target = beside(file, path)
      const byFile = new Map<string, string[]>()
      for (const { own, shown } of read(list)) {
        const origin = originOf(target, own)
        const names = byFile.get(origin.file) ?? []
        names.push(origin.name === shown ? shown : `${origin.name} as ${shown}`)
        byFile.set(origin.file, names)
      }
      if (byFile.size === 0) return whole
      const lines = [...byFile].map(
        ([origin, names]) => `${word} { ${names.join(', ')} } from '${pathTo(file, origin)}';`,
      )
      // As many lines as before, for the source maps.
      return lines.join(' ') + '\n'.repeat(whole.split('\n').length - 1)
    })
}

function read(list: string): readonly { readonly own: string; readonly shown: string }[] {
  return list
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => {
      const [own = '', shown = own] = one.split(/\s+as\s+/)
      return { own, shown }
    })
}

function beside(file: string, path: string): string {
  return normalize(join(dirname(file), path))
}

function pathTo(from: string, to: string): string {
  const path = relative(dirname(from), to).split(sep).join('/')
  return path.startsWith('.') ? path : `./${path}`
}
