// `lockstep get` and `query`: prints resources.

import { isObject, type Json, type JsonObject, LockstepError } from '../../protocol/index.ts'
import { checkPaths, namesInFilter, typeIn } from '../targets/attribute-names.ts'
import { withTarget } from '../targets/target.ts'
import { flagOption, numberOption, type Options, splitList, textOption } from '../terminal/options.ts'
import { cut, printJson, printLine, printPretty, printTable } from '../terminal/print.ts'

/** `lockstep get`: one resource, as the server returns it. */
export async function get([name = '', id = '']: readonly string[], options: Options): Promise<void> {
  await withTarget(options, async (target) => {
    const type = await typeIn(target, name)
    const query = parameters(options, ['attributes', 'excludedAttributes'])
    checkPaths(type, splitList(query.attributes ?? ''), '--attributes')
    checkPaths(type, splitList(query.excludedAttributes ?? ''), '--excluded-attributes')
    const path = `${type.endpoint}/${encodeURIComponent(id)}`
    const { body } = await target.client.send({ method: 'GET', path, query })
    printResource(body, path, options)
  })
}

/** `lockstep query`: a search, one page of it. */
export async function query([name = '']: readonly string[], options: Options): Promise<void> {
  await withTarget(options, async (target) => {
    const type = await typeIn(target, name)
    const asked = ['filter', 'attributes', 'excludedAttributes', 'sortBy', 'sortOrder', 'startIndex', 'count'] as const
    const query = parameters(options, asked)
    checkPaths(type, splitList(query.attributes ?? ''), '--attributes')
    checkPaths(type, splitList(query.excludedAttributes ?? ''), '--excluded-attributes')
    checkPaths(type, splitList(query.sortBy ?? ''), '--sort-by')
    checkPaths(type, namesInFilter(query.filter ?? ''), '--filter')
    const first = numberOption(options, 'startIndex', 1) ?? 1
    numberOption(options, 'count', 0)
    const { body } = await target.client.send({ method: 'GET', path: type.endpoint, query })
    if (body === undefined) throw new LockstepError('ERR_REFUSED', `The response to ${type.endpoint} is empty`)
    if (flagOption(options, 'json')) {
      printJson(body)
      return
    }
    const resources = Array.isArray(body.Resources) ? body.Resources.filter(isObject) : []
    const columns = splitList(query.attributes ?? '')
    const wanted = columns.length > 0 ? columns : ['userName', 'displayName', 'value', 'display', 'active']
    const shown = wanted.filter((path) => path !== 'id' && resources.some((resource) => cell(resource, path) !== ''))
    printTable(resources, [
      ['ID', ({ id }) => String(id)],
      ...shown.map((path) => [path.toUpperCase(), (resource: JsonObject) => cut(cell(resource, path), 60)] as const),
    ])
    printLine(`${resources.length} of ${String(body.totalResults)}`)
    const next = first + resources.length
    const more = typeof body.totalResults === 'number' ? body.totalResults - next + 1 : 0
    if (more > 0 && query.count !== '0') printLine(`${more} more; to continue, add --start-index ${next}`)
  })
}

/** Prints a resource for people or programs. */
export function printResource(body: JsonObject | undefined, path: string, options: Options): void {
  if (body === undefined) throw new LockstepError('ERR_REFUSED', `The response to ${path} is empty`)
  if (flagOption(options, 'json')) printJson(body)
  else printPretty(body)
}

function parameters<const N extends string>(options: Options, names: readonly N[]): { readonly [name in N]?: string } {
  const given = names.flatMap((name) => {
    const value = textOption(options, name)
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(given) as { [name in N]?: string }
}

/** The values at a path like `emails.value` or `urn:…:User:department`, joined into one text. */
function cell(resource: JsonObject, path: string): string {
  const extension = Object.keys(resource).find((urn) => path.startsWith(`${urn}:`))
  const rest = extension === undefined ? path : path.slice(extension.length + 1)
  let values: readonly Json[] = [extension === undefined ? resource : (resource[extension] ?? null)]
  for (const name of rest.split('.')) {
    values = values.flatMap((value) => {
      const held = isObject(value)
        ? Object.entries(value).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]
        : undefined
      return held === undefined ? [] : Array.isArray(held) ? held : [held]
    })
  }
  return values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(', ')
}
