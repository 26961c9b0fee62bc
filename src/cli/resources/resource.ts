// `lockstep create`, `patch` and `delete`: changes single resources.

import {
  isObject,
  type JsonObject,
  LockstepError,
  PATCH_OP,
  type ResourceType,
  ScimError,
} from '../../protocol/index.ts'
import { printErrorLine } from '../../terminal.ts'
import { checkPaths, typeIn } from '../targets/attribute-names.ts'
import { type Target, withTarget } from '../targets/target.ts'
import { confirmDeletion } from '../terminal/confirmation.ts'
import { flagOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'
import { atStart, type GivenResource, parseJson, readInput, readResources } from './json-input.ts'
import { parseOperation, readOperations } from './patch-operation.ts'
import { printResource } from './query.ts'

/** These commands change resources. */
const WRITES = { writes: true } as const

/** `lockstep create`: one resource or many, from JSON, a JSON list or JSON lines. Of many, a refused one is reported and the rest continue. */
export async function create([name = '', file = '-']: readonly string[], options: Options): Promise<void> {
  const given = readResources(await readInput(file), file)
  await withTarget(
    options,
    async (target) => {
      const type = await typeIn(target, name)
      for (const { resource, where } of given) checkPaths(type, Object.keys(resource), where)
      let refused = 0
      for (const one of given) {
        try {
          await createOne(target, type, one.resource, options)
        } catch (error) {
          if (given.length === 1) throw error
          if (!(error instanceof ScimError) || FOR_ALL.has(error.status)) throw stoppedAt(one, error)
          refused += 1
          if (flagOption(options, 'json')) printJson({ at: one.at, failed: error.message })
          else printErrorLine(`lockstep: ${one.where}: ${error.message}`)
        }
      }
      if (refused === 0) return
      process.exitCode = 1
      if (!flagOption(options, 'json')) printLine(`${given.length - refused} created, ${refused} refused.`)
    },
    WRITES,
  )
}

/** Statuses after which the rest would be refused too: bad credentials, or a server that is busy. */
const FOR_ALL: ReadonlySet<number> = new Set([401, 429, 503])

async function createOne(
  { client }: Target,
  type: ResourceType,
  resource: JsonObject,
  options: Options,
): Promise<void> {
  const body = { schemas: schemasOf(resource, type), ...resource }
  const response = await client.send({ method: 'POST', path: type.endpoint, body })
  if (flagOption(options, 'json')) printJson(response.body ?? {})
  else
    printLine(
      `${type.name} ${String(response.body?.id ?? response.headers.get('location') ?? 'without an id')} was created.`,
    )
}

function stoppedAt({ where }: GivenResource, cause: unknown): unknown {
  if (!(cause instanceof LockstepError)) return cause
  return new LockstepError(cause.code, `${atStart(where)}: ${cause.message}; the resources after it were not sent`, {
    cause,
  })
}

/** `lockstep patch`: operations from the command line or a file. */
export async function patch([name = '', id = '', ...words]: readonly string[], options: Options): Promise<void> {
  const file = textOption(options, 'file')
  if ((file === undefined) === (words.length === 0)) {
    throw new UsageError('Pass operations, like \'replace title "Dr"\', or a JSON file with --file')
  }
  const given =
    file === undefined
      ? undefined
      : readOperations(parseJson(await readInput(file), file === '-' ? 'standard input' : file), file)
  await withTarget(
    options,
    async (target) => {
      const type = await typeIn(target, name)
      const operations = given ?? words.map((word) => parseOperation(word, type))
      const path = pathOf(type, id)
      const { body } = await target.client.send({
        method: 'PATCH',
        path,
        body: { schemas: [PATCH_OP], Operations: operations },
        ifMatch: textOption(options, 'ifMatch'),
      })
      if (body !== undefined) printResource(body, path, options)
      else if (flagOption(options, 'json')) printJson({ id, patched: true })
      else printLine(`${type.name} ${id} was changed.`)
    },
    WRITES,
  )
}

/** `lockstep delete`: asks for confirmation, or needs `--yes`. */
export async function deleteResource([name = '', id = '']: readonly string[], options: Options): Promise<void> {
  await withTarget(
    options,
    async (target) => {
      const type = await typeIn(target, name)
      await confirmDeletion(
        options,
        async () => `Permanently delete ${await nameOf(target, type, id)} at ${target.name}?`,
      )
      await target.client.send({ method: 'DELETE', path: pathOf(type, id), ifMatch: textOption(options, 'ifMatch') })
      if (flagOption(options, 'json')) printJson({ id, deleted: true })
      else printLine(`${type.name} ${id} was deleted.`)
    },
    WRITES,
  )
}

/** The name of a resource, so that people see what they are about to delete. */
async function nameOf({ client }: Target, type: ResourceType, id: string): Promise<string> {
  const { body } = await client.send({ method: 'GET', path: pathOf(type, id) })
  return `${type.name} ${String(body?.userName ?? body?.displayName ?? id)}`
}

function pathOf(type: ResourceType, id: string): string {
  return `${type.endpoint}/${encodeURIComponent(id)}`
}

function schemasOf(resource: JsonObject, type: ResourceType): readonly string[] {
  return [type.schema.id, ...type.extensions.map(({ schema }) => schema.id).filter((id) => isObject(resource[id]))]
}
