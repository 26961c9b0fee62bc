// Bundles what apps import and measures it against budgets, so that none grows by accident.

import { writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { rolldown } from 'rolldown'

/** One thing that an app bundles. */
interface Bundle {
  readonly name: string
  readonly code: string
  /** Most kilobytes (1,000 bytes), minified and compressed by gzip: of what is loaded at once, and of all with what is loaded later. */
  readonly most: { readonly atOnce: number; readonly whole: number }
  /** Whether it is for browsers and workers too, so that nothing of Node may be left in it. */
  readonly portable: boolean
}

/** What is measured. Budgets are a tenth above what it was when they were set; raise one only with a reason in the commit. */
const BUNDLES: readonly Bundle[] = [
  {
    name: 'parseFilter',
    code: "export { parseFilter } from 'lockstep/protocol'",
    most: { atOnce: 4, whole: 4 },
    portable: true,
  },
  {
    name: 'protocol',
    code: "export * from 'lockstep/protocol'",
    most: { atOnce: 60, whole: 60 },
    portable: true,
  },
  {
    name: 'client',
    code: "export { createClient, token } from 'lockstep/client'",
    most: { atOnce: 25, whole: 58 },
    portable: true,
  },
  {
    name: 'types and errors',
    code: "export { defineSchema, EnterpriseUser, Group, ScimError, User } from 'lockstep'",
    most: { atOnce: 5, whole: 5 },
    portable: true,
  },
  {
    name: 'lockstep in memory',
    code: "export { lockstep, memoryStore } from 'lockstep'",
    most: { atOnce: 140, whole: 145 },
    portable: true,
  },
  {
    name: 'setup page',
    code: "export { setupPage } from 'lockstep/setup'",
    // The page itself is loaded later, when somebody opens it.
    most: { atOnce: 53, whole: 357 },
    portable: true,
  },
  { name: 'fake apps', code: "export * from 'lockstep/testing'", most: { atOnce: 40, whole: 40 }, portable: true },
  {
    name: 'lockstep on SQLite',
    code: `export { lockstep } from 'lockstep'
export { sqliteStore } from 'lockstep/sqlite'
export { toNode } from 'lockstep/node'`,
    most: { atOnce: 165, whole: 170 },
    portable: false,
  },
]

/** A bundle's size in bytes, and where most of it comes from. */
interface Size {
  readonly bytes: number
  readonly files: ReadonlyMap<string, number>
}

/**
 * Bundles and measures all in a project where the package is installed: what is loaded at once by Rolldown, as Vite does, and by esbuild
 * with `splitting`; and all in one file. Returns a line for each. Throws when one is too large, saying what is in it, or when it holds what only Node has.
 */
export async function measureBundles(folder: string): Promise<readonly string[]> {
  const lines: string[] = []
  const wrong: string[] = []
  for (const bundle of BUNDLES) {
    const sizes = {
      atOnce: await atOnce(bundle, folder),
      split: await atOnceByEsbuild(bundle, folder),
      whole: await whole(bundle, folder),
    }
    const most = { ...bundle.most, split: bundle.most.atOnce }
    for (const [kind, { bytes, files }] of Object.entries(sizes)) {
      if (bytes > most[kind as keyof typeof sizes] * 1000) {
        const largest = [...files].sort(([, a], [, b]) => b - a).slice(0, 20)
        wrong.push(
          `${bundle.name}, ${kind}: ${bytes} bytes. ${largest.map(([file, of]) => `${file} ${of}`).join(', ')}`,
        )
      }
    }
    const shown = (kind: keyof typeof sizes) => `${(sizes[kind].bytes / 1000).toFixed(1)} of ${most[kind]} kB`
    lines.push(
      `${bundle.name}: ${shown('atOnce')} at once, ${shown('split')} by esbuild, ${shown('whole')} in one file`,
    )
  }
  if (wrong.length > 0) throw new Error(`Bundles are larger than their budgets:\n${wrong.join('\n')}`)
  return lines
}

/** Bundles a server into one file, as is done for functions in a cloud. */
export async function bundle(folder: string, format: 'esm' | 'cjs', from: string, to: string): Promise<void> {
  const entryPoints = [join(folder, from)]
  await build({ entryPoints, bundle: true, format, platform: 'node', outfile: join(folder, to), logLevel: 'silent' })
}

/** Bundles in memory. */
async function built({ name, code, portable }: Bundle, folder: string, splitting: boolean) {
  return build({
    stdin: { contents: code, resolveDir: folder },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    metafile: true,
    write: false,
    splitting,
    outdir: join(folder, 'bundles'),
    absWorkingDir: folder,
    // For a browser, an import of what only Node has is an error.
    platform: portable ? 'browser' : 'node',
    logLevel: 'silent',
  }).catch((error: Error) => {
    throw new Error(`${name} can't be bundled: ${error.message}`)
  })
}

async function whole(bundle: Bundle, folder: string): Promise<Size> {
  const result = await built(bundle, folder, false)
  const [output] = Object.values(result.metafile.outputs)
  const files = new Map(
    Object.entries(output?.inputs ?? {}).map(([path, { bytesInOutput }]) => [nameOf(path), bytesInOutput]),
  )
  return { bytes: result.outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0), files }
}

/** What esbuild puts into the first file and those that it imports: it tells files apart, and not what of them is used. */
async function atOnceByEsbuild(bundle: Bundle, folder: string): Promise<Size> {
  const { metafile, outputFiles } = await built(bundle, folder, true)
  const sizes = new Map(outputFiles.map(({ path, contents }) => [basename(path), gzipSync(contents).length]))
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]))
  const loaded = new Set(['stdin.js'])
  const files = new Map<string, number>()
  let bytes = 0
  for (const name of loaded) {
    const output = outputs.get(name)
    if (output === undefined) continue
    bytes += sizes.get(name) ?? 0
    for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) files.set(nameOf(path), bytesInOutput)
    for (const { kind, path } of output.imports) if (kind === 'import-statement') loaded.add(basename(path))
  }
  return { bytes, files }
}

async function atOnce({ name, code, portable }: Bundle, folder: string): Promise<Size> {
  const input = join(folder, 'bundled.js')
  writeFileSync(input, code)
  const bundle = await rolldown({ input, platform: portable ? 'browser' : 'node', logLevel: 'silent' })
  const { output } = await bundle.generate({ format: 'esm', minify: true })
  await bundle.close()
  const chunks = new Map(output.filter((one) => one.type === 'chunk').map((chunk) => [chunk.fileName, chunk]))
  // A set is walked in the order of insertion, what is added meanwhile included.
  const loaded = new Set([basename(input)])
  const files = new Map<string, number>()
  let bytes = 0
  for (const fileName of loaded) {
    const chunk = chunks.get(fileName)
    if (chunk === undefined) {
      if (portable || !isBuiltin(fileName)) throw new Error(`${name} imports ${fileName}`)
      continue
    }
    bytes += gzipSync(chunk.code).length
    for (const [path, { renderedLength }] of Object.entries(chunk.modules)) files.set(nameOf(path), renderedLength)
    for (const next of chunk.imports) loaded.add(next)
  }
  return { bytes, files }
}

function nameOf(path: string): string {
  return path.replace(/^.*lockstep\/dist\//, '')
}
