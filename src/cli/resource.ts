import { readFile } from 'node:fs/promises'
import { isObject, type Json, type JsonObject, PATCH_OP, type ResourceType } from '../protocol/index.ts'
import { checkPaths, typeIn } from './attribute-names.ts'
import { confirmDeletion } from './confirmation.ts'
import { parseOperation, readOperations } from './operations.ts'
import { type Place, withPlace } from './place.ts'
import { printJson, printLine } from './print.ts'
import { printResource } from './query.ts'
import { flagOption, type Options, textOption, UsageError } from './usage.ts'

/** `lockstep create`: one resource or many, from JSON, a JSON list, or JSON lines. */
export async function create([name = '', file = '-']: readonly string[], options: Options): Promise<void> {
  const resources = readResources(await readInput(file), file)
  await withPlace(options, async (place) => {
    const type = await typeIn(place, name)
    for (const resource of resources) checkPaths(type, Object.keys(resource), file)
    for (const resource of resources) {
      const body = { schemas: schemasOf(resource, type), ...resource }
      const answer = await place.client.send({ method: 'POST', path: type.endpoint, body })
      if (flagOption(options, 'json')) printJson(answer.body ?? {})
      else
        printLine(
          `${type.name} ${String(answer.body?.id ?? answer.headers.get('location') ?? 'without an id')} is made.`,
        )
    }
  })
}

/** `lockstep patch`: operations from the command line or a file. */
export async function patch([name = '', id = '', ...words]: readonly string[], options: Options): Promise<void> {
  const file = textOption(options, 'file')
  if ((file === undefined) === (words.length === 0)) {
    throw new UsageError('give operations, like \'replace title "Dr"\', or --file with JSON')
  }
  const given = file === undefined ? undefined : readOperations(parse(await readInput(file), file), file)
  await withPlace(options, async (place) => {
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
  })
}

/** `lockstep delete`: asks first; where nobody can be asked, only with `--yes`. */
export async function deleteResource([name = '', id = '']: readonly string[], options: Options): Promise<void> {
  await withPlace(options, async (place) => {
    const type = await typeIn(place, name)
    await confirmDeletion(options, async () => `Delete ${await calledBy(place, type, id)} at ${place.name}, for good?`)
    await place.client.send({ method: 'DELETE', path: pathOf(type, id), ifMatch: textOption(options, 'ifMatch') })
    if (flagOption(options, 'json')) printJson({ id, deleted: true })
    else printLine(`${type.name} ${id} is deleted.`)
  })
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
    throw new UsageError(`${file} can't be read: ${(error as Error).message}`)
  }
}

function parse(text: string, file: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    throw new UsageError(`${file} is no JSON`)
  }
}

function readResources(text: string, file: string): readonly JsonObject[] {
  let found: readonly Json[]
  try {
    const json = JSON.parse(text) as Json
    found = Array.isArray(json) ? json : [json]
  } catch {
    // JSON lines: one resource a line.
    const lines = text.split('\n').filter((line) => line.trim() !== '')
    found = lines.map((line, at) => parse(line, lines.length === 1 ? file : `line ${at + 1} of ${file}`))
  }
  if (found.length === 0) throw new UsageError(`${file} holds no resource`)
  return found.map((each) => {
    if (isObject(each)) return each
    throw new UsageError(`${file} must hold a resource as a JSON object, a list of them, or one a line`)
  })
}

function schemasOf(resource: JsonObject, type: ResourceType): readonly string[] {
  return [type.schema.id, ...type.extensions.map(({ schema }) => schema.id).filter((id) => isObject(resource[id]))]
}
