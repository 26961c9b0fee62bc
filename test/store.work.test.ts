// Work in memory and in SQLite.

import { openMemory, openSqliteFile, openSqliteInMemory } from './local-stores.ts'
import { workContract } from './store.contract.ts'

workContract('memory', openMemory)
workContract('sqlite in memory', openSqliteInMemory)
workContract('sqlite inline', openSqliteFile({}))
workContract('sqlite threaded', openSqliteFile({ threads: true }))
