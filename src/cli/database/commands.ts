// The commands for the database as a whole: backup and cluster.

import { SETTINGS } from '../../site/index.ts'
import { type CommandEntry, DATABASE, fromTable, SEAL_KEY_FILE } from '../terminal/command-entry.ts'

/** Commands for the database as a whole: backup and cluster. */
export const DATABASE_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'backup',
    args: '<file>',
    does: 'Write a consistent copy of the database to a file, while the server runs',
    example: 'backup /backups/lockstep-monday.db',
    options: [
      ['--with-record', 'copy the record of requests, too, beside the copy: x.record.db beside x.db'],
      fromTable(SETTINGS.record, 'place'),
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./backup.ts')).backup(args, options),
  },
  {
    name: 'seal check',
    does: "Show by which keys the secrets in the database are sealed, and which can't be opened",
    example: 'seal check',
    options: [SEAL_KEY_FILE, ...DATABASE],
    run: async (_args, options) => (await import('./seal.ts')).sealCheck(options),
  },
  {
    name: 'seal rotate',
    does: 'Seal all secrets again with the first key, so that the others can be removed. The server may run meanwhile.',
    example: 'seal rotate --new-key',
    options: [['--new-key', 'first put a new key before the others of the file'], SEAL_KEY_FILE, ...DATABASE],
    run: async (_args, options) => (await import('./seal.ts')).sealRotate(options),
  },
  {
    name: 'db distribute',
    does: 'Distribute the tables of a PostgreSQL database over the nodes of a Citus cluster. If interrupted, run it again to resume.',
    example: 'db distribute --dry-run --database postgres://lockstep@coordinator/lockstep',
    options: [['--dry-run', 'show the steps without taking them'], ...DATABASE],
    run: async (_args, options) => (await import('./cluster.ts')).distribute(options),
  },
  {
    name: 'db shards',
    does: 'Show the cluster node and the size of each tenant',
    example: 'db shards --database postgres://lockstep@coordinator/lockstep',
    options: [...DATABASE],
    run: async (_args, options) => (await import('./cluster.ts')).shards(options),
  },
  {
    name: 'db isolate',
    args: '<tenant>',
    does: "Move a large tenant to its own shards, on a node of your choice. The tenant's writes wait meanwhile.",
    example: 'db isolate acme --node 10.0.0.7:5432 --database postgres://lockstep@coordinator/lockstep',
    options: [['--node <host:port>', 'the node to move it to'], ...DATABASE],
    run: async (args, options) => (await import('./cluster.ts')).isolate(args, options),
  },
]
