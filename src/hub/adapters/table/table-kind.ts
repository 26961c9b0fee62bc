// The kind of apps that are tables in somebody's database.

import { ConfigError } from '../../../protocol/index.ts'
import type { AdapterKind, AdapterSettings } from '../../contract/index.ts'
import { narrowType } from '../default-traits.ts'
import { keptMap } from '../kept-map.ts'
import { openTableAdapter } from './table-adapter.ts'
import { readTableSettings, type TableSettings } from './table-settings.ts'

/**
 * Apps that are a table of users, with tables of memberships and groups or without, in PostgreSQL or SQLite. The database is named by an
 * environment variable: a tenant's administrator must not reach every file and every server that this machine can reach.
 */
export const TABLE_KIND: AdapterKind = {
  kind: 'table',
  check({ options, credentials, scope }) {
    const { memberships } = readTableSettings(options)
    if (scope?.groups !== undefined && memberships === undefined)
      throw new ConfigError(
        'scope.groups',
        'The app keeps no groups: leave it out, or name the table of memberships in options.memberships',
      )
    if (credentials?.kind === 'connection' && credentials.env !== undefined) return
    throw new ConfigError(
      'credentials',
      'A table needs {"kind": "connection", "env": NAME}: an environment variable of the server with sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE',
    )
  },
  defaultMap: ({ options }) => {
    const { users, groups, memberships } = readTableSettings(options)
    const held = (table: TableSettings['users']) => table.columns.map(({ attribute }) => attribute)
    const grouped = groups === undefined ? ['displayName'] : held(groups)
    return {
      User: keptMap('User', [...held(users), 'active']),
      ...(memberships === undefined ? {} : { Group: keptMap('Group', grouped) }),
    }
  },
  accountSchema: (type, { options }, types) => {
    const { users, groups } = readTableSettings(options)
    const found = types.find(({ name }) => name === type)
    if (found === undefined) return undefined
    const table = type === 'User' ? users : groups
    const held = table === undefined ? ['displayName'] : table.columns.map(({ attribute }) => attribute)
    return narrowType(found, [...held, ...(type === 'User' ? ['active'] : ['members'])])
  },
  open: (settings: AdapterSettings, deps) => openTableAdapter(readTableSettings(settings.options), deps),
}
