// The command that starts the server.

import { SETTINGS } from '../../site/index.ts'
import { type CommandEntry, DATABASE, fromTable, PUBLIC_URL, SEAL_KEY_FILE } from '../terminal/command-entry.ts'

/** Starting the server. */
export const SERVER_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'serve',
    does: 'Start the server',
    example: 'serve --port 8080 --database sqlite:data/lockstep.db',
    options: [
      fromTable(SETTINGS.port, 'number'),
      fromTable(SETTINGS.host, 'address'),
      ...DATABASE,
      PUBLIC_URL,
      fromTable(SETTINGS.trustedProxies, 'networks'),
      fromTable(SETTINGS.metrics, 'readers'),
      fromTable(SETTINGS.metricsTenants, 'on|off'),
      fromTable(SETTINGS.metricsTokenFile, 'file'),
      fromTable(SETTINGS.firstToken, 'where'),
      fromTable(SETTINGS.logLevel, 'level'),
      fromTable(SETTINGS.rateLimit, 'rate'),
      fromTable(SETTINGS.requestSeconds, 'number'),
      SEAL_KEY_FILE,
      fromTable(SETTINGS.outboundAllow, 'networks'),
      fromTable(SETTINGS.outboundProxy, 'url'),
      fromTable(SETTINGS.workers, 'number'),
      fromTable(SETTINGS.databaseConnections, 'number'),
    ],
    run: async (_args, options) => (await import('./serve.ts')).serve(options),
  },
]
