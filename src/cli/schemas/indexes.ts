// `lockstep index`: the indexed attributes of a tenant.

import { tenantOf, withLocal } from '../database/local.ts'
import { flagOption, type Options } from '../terminal/options.ts'
import { printJson, printLine, printTable } from '../terminal/print.ts'
import { changeOptions } from './change-options.ts'

/** `lockstep index list`: built-in and declared indexes. */
export async function listIndexes(options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const entries = await local.tenancy.schemas.listIndexes(tenant, { usage: await local.directory() })
    if (flagOption(options, 'json')) {
      printJson(entries)
      return
    }
    printTable(entries, [
      ['TYPE', ({ type }) => type],
      ['ATTRIBUTE', ({ path }) => path],
      ['OWN', ({ own }) => (own ? 'yes' : '')],
      ['READY', ({ ready }) => (ready ? 'yes' : 'no')],
    ])
  })
}

/** `lockstep index put`: returns when every resource is indexed. */
export async function putIndexes([type = '', ...paths]: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const put = await local.tenancy.schemas.putIndexes(tenant, type, paths, await changeOptions(local, options))
    if (flagOption(options, 'json')) printJson(put)
    else printLine(`${put.map(({ path }) => path).join(', ')} of ${type}: indexed and ready.`)
  })
}

/** `lockstep index delete`. */
export async function deleteIndexes([type = '', ...paths]: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    await local.tenancy.schemas.deleteIndexes(tenant, type, paths, await changeOptions(local, options))
    if (flagOption(options, 'json')) printJson({ tenant, type, paths, deleted: true })
    else printLine(`${paths.join(', ')} of ${type}: no longer indexed.`)
  })
}
