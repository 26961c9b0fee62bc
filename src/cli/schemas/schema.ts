// `lockstep schema` and `lockstep type`: a tenant's own schemas and resource types.

import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { isObject, type Json } from '../../protocol/index.ts'
import { tenantOf, withLocal } from '../database/local.ts'
import { fileError } from '../files/file-error.ts'
import { flagOption, listOption, type Options, UsageError } from '../terminal/options.ts'
import { printJson, printLine, printTable } from '../terminal/print.ts'
import { changeOptions } from './change-options.ts'
import { printPreview } from './dry-change.ts'

/** `lockstep schema list`. */
export async function listSchemas(options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const entries = await local.tenancy.schemas.list(await tenantOf(local, options))
    if (flagOption(options, 'json')) {
      printJson(entries.map(({ schema, own, types }) => ({ ...schema, own, types })))
      return
    }
    printTable(entries, [
      ['SCHEMA', ({ schema }) => schema.id],
      ['NAME', ({ schema }) => schema.name],
      ['ATTRIBUTES', ({ schema }) => schema.attributes.length],
      ['USED BY', ({ types }) => types.join(', ') || 'no type'],
      ['OWN', ({ own }) => (own ? 'yes' : '')],
    ])
  })
}

/** `lockstep schema put`. */
export async function putSchema([file = '']: readonly string[], options: Options): Promise<void> {
  const json = await readJsonFile(file)
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const extend = listOption(options, 'extends')
    const { schemas } = local.tenancy
    const change = { ...(await changeOptions(local, options)), extend, required: flagOption(options, 'required') }
    if (flagOption(options, 'dry')) return printPreview(await schemas.preview.put(tenant, json, change), options)
    const schema = await schemas.put(tenant, json, change)
    if (flagOption(options, 'json')) printJson({ tenant, schema: schema.id, extends: extend })
    else
      printLine(`Schema ${schema.id} was saved${extend.length > 0 ? ` as an extension of ${extend.join(', ')}` : ''}.`)
  })
}

/** `lockstep schema delete`. */
export async function deleteSchema([urn = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const { schemas } = local.tenancy
    const change = await changeOptions(local, options)
    if (flagOption(options, 'dry')) return printPreview(await schemas.preview.delete(tenant, urn, change), options)
    await schemas.delete(tenant, urn, change)
    if (flagOption(options, 'json')) printJson({ tenant, schema: urn, deleted: true })
    else printLine(`Schema ${urn} was deleted.`)
  })
}

/** `lockstep type list`. */
export async function listTypes(options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const entries = await local.tenancy.schemas.listTypes(await tenantOf(local, options))
    if (flagOption(options, 'json')) {
      printJson(
        entries.map(({ type: { name, description, endpoint, schema, extensions }, own }) => ({
          name,
          description,
          endpoint,
          schema: schema.id,
          schemaExtensions: extensions.map((extension) => ({
            schema: extension.schema.id,
            required: extension.required,
          })),
          own,
        })),
      )
      return
    }
    printTable(entries, [
      ['TYPE', ({ type }) => type.name],
      ['ENDPOINT', ({ type }) => type.endpoint],
      ['SCHEMA', ({ type }) => type.schema.id],
      ['EXTENSIONS', ({ type }) => type.extensions.map(({ schema }) => schema.id).join(', ')],
      ['OWN', ({ own }) => (own ? 'yes' : '')],
    ])
  })
}

/** `lockstep type put`. */
export async function putType([file = '']: readonly string[], options: Options): Promise<void> {
  const json = await readJsonFile(file)
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const { schemas } = local.tenancy
    const change = await changeOptions(local, options)
    if (flagOption(options, 'dry')) return printPreview(await schemas.preview.putType(tenant, json, change), options)
    const type = await schemas.putType(tenant, json, change)
    if (flagOption(options, 'json')) printJson({ tenant, type: type.name, endpoint: type.endpoint })
    else printLine(`Resource type ${type.name} is available at ${type.endpoint}.`)
  })
}

/** `lockstep type delete`. */
export async function deleteType([name = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const { schemas } = local.tenancy
    const change = await changeOptions(local, options)
    if (flagOption(options, 'dry')) return printPreview(await schemas.preview.deleteType(tenant, name, change), options)
    await schemas.deleteType(tenant, name, change)
    if (flagOption(options, 'json')) printJson({ tenant, type: name, deleted: true })
    else printLine(`Resource type ${name} was deleted.`)
  })
}

/** The JSON object in a file; `-` is standard input. */
async function readJsonFile(file: string): Promise<Json> {
  const name = file === '-' ? 'Standard input' : file
  const content = file === '-' ? await text(process.stdin) : await readText(file)
  try {
    const json: unknown = JSON.parse(content)
    if (isObject(json)) return json
  } catch (error) {
    throw new UsageError(`${name} is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  throw new UsageError(`${name} must contain a single JSON object`)
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw fileError(file, 'read', error)
  }
}
