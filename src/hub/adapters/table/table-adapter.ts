// The adapter of apps that are tables in a database.

import {
  type AccountType,
  type Adapter,
  type AdapterCall,
  type AdapterDeps,
  AppError,
  type Traits,
} from '../../contract/index.ts'
import { fillTraits } from '../default-traits.ts'
import { namedGroups } from './named-groups.ts'
import { openPostgresTables } from './postgres-database.ts'
import { showTableStep } from './show-table-step.ts'
import type { Query, SqlDatabase } from './sql-database.ts'
import { isUnfitValue } from './sql-trouble.ts'
import { openSqliteTables } from './sqlite-database.ts'
import { type TableAccounts, tableAccounts } from './table-accounts.ts'
import { changeMembers, clearMembers, pageOfMembers } from './table-members.ts'
import { createRowForm, type RowForm } from './table-rows.ts'
import type { TableSettings } from './table-settings.ts'

/** Calls at the same time, and so connections to PostgreSQL. */
const CONCURRENCY = 4
const TIMEOUT_MS = 30_000
/** Most members that one call changes: each is a parameter. */
const MEMBERS = 500

/** Opens the adapter. The database is opened by the first call. */
export function openTableAdapter(settings: TableSettings, deps: AdapterDeps): Adapter {
  const { users, groups, memberships } = settings
  const typeOf = (type: AccountType) => deps.types.find(({ name }) => name === type)
  const userForm = createRowForm(users, typeOf('User'))
  const groupForm = groups === undefined ? undefined : createRowForm(groups, typeOf('Group'))
  const people = tableAccounts(users, userForm)
  const teams =
    groups !== undefined && groupForm !== undefined
      ? tableAccounts(groups, groupForm)
      : memberships === undefined
        ? undefined
        : namedGroups(memberships)
  const accountsOf = (type: AccountType): TableAccounts => {
    const found = type === 'User' ? people : teams
    if (found !== undefined) return found
    throw new AppError('refused', 'The app has no table of memberships')
  }
  const { within, close } = connection(deps)
  const membersIn = () => {
    if (memberships !== undefined) return memberships
    throw new AppError('refused', 'The app has no table of memberships')
  }
  const removeRow = (type: AccountType, id: string, call: AdapterCall) =>
    within(call, async (query) => {
      const accounts = accountsOf(type)
      if (memberships !== undefined) await clearMembers(query, memberships, type === 'User' ? 'user' : 'group', id)
      await accounts.remove(query, id)
    })
  const adapter: Adapter = {
    traits: traitsOf(settings, userForm, groupForm),
    list: (type, after, call) => within(call, (query) => accountsOf(type).list(query, after), 'read'),
    find: (type, key, call) =>
      orNobody(
        within(call, (query) => accountsOf(type).find(query, key), 'read'),
        [],
      ),
    read: (type, id, call) =>
      orNobody(
        within(call, (query) => accountsOf(type).read(query, id), 'read'),
        undefined,
      ),
    create: (type, document, call) =>
      within(call, (query, database) => accountsOf(type).create(query, document, database)),
    update: async (type, id, change, call) => {
      const found = await within(call, (query, database) => accountsOf(type).update(query, id, change, database))
      if (!found) throw new AppError('gone', `There is no row ${id}`)
    },
    disable: (id, change, call) =>
      users.active === undefined
        ? orNobody(removeRow('User', id, call), undefined)
        : orNobody(
            within(call, (query, database) => people.switchOff(query, id, change, database)),
            undefined,
          ),
    remove: async (type, id, call) => {
      const table = type === 'User' ? users : groups
      if (table?.remove === false) throw new AppError('refused', `Rows of ${table.table} are never removed`)
      await orNobody(removeRow(type, id, call), undefined)
    },
    members: (id, change, call) =>
      within(call, async (query) => {
        const table = membersIn()
        if ((await accountsOf('Group').read(query, id)) === undefined)
          throw new AppError('gone', `There is no group ${id}`)
        await changeMembers(query, table, id, change)
      }),
    show: (step) => showTableStep(step, settings, step.type === 'User' ? userForm : groupForm),
    close,
  }
  if (memberships === undefined) return adapter
  return {
    ...adapter,
    readMembers: (id, after, call) => within(call, (query) => pageOfMembers(query, memberships, id, after), 'read'),
  }
}

/** An id or a value in another form than the column's is that of nobody. */
async function orNobody<T, U>(found: Promise<T>, nobody: U): Promise<T | U> {
  try {
    return await found
  } catch (error) {
    if (error instanceof AppError && isUnfitValue(error)) return nobody
    throw error
  }
}

/** The database of the app, opened when it is first needed, and anew when its credentials have changed. */
function connection({ secret }: AdapterDeps) {
  let opened: Promise<SqlDatabase> | undefined
  const open = async () => {
    const url = await secret()
    if (url === undefined || url === '') throw new AppError('credentials', 'The variable with the database is not set')
    if (url.startsWith('sqlite:')) return openSqliteTables(url.slice('sqlite:'.length))
    if (/^postgres(?:ql)?:\/\//.test(url))
      return openPostgresTables(url, { connections: CONCURRENCY, statementMs: TIMEOUT_MS })
    throw new AppError('credentials', 'The database must be sqlite:PATH or postgres://…')
  }
  const drop = async () => {
    const old = opened
    opened = undefined
    await old?.then(
      (database) => database.close(),
      () => undefined,
    )
  }
  const within = async <T>(
    call: AdapterCall,
    run: (query: Query, database: SqlDatabase) => Promise<T>,
    mode: 'read' | 'write' = 'write',
  ): Promise<T> => {
    try {
      opened ??= open()
      const database = await opened
      return await database.transaction(mode, call.signal, (query) => run(query, database))
    } catch (error) {
      const trouble = error instanceof AppError ? error.trouble : undefined
      if (trouble === 'credentials' || trouble === undefined) await drop()
      if (error instanceof AppError) throw error
      throw new AppError('unavailable', error instanceof Error ? error.message : String(error))
    }
  }
  return { within, close: drop }
}

function traitsOf(
  { users, groups, memberships }: TableSettings,
  userForm: RowForm,
  groupForm: RowForm | undefined,
): Traits {
  const named = {
    match: ['displayName'],
    unique: ['displayName'],
    keeps: ['displayName'],
  }
  const groupTraits =
    groups === undefined || groupForm === undefined
      ? memberships === undefined
        ? undefined
        : named
      : { match: groups.match, unique: groups.unique, remove: groups.remove, comparable: groupForm.comparable }
  return fillTraits({
    timeoutMs: TIMEOUT_MS,
    concurrency: CONCURRENCY,
    users: { match: users.match, unique: users.unique, remove: users.remove, comparable: userForm.comparable },
    ...(groupTraits === undefined ? {} : { groups: groupTraits }),
    members: { read: memberships === undefined ? 'none' : 'list', perRequest: MEMBERS },
    off:
      users.active === undefined
        ? { disableMeans: 'deleted', disabledReads: false, reenable: 'create' }
        : { disableMeans: 'kept' },
  })
}
