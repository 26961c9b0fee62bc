// Reads configuration files: YAML, JSON or TypeScript, with the line of each field.

import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml'
import { isObject, type Json } from '../../protocol/index.ts'
import { reasonOf } from '../../site/index.ts'
import { fileError } from '../files/file-error.ts'
import { UsageError } from '../terminal/options.ts'

/** One document of a configuration: a tenant, or part of one. */
export interface ConfigDocument {
  readonly file: string
  readonly value: Json
  /** The place of a field, for messages: `acme.yaml:12`. Of a field that isn't there, that of what it would be in. */
  readonly where: (path: readonly string[]) => string
}

/** Largest file, and most files. */
const FILE_BYTES = 4 * 1024 * 1024
const FILES = 1_000

const YAML = ['.yaml', '.yml', '.json']
const CODE = ['.ts', '.mts', '.js', '.mjs']

/** The documents of all configuration files of a folder, in the order of their names; or of one file. */
export async function readConfig(path: string): Promise<readonly ConfigDocument[]> {
  const files = await filesIn(path)
  const documents: ConfigDocument[] = []
  for (const file of files) documents.push(...(await readOne(file)))
  if (documents.length > 0) return documents
  throw new UsageError(`${path} has no configuration: its files end in ${[...YAML, ...CODE].join(', ')}`)
}

async function filesIn(path: string): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path]
    const names = (await readdir(path)).filter(
      (name) => [...YAML, ...CODE].includes(extname(name)) && !/\.d\.m?ts$/.test(name),
    )
    if (names.length > FILES) throw new UsageError(`${path} has ${names.length} files; ${FILES} are read at most`)
    return names.sort().map((name) => join(path, name))
  } catch (error) {
    throw error instanceof UsageError ? error : fileError(path, 'read', error)
  }
}

async function readOne(file: string): Promise<readonly ConfigDocument[]> {
  if (CODE.includes(extname(file))) return readCode(file)
  const { size } = await stat(file)
  if (size > FILE_BYTES) throw new UsageError(`${file} is too large: ${FILE_BYTES} bytes are read at most`)
  return parseConfig(
    await readFile(file, 'utf8').catch((error) => {
      throw fileError(file, 'read', error)
    }),
    file,
  )
}

/** The documents of a text in YAML. JSON is YAML too. */
export function parseConfig(text: string, file: string): readonly ConfigDocument[] {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })
  return [...documents].flatMap((document) => {
    const at = (offset: number) => `${file}:${lines.linePos(offset).line}`
    const [wrong] = document.errors
    if (wrong !== undefined) throw new UsageError(`${at(wrong.pos[0])}: ${wrong.message}`)
    const value: Json = document.toJS({ maxAliasCount: 100 })
    if (value === null) return []
    return [{ file, value, where: (path) => at(offsetOf(document.contents, path)) }]
  })
}

/** Where a field is, or the nearest thing above it that is there. */
function offsetOf(root: Node | null, path: readonly string[]): number {
  let node: unknown = root
  let offset = root?.range?.[0] ?? 0
  for (const name of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === name)
      if (pair === undefined) return offset
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset
      node = pair.value
    } else if (isSeq(node)) {
      node = node.items[Number(name)]
      if (node === undefined || node === null) return offset
      offset = (node as Node).range?.[0] ?? offset
    } else return offset
  }
  return offset
}

/** What a program exports by default: one tenant or a list of them. */
async function readCode(file: string): Promise<readonly ConfigDocument[]> {
  const { default: exported }: { readonly default?: unknown } = await import(pathToFileURL(resolve(file)).href).catch(
    (error) => {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      const old = code === 'ERR_UNKNOWN_FILE_EXTENSION'
      const why = old ? 'TypeScript needs Node ≥ 22.18; write YAML, or JavaScript (.mjs)' : reasonOf(error)
      throw new UsageError(`${file} can't be loaded: ${why}`, { cause: error })
    },
  )
  if (exported === undefined)
    throw new UsageError(`${file} exports nothing by default; export default defineConfig({…})`)
  // What programs make may have values that JSON has not.
  const value: Json = JSON.parse(JSON.stringify(exported))
  const all = Array.isArray(value) ? value : [value]
  if (all.some((one) => !isObject(one))) throw new UsageError(`${file} must export a tenant, or a list of tenants`)
  return all.map((one) => ({ file, value: one, where: () => file }))
}
