// The commands for the database as a whole: backup and cluster.

import { type CommandEntry, DATABASE } from '../terminal/command-entry.ts'

/** Commands for the database as a whole: backup and cluster. */
export const DATABASE_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'backup',
    args: '<file>',
    does: 'copy the database, consistently, while the server runs',
    example: 'backup /backups/lockstep-monday.db',
    options: [...DATABASE],
    run: async (args, options) => (await import('./backup.ts')).backup(args, options),
  },
  {
    name: 'db distribute',
    does: 'spread the tables of a PostgreSQL database over the nodes of a Citus cluster; run again to go on where it stopped',
    example: 'db distribute --dry-run --database postgres://lockstep@coordinator/lockstep',
    options: [['--dry-run', 'show the steps and take none'], ...DATABASE],
    run: async (_args, options) => (await import('./cluster.ts')).distribute(options),
  },
  {
    name: 'db shards',
    does: 'show on which node of a cluster each tenant lives, and how much it holds',
    example: 'db shards --database postgres://lockstep@coordinator/lockstep',
    options: [...DATABASE],
    run: async (_args, options) => (await import('./cluster.ts')).shards(options),
  },
  {
    name: 'db isolate',
    args: '<tenant>',
    does: 'give a large tenant shards of its own in a cluster, on a node of your choice; its writes wait meanwhile',
    example: 'db isolate acme --node 10.0.0.7:5432 --database postgres://lockstep@coordinator/lockstep',
    options: [['--node <host:port>', 'where they are moved'], ...DATABASE],
    run: async (args, options) => (await import('./cluster.ts')).isolate(args, options),
  },
]
