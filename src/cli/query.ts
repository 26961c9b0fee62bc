import { isObject, type Json, type JsonObject, LockstepError, type ResourceType } from '../protocol/index.ts'
import { ALL_RIGHTS, createProvider } from '../provider/index.ts'
import { profileOf } from '../quirks/index.ts'
import { scimPath } from '../tenancy/index.ts'
import { type Local, tenantOf, withLocal } from './local.ts'
import { cut, printJson, printLine, printPretty, printTable } from './print.ts'
import { flagOption, type Options, textOption, UsageError } from './usage.ts'

/** `lockstep get`: one resource, as SCIM shows it. */
export async function get([name = '', id = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const type = typeNamed(local, tenant, name)
    const body = await ask(local, tenant, `${type.endpoint}/${encodeURIComponent(id)}`, options, [
      'attributes',
      'excludedAttributes',
    ])
    if (flagOption(options, 'json')) printJson(body)
    else printPretty(body)
  })
}

/** `lockstep query`: a search, one page of it. */
export async function query([name = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const type = typeNamed(local, tenant, name)
    const parameters = ['filter', 'attributes', 'excludedAttributes', 'sortBy', 'sortOrder', 'startIndex', 'count']
    const body = await ask(local, tenant, type.endpoint, options, parameters)
    if (flagOption(options, 'json')) {
      printJson(body)
      return
    }
    const resources = Array.isArray(body.Resources) ? body.Resources.filter(isObject) : []
    const columns = textOption(options, 'attributes')
      ?.split(',')
      .map((path) => path.trim()) ?? ['userName', 'displayName', 'value', 'display', 'active']
    const shown = columns.filter((path) => path !== 'id' && resources.some((resource) => cell(resource, path) !== ''))
    printTable(resources, [
      ['ID', ({ id }) => String(id)],
      ...shown.map((path) => [path.toUpperCase(), (resource: JsonObject) => cut(cell(resource, path), 60)] as const),
    ])
    printLine(`${resources.length} of ${String(body.totalResults)}`)
  })
}

/** The resource type that a word on the command line means: its name or endpoint, in any letter case. */
export function typeNamed(local: Local, tenant: string, word: string): ResourceType {
  const { types } = local.tenancy.catalog(tenant)
  const text = word.toLowerCase()
  const found = types.find(({ name, endpoint }) =>
    [name.toLowerCase(), endpoint.toLowerCase(), endpoint.slice(1).toLowerCase()].includes(text),
  )
  if (found !== undefined) return found
  const names = types.map(({ name }) => name).join(', ')
  throw new UsageError(`tenant "${tenant}" has no resource type "${word}"; it has ${names}`)
}

/** Asks the provider itself, without a network, so that the answer is the one that clients get. RFC 7644 §3.4. */
async function ask(
  { tenancy, directory, url }: Local,
  tenant: string,
  path: string,
  options: Options,
  parameters: readonly string[],
): Promise<JsonObject> {
  const { features } = tenancy.settings(tenant)
  const provider = createProvider({
    directory: await directory(),
    basePath: scimPath(tenant),
    publicUrl: await url(),
    authenticate: () => ({ tenant, actor: 'cli', profile: profileOf('generic'), rights: ALL_RIGHTS }),
    // Nothing that is switched off for clients is kept from the operator.
    features: () => ({ ...features, filter: true, sort: true, sensitive: [] }),
    report: ({ error }) => {
      throw error
    },
  })
  const search = new URLSearchParams()
  for (const name of parameters) {
    const value = textOption(options, name)
    if (value !== undefined) search.set(name, value)
  }
  const response = await provider.fetch(new Request(`http://localhost${scimPath(tenant)}${path}?${search}`))
  const body: Json = JSON.parse(await response.text())
  if (!isObject(body)) throw new LockstepError('ERR_INTERNAL', `the answer to ${path} is not a JSON object`)
  if (!response.ok)
    throw new LockstepError('ERR_REFUSED', String(body.detail ?? `refused with status ${response.status}`))
  return body
}

/** The values at a path, as one text: `emails.value`, `urn:…:User:department`. */
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
