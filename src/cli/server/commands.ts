// The commands that start the server, and the hub alone.

import { SETTINGS } from '../../site/index.ts'
import { type CommandEntry, DATABASE, fromTable, PUBLIC_URL, SEAL_KEY_FILE } from '../terminal/command-entry.ts'

/** Starting the server, and the hub alone. */
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
      fromTable(SETTINGS.traces, 'on|off'),
      fromTable(SETTINGS.metricsTokenFile, 'file'),
      fromTable(SETTINGS.firstToken, 'where'),
      fromTable(SETTINGS.logLevel, 'level'),
      fromTable(SETTINGS.rateLimit, 'rate'),
      fromTable(SETTINGS.requestSeconds, 'number'),
      SEAL_KEY_FILE,
      fromTable(SETTINGS.outboundAllow, 'networks'),
      fromTable(SETTINGS.outboundProxy, 'url'),
      fromTable(SETTINGS.workers, 'number'),
      fromTable(SETTINGS.hub, 'on|off'),
      ['--no-hub', 'the same as --hub off'],
      fromTable(SETTINGS.console, 'on|off'),
      ['--no-console', 'the same as --console off'],
      fromTable(SETTINGS.record, 'place'),
      fromTable(SETTINGS.recordDays, 'number'),
      fromTable(SETTINGS.databaseConnections, 'number'),
    ],
    run: async (_args, options) => (await import('./serve.ts')).serve(options),
  },
  {
    name: 'hub',
    does: 'Keep apps in lockstep without serving: beside servers that run with --no-hub, or in addition to those that do. Several share the apps.',
    example: 'hub --database postgres://lockstep@db.example/lockstep',
    options: [
      ...DATABASE,
      SEAL_KEY_FILE,
      fromTable(SETTINGS.outboundAllow, 'networks'),
      fromTable(SETTINGS.outboundProxy, 'url'),
      fromTable(SETTINGS.traces, 'on|off'),
      fromTable(SETTINGS.logLevel, 'level'),
      fromTable(SETTINGS.databaseConnections, 'number'),
    ],
    run: async (_args, options) => (await import('./serve.ts')).serveHub(options),
  },
]
