// Reads resources and operations as JSON from a file or standard input.

import { readFile } from 'node:fs/promises'
import { isObject, type Json, type JsonObject, numberOfTooManyDigits } from '../../protocol/index.ts'
import { fileError } from '../files/file-error.ts'
import { UsageError } from '../terminal/options.ts'

/** The text of a file; `-` is standard input. */
export async function readInput(file: string): Promise<string> {
  try {
    if (file !== '-') return await readFile(file, 'utf8')
    const chunks: Buffer[] = []
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString()
  } catch (error) {
    throw fileError(file, 'read', error)
  }
}

/** Parses the JSON of a file. Throws a UsageError for invalid JSON, and for numbers that can't be sent exactly. */
export function parseJson(text: string, file: string): Json {
  let json: Json
  try {
    json = JSON.parse(text) as Json
  } catch {
    throw new UsageError(`${atStart(file)} is not JSON`)
  }
  refuseLostDigits(text, file)
  return json
}

/** Throws for a number with more digits than JavaScript can represent: it would be sent as another number. */
function refuseLostDigits(text: string, file: string): void {
  const number = numberOfTooManyDigits(text)
  if (number === undefined) return
  throw new UsageError(
    `${atStart(file)} has the number ${number}, which has too many digits to be sent exactly; put it in quotes`,
  )
}

/** A resource of the input, and its position. */
export interface GivenResource {
  readonly resource: JsonObject
  /** Its line, or its number in the list, counted from 1. */
  readonly at: number
  /** The same in words, with the file name. */
  readonly where: string
}

/** Our own words in sentence case; names of files stay as they are. */
export function atStart(where: string): string {
  return /^(standard input|line \d+ of |element \d+ of )/.test(where) ? where[0]?.toUpperCase() + where.slice(1) : where
}

/** The resources in a text: one as JSON, a list of them, or one per line. */
export function readResources(text: string, file: string): readonly GivenResource[] {
  const found = readAll(text, file === '-' ? 'standard input' : file)
  if (found.length === 0) {
    const name = file === '-' ? 'Standard input' : file
    throw new UsageError(`${name} ${text.trim() === '' ? 'is empty' : 'contains no resource'}`)
  }
  return found.map(({ value, ...position }) => {
    if (isObject(value)) return { resource: value, ...position }
    throw new UsageError(
      `${atStart(position.where)} must be a resource as a JSON object, a list of them, or one per line`,
    )
  })
}

function readAll(text: string, file: string): readonly (Omit<GivenResource, 'resource'> & { readonly value: Json })[] {
  let json: Json
  try {
    json = JSON.parse(text) as Json
  } catch {
    // JSON lines: one resource per line.
    const lines = text
      .split('\n')
      .map((line, at) => ({ line, at: at + 1 }))
      .filter(({ line }) => line.trim() !== '')
    return lines.map(({ line, at }) => {
      const where = lines.length === 1 ? file : `line ${at} of ${file}`
      return { value: parseJson(line, where), at, where }
    })
  }
  refuseLostDigits(text, file)
  if (!Array.isArray(json)) return [{ value: json, at: 1, where: file }]
  return json.map((value, at) => ({ value, at: at + 1, where: `element ${at + 1} of ${file}` }))
}
