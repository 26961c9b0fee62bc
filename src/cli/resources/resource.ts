import { readFile } from 'node:fs/promises'
import {
  isObject,
  type Json,
  type JsonObject,
  LockstepError,
  numberOfTooManyDigits,
  PATCH_OP,
  type ResourceType,
  ScimError,
} from '../../protocol/index.ts'
import { complain } from '../../terminal.ts'
import { fileError } from '../files/file-error.ts'
import { checkPaths, typeIn } from '../targets/attribute-names.ts'
import { type Place, withPlace } from '../targets/target.ts'
import { confirmDeletion } from '../terminal/confirmation.ts'
import { flagOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'
import { parseOperation, readOperations } from './patch-operation.ts'
import { printResource } from './query.ts'

/** These commands change what is there. */
const WRITES = { writes: true } as const

/** `lockstep create`: one resource or many, from JSON, a JSON list, or JSON lines. Of many, one that is refused is told and the others go on. */
export async function create([name = '', file = '-']: readonly string[], options: Options): Promise<void> {
  const given = readResources(await readInput(file), file)
  await withPlace(
    options,
    async (place) => {
      const type = await typeIn(place, name)
      for (const { resource, where } of given) checkPaths(type, Object.keys(resource), where)
      let refused = 0
      for (const one of given) {
        try {
          await createOne(place, type, one.resource, options)
        } catch (error) {
          if (given.length === 1) throw error
          if (!(error instanceof ScimError) || FOR_ALL.has(error.status)) throw stoppedAt(one, error)
          refused += 1
          if (flagOption(options, 'json')) printJson({ at: one.at, failed: error.message })
          else complain(`lockstep: ${one.where}: ${error.message}`)
        }
      }
      if (refused === 0) return
      process.exitCode = 1
      if (!flagOption(options, 'json')) printLine(`${given.length - refused} created, ${refused} refused.`)
    },
    WRITES,
  )
}

/** Refusals after which others would fare no better: of the credentials, or of whoever asks now. */
const FOR_ALL: ReadonlySet<number> = new Set([401, 429, 503])

async function createOne({ client }: Place, type: ResourceType, resource: JsonObject, options: Options): Promise<void> {
  const body = { schemas: schemasOf(resource, type), ...resource }
  const answer = await client.send({ method: 'POST', path: type.endpoint, body })
  if (flagOption(options, 'json')) printJson(answer.body ?? {})
  else
    printLine(
      `${type.name} ${String(answer.body?.id ?? answer.headers.get('location') ?? 'without an id')} is created.`,
    )
}

function stoppedAt({ where }: Given, cause: unknown): unknown {
  if (!(cause instanceof LockstepError)) return cause
  return new LockstepError(cause.code, `${atStart(where)}: ${cause.message}; what comes after it was not sent`, {
    cause,
  })
}

/** `lockstep patch`: operations from the command line or a file. */
export async function patch([name = '', id = '', ...words]: readonly string[], options: Options): Promise<void> {
  const file = textOption(options, 'file')
  if ((file === undefined) === (words.length === 0)) {
    throw new UsageError('Give operations, like \'replace title "Dr"\', or --file with JSON')
  }
  const given =
    file === undefined
      ? undefined
      : readOperations(parse(await readInput(file), file === '-' ? 'standard input' : file), file)
  await withPlace(
    options,
    async (place) => {
      const type = await typeIn(place, name)
      const operations = given ?? words.map((word) => parseOperation(word, type))
      const path = pathOf(type, id)
      const { body } = await place.client.send({
        method: 'PATCH',
        path,
        body: { schemas: [PATCH_OP], Operations: operations },
        ifMatch: textOption(options, 'ifMatch'),
      })
      if (body !== undefined) printResource(body, path, options)
      else if (flagOption(options, 'json')) printJson({ id, patched: true })
      else printLine(`${type.name} ${id} is changed.`)
    },
    WRITES,
  )
}

/** `lockstep delete`: asks first; where nobody can be asked, only with `--yes`. */
export async function deleteResource([name = '', id = '']: readonly string[], options: Options): Promise<void> {
  await withPlace(
    options,
    async (place) => {
      const type = await typeIn(place, name)
      await confirmDeletion(
        options,
        async () => `Delete ${await calledBy(place, type, id)} at ${place.name}, for good?`,
      )
      await place.client.send({ method: 'DELETE', path: pathOf(type, id), ifMatch: textOption(options, 'ifMatch') })
      if (flagOption(options, 'json')) printJson({ id, deleted: true })
      else printLine(`${type.name} ${id} is deleted.`)
    },
    WRITES,
  )
}

/** What people call it, so that they see whom they are about to delete. */
async function calledBy({ client }: Place, type: ResourceType, id: string): Promise<string> {
  const { body } = await client.send({ method: 'GET', path: pathOf(type, id) })
  return `${type.name} ${String(body?.userName ?? body?.displayName ?? id)}`
}

function pathOf(type: ResourceType, id: string): string {
  return `${type.endpoint}/${encodeURIComponent(id)}`
}

async function readInput(file: string): Promise<string> {
  try {
    if (file !== '-') return await readFile(file, 'utf8')
    const chunks: Buffer[] = []
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString()
  } catch (error) {
    throw fileError(file, 'read', error)
  }
}

function parse(text: string, file: string): Json {
  let json: Json
  try {
    json = JSON.parse(text) as Json
  } catch {
    throw new UsageError(`${atStart(file)} is not JSON`)
  }
  refuseLostDigits(text, file)
  return json
}

/** What is sent is written anew, and a number of more digits than JavaScript keeps would go out as another one. */
function refuseLostDigits(text: string, file: string): void {
  const number = numberOfTooManyDigits(text)
  if (number === undefined) return
  throw new UsageError(
    `${atStart(file)} has the number ${number}, which has more digits than can be kept; put it in quotes`,
  )
}

/** A resource as it was given. */
interface Given {
  readonly resource: JsonObject
  /** Its line, or its number in the list, from 1. */
  readonly at: number
  /** The same in words, with the file. */
  readonly where: string
}

/** Words of ours that begin a sentence; names of files stay as they are. */
function atStart(where: string): string {
  return /^(standard input|line \d+ of |element \d+ of )/.test(where) ? where[0]?.toUpperCase() + where.slice(1) : where
}

function readResources(text: string, file: string): readonly Given[] {
  const found = readAll(text, file === '-' ? 'standard input' : file)
  if (found.length === 0) {
    const name = file === '-' ? 'Standard input' : file
    throw new UsageError(`${name} ${text.trim() === '' ? 'is empty' : 'holds no resource'}`)
  }
  return found.map(({ value, ...place }) => {
    if (isObject(value)) return { resource: value, ...place }
    throw new UsageError(`${atStart(place.where)} must hold a resource as a JSON object, a list of them, or one a line`)
  })
}

function readAll(text: string, file: string): readonly (Omit<Given, 'resource'> & { readonly value: Json })[] {
  let json: Json
  try {
    json = JSON.parse(text) as Json
  } catch {
    // JSON lines: one resource a line.
    const lines = text
      .split('\n')
      .map((line, at) => ({ line, at: at + 1 }))
      .filter(({ line }) => line.trim() !== '')
    return lines.map(({ line, at }) => {
      const where = lines.length === 1 ? file : `line ${at} of ${file}`
      return { value: parse(line, where), at, where }
    })
  }
  refuseLostDigits(text, file)
  if (!Array.isArray(json)) return [{ value: json, at: 1, where: file }]
  return json.map((value, at) => ({ value, at: at + 1, where: `element ${at + 1} of ${file}` }))
}

function schemasOf(resource: JsonObject, type: ResourceType): readonly string[] {
  return [type.schema.id, ...type.extensions.map(({ schema }) => schema.id).filter((id) => isObject(resource[id]))]
}
