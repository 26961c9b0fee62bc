// Every command of the command line, area by area.

import { ACCESS_COMMANDS } from './access/commands.ts'
import { ADMIN_COMMANDS } from './admin/commands.ts'
import { APP_COMMANDS } from './apps/commands.ts'
import { SWEEP_COMMANDS } from './apps/sweep-commands.ts'
import { CHECK_COMMANDS } from './check/commands.ts'
import { COMPARE_COMMANDS } from './compare/commands.ts'
import { completionCommands } from './completion/commands.ts'
import { CONFIG_COMMANDS } from './config/commands.ts'
import { DATABASE_COMMANDS } from './database/commands.ts'
import { EXPLAIN_COMMANDS } from './explain/commands.ts'
import { LOG_COMMANDS } from './log/commands.ts'
import { PROOF_COMMANDS } from './proof/commands.ts'
import { REQUEST_COMMANDS } from './requests/commands.ts'
import { RESOURCE_COMMANDS } from './resources/commands.ts'
import { REVIEW_COMMANDS } from './reviews/commands.ts'
import { SCHEMA_COMMANDS } from './schemas/commands.ts'
import { SERVER_COMMANDS } from './server/commands.ts'
import { SETUP_LINK_COMMANDS } from './setup/commands.ts'
import { SIMULATE_COMMANDS } from './simulate/commands.ts'
import { REMOTE_COMMANDS } from './targets/commands.ts'
import { TENANT_COMMANDS } from './tenants/commands.ts'
import type { CommandEntry } from './terminal/command-entry.ts'
import { TRANSFER_COMMANDS } from './transfer/commands.ts'

/** A description for each group of commands, by the first word that they share. */
export const GROUPS: { readonly [name: string]: string } = {
  tenant: 'Manage tenants: customers, each with a separate directory',
  connection: 'Manage connections: the credentials of identity providers for a tenant',
  'setup-link': 'Manage setup links: with one, a customer connects an identity provider alone',
  app: 'Manage apps: services that are kept in lockstep with a tenant',
  config: 'Configuration as files',
  plan: 'Plan what an app gets, before it is sent',
  sweep: 'Compare what apps hold with what they should hold',
  ignored: 'Differences that sweeps leave for some days',
  receipt: 'Manage receipts of people who left: show, export and verify them',
  review: 'Access reviews: who has what, decided line by line, and carried out',
  retention: 'How long recorded requests are kept',
  schema: "Manage a tenant's own schemas",
  type: "Manage a tenant's own resource types",
  index: 'Manage indexes: attributes that filters can look up without reading every resource',
  admin: 'Manage access to the admin API',
  console: 'Manage sign-in to the console',
  operator: 'Manage operators: people who run this installation',
  audit: 'What was done here, in a chain that shows what was changed',
  seal: 'Manage the keys that seal secrets, such as credentials of apps',
  db: 'Manage a PostgreSQL database on a Citus cluster',
  remote: 'Manage remotes: SCIM servers saved under a name',
}

/** Every command, in the order of `lockstep help`. Each loads what it needs only when it runs. */
export const COMMANDS: readonly CommandEntry[] = [
  ...SERVER_COMMANDS,
  ...TENANT_COMMANDS,
  ...SETUP_LINK_COMMANDS,
  ...APP_COMMANDS,
  ...SWEEP_COMMANDS,
  ...CONFIG_COMMANDS,
  ...PROOF_COMMANDS,
  ...ACCESS_COMMANDS,
  ...REVIEW_COMMANDS,
  ...RESOURCE_COMMANDS,
  ...COMPARE_COMMANDS,
  ...TRANSFER_COMMANDS,
  ...LOG_COMMANDS,
  ...REQUEST_COMMANDS,
  ...EXPLAIN_COMMANDS,
  ...SCHEMA_COMMANDS,
  ...ADMIN_COMMANDS,
  ...DATABASE_COMMANDS,
  ...CHECK_COMMANDS,
  ...SIMULATE_COMMANDS,
  ...REMOTE_COMMANDS,
  ...completionCommands(() => COMMANDS),
]
