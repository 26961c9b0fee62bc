// `lockstep tenant`: creates, lists, shows and deletes tenants.

import { commandName } from '../../server/index.ts'
import { isoTime } from '../../tenancy/index.ts'
import { withLocal } from '../database/local.ts'
import { confirmDeletion } from '../terminal/confirmation.ts'
import { flagOption, type Options } from '../terminal/options.ts'
import { formatTime, printFacts, printJson, printLine, printTable } from '../terminal/print.ts'
import { readDraft } from './connection.ts'
import { printIssued } from './issued-token.ts'

/** `lockstep tenant create`: a new tenant with one connection. */
export async function createTenant([name = '']: readonly string[], options: Options): Promise<void> {
  const draft = readDraft(options)
  const use = async ({ tenancy, baseUrl }: Parameters<Parameters<typeof withLocal>[1]>[0]) => {
    printIssued(await tenancy.createTenant(name, draft), await baseUrl(name), options)
  }
  await withLocal(options, use, { create: true })
}

/** `lockstep tenant list`. */
export async function listTenants(options: Options): Promise<void> {
  await withLocal(options, async ({ tenancy, baseUrl }) => {
    const tenants = await tenancy.tenants.list()
    const rows: ((typeof tenants)[number] & { readonly whole: boolean; readonly baseUrl: string })[] = []
    for (const tenant of tenants) {
      const whole = await tenancy.tenants.isImported(tenant.name)
      rows.push({ ...tenant, whole, baseUrl: await baseUrl(tenant.name) })
    }
    if (flagOption(options, 'json')) {
      printJson(
        rows.map(({ name, created, place, whole, ...rest }) => ({
          tenant: name,
          ...rest,
          ...(whole ? {} : { half: true }),
          created: isoTime(created),
          log: place,
        })),
      )
      return
    }
    printTable(rows, [
      ['TENANT', ({ name }) => name],
      ['USERS', ({ resources }) => resources.User ?? 0],
      ['GROUPS', ({ resources }) => resources.Group ?? 0],
      ['CREATED', ({ created }) => formatTime(created)],
      ['SCIM BASE URL', (row) => (row.whole ? row.baseUrl : 'not served: the import is incomplete')],
    ])
    if (rows.some(({ whole }) => !whole)) {
      printLine(`To finish an incomplete import, run ${commandName()} tenant import again; or delete the tenant.`)
    }
  })
}

/** `lockstep tenant show`. */
export async function showTenant([name = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async ({ tenancy, baseUrl }) => {
    const tenant = await tenancy.tenants.show(name)
    await tenancy.ready(name)
    const settings = tenancy.settings(name)
    const connections = await tenancy.connections.list(name)
    if (flagOption(options, 'json')) {
      const { created, place, resources } = tenant
      printJson({
        tenant: name,
        baseUrl: await baseUrl(name),
        created: isoTime(created),
        log: place,
        resources,
        connections: connections.map(({ id }) => id),
        settings,
      })
      return
    }
    const off = Object.entries(settings.features).filter(([, on]) => !on)
    printFacts([
      ['Tenant', name],
      ['SCIM base URL', await baseUrl(name)],
      ['Created', formatTime(tenant.created)],
      ...Object.entries(tenant.resources).map(([type, count]) => [`${type} resources`, count] as const),
      ['Log lines', tenant.place],
      ['Connections', connections.map(({ id }) => id).join(', ') || 'none'],
      ['Disabled features', off.map(([feature]) => feature).join(', ') || 'none'],
    ])
  })
}

/** `lockstep tenant delete`: asks for confirmation, or needs `--yes`. */
export async function deleteTenant([name = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async ({ tenancy }) => {
    await confirmDeletion(options, async () => {
      const { resources } = await tenancy.tenants.show(name, { includeUnfinished: true })
      const count = Object.values(resources).reduce((sum, of) => sum + of, 0)
      return `Permanently delete tenant "${name}" with ${count} resources, its connections and its log?`
    })
    await tenancy.tenants.delete(name)
    if (flagOption(options, 'json')) printJson({ tenant: name, deleted: true })
    else printLine(`Tenant "${name}" was deleted.`)
  })
}
