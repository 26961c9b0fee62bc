// The commands that tell and prove what apps were told: told, kill, receipts.

import {
  type CommandEntry,
  DATABASE,
  LOCAL,
  type OptionEntry,
  OUTBOUND,
  SEAL_KEY_FILE,
  TENANT,
} from '../terminal/command-entry.ts'

const LIMIT: OptionEntry = ['--limit <number>', 'show at most this many items', '50']

/** Commands that tell and prove what apps were told of people. */
export const PROOF_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'plan',
    args: '<app>',
    does: 'Show what an app would get: who is created, changed, switched off, and by which requests. The app is searched, and nothing is sent.',
    example: 'plan wiki --tenant acme',
    options: [TENANT, LIMIT, ...OUTBOUND, SEAL_KEY_FILE, ...DATABASE],
    run: async (args, options) => (await import('./plan.ts')).plan(args, options),
  },
  {
    name: 'plan list',
    args: '<app>',
    does: 'List the plans of an app that were made within 30 days',
    example: 'plan list wiki --tenant acme',
    options: [TENANT, ...DATABASE],
    run: async (args, options) => (await import('./plan.ts')).listPlans(args, options),
  },
  {
    name: 'plan show',
    args: '<app> <plan>',
    does: 'Show a plan again',
    example: 'plan show wiki 001796256000000-9f3c22d1 --tenant acme',
    options: [TENANT, LIMIT, ...DATABASE],
    run: async (args, options) => (await import('./plan.ts')).showPlan(args, options),
  },
  {
    name: 'plan apply',
    args: '<app> <plan>',
    does: 'Carry out a plan: switches the app on, or resumes it, and lets removals past the guard that are in it. Items that would be others now are shown, and nothing is sent.',
    example: 'plan apply wiki 001796256000000-9f3c22d1 --tenant acme --yes',
    options: [
      TENANT,
      ['--leave-out', 'carry out the rest although some items have changed'],
      ['--yes', 'carry it out without asking'],
      ...OUTBOUND,
      SEAL_KEY_FILE,
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./plan.ts')).applyPlan(args, options),
  },
  {
    name: 'explain',
    args: '<app> <user>',
    does: 'Explain a person in an app: source, scope clause by clause, match, difference, requests. Nothing is sent.',
    example: 'explain wiki ada@example.com --tenant acme',
    options: [TENANT, ...OUTBOUND, SEAL_KEY_FILE, ...DATABASE],
    run: async (args, options) => (await import('./plan.ts')).explainPerson(args, options),
  },
  {
    name: 'told',
    args: '<user>',
    does: 'Show what each app was told of a person: when it confirmed, or why it has not yet and when it is tried next',
    example: 'told ada@example.com --tenant acme',
    options: [TENANT, ...DATABASE],
    run: async (args, options) => (await import('./told.ts')).tellWho(args, options),
  },
  {
    name: 'kill',
    args: '<user>',
    does: 'Put a person out of every app at once, whatever scopes and guards say, until it is revoked. Waits until all apps have confirmed; fails when some have not. A note in the log records who did it.',
    example: 'kill ada@example.com --tenant acme --yes',
    options: [
      TENANT,
      ['--wait <seconds>', 'how long to wait for apps to confirm; it goes on afterwards', '60'],
      ['--revoke', 'take it back: the directory and the scopes decide again'],
      ['--yes', 'do it without asking'],
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./kill.ts')).kill(args, options),
  },
  {
    name: 'receipt show',
    args: '<user>',
    does: 'Show the receipt of somebody who left: which apps confirmed, when, and what was read back',
    example: 'receipt show ada@example.com --tenant acme',
    options: [TENANT, SEAL_KEY_FILE, ...LOCAL],
    run: async (args, options) => (await import('./receipt.ts')).showReceipt(args, options),
  },
  {
    name: 'receipt export',
    args: '<user>',
    does: 'Export the receipt as a signed document (JWS), for auditors',
    example: 'receipt export ada@example.com --tenant acme --to ada.jws',
    options: [TENANT, ['--to <file>', 'write to this file instead of standard output'], SEAL_KEY_FILE, ...LOCAL],
    run: async (args, options) => (await import('./receipt.ts')).exportReceipt(args, options),
  },
  {
    name: 'receipt verify',
    args: '<file>',
    does: 'Verify a receipt, and say what it says; offline, with --jwks FILE. Fails unless it is genuine. - is standard input.',
    example: 'receipt verify ada.jws --jwks jwks.json',
    options: [
      ['--jwks <where>', 'the public keys: a file, or an address; by default those of the local database'],
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./receipt.ts')).verify(args, options),
  },
  {
    name: 'receipt keys',
    does: 'List the keys that sign receipts; with --json, as the key set that an auditor needs',
    example: 'receipt keys --json > jwks.json',
    options: [...DATABASE],
    run: async (_args, options) => (await import('./receipt.ts')).receiptKeys(options),
  },
  {
    name: 'receipt rotate',
    does: 'Make a new key for receipts. Older keys sign nothing more; what they have signed still verifies.',
    example: 'receipt rotate',
    options: [['--alg <name>', 'EdDSA (Ed25519) or ES256 (P-256)', 'EdDSA'], SEAL_KEY_FILE, ...DATABASE],
    run: async (_args, options) => (await import('./receipt.ts')).rotateKey(options),
  },
]
