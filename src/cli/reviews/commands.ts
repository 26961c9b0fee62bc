// The commands for access reviews.

import {
  type CommandEntry,
  DATABASE,
  LOCAL,
  type OptionEntry,
  SEAL_KEY_FILE,
  TENANT,
} from '../terminal/command-entry.ts'

const ALONGSIDE: OptionEntry = [
  '--alongside',
  'take away what hangs on the same groups, too; otherwise such lines stay open',
]
const EXAMPLE = '001796256000000-9f3c22d1'

/** Commands for access reviews. */
export const REVIEW_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'review start',
    args: '[who]',
    does: 'Start an access review: a frozen copy of what a person has, what a group gives, who has an app; or of everybody',
    example: 'review start crm --name Q1 --reason "Every quarter" --until 2026-04-15 --tenant acme',
    options: [
      TENANT,
      ['--as <kind>', 'what is named: app, group or user; by default the first of these that there is'],
      ['--name <text>', 'how it is called'],
      ['--reason <text>', 'why it is done'],
      ['--until <time>', 'until when it is to be decided, like 2026-04-15'],
      ['--at <time>', 'copy a moment in the past, like 2026-03-01 or 2026-03-01T12:00:00Z'],
      ['--exceptions', 'only what no rule gives, or what the app has not confirmed'],
      ['--reviewer <operator>', 'the id of the only operator who decides in the console'],
      ['--undecided <what>', 'what lines count as that nobody has decided about: keep or open', 'open'],
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./review.ts')).startReview(args, options),
  },
  {
    name: 'review list',
    does: 'List the access reviews, the newest first',
    example: 'review list --tenant acme',
    options: [TENANT, ...DATABASE],
    run: async (_args, options) => (await import('./review.ts')).listReviews(options),
  },
  {
    name: 'review show',
    args: '<review>',
    does: 'Show an access review with its lines, what was decided, and what became of them',
    example: `review show ${EXAMPLE} --verdict undecided --tenant acme`,
    options: [
      TENANT,
      ['--verdict <what>', 'only lines with this decision: keep, remove or undecided'],
      ['--limit <number>', 'show at most this many lines', '50'],
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./review.ts')).showReview(args, options),
  },
  {
    name: 'review decide',
    args: '<review> <verdict>',
    does: 'Decide keep, remove or undecided: about lines by their numbers, or about all that fit',
    example: `review decide ${EXAMPLE} remove --lines 000000017,000000018 --comment "Left the project" --tenant acme`,
    options: [
      TENANT,
      ['--lines <numbers>', 'these lines'],
      ['--user <id>', 'all lines of a person'],
      ['--app <id>', 'all lines of an app'],
      ['--text <part>', 'all lines with this in the name, the value or the rule'],
      ['--rest', 'all that nobody has decided about yet; with others: only those of them'],
      ['--comment <text>', 'why'],
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./review.ts')).decideReview(args, options),
  },
  {
    name: 'review close',
    args: '<review>',
    does: 'Close an access review: nothing is decided in it any more. Nothing is taken away yet',
    example: `review close ${EXAMPLE} --tenant acme`,
    options: [TENANT, ...DATABASE],
    run: async (args, options) => (await import('./review.ts')).closeReview(args, options),
  },
  {
    name: 'review apply',
    args: '<review>',
    does: 'Show what takes access away, and after a question carry it out: people leave the groups that give it. Can be done again: what is done stays, what is open is tried once more',
    example: `review apply ${EXAMPLE} --tenant acme --yes`,
    options: [
      TENANT,
      ALONGSIDE,
      ['--dry', 'only show the plan'],
      ['--yes', 'carry it out without asking'],
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./review-apply.ts')).applyReview(args, options),
  },
  {
    name: 'review export',
    args: '<review>',
    does: 'Export a closed access review: every line as CSV, and a signed document (JWS) that vouches for that file',
    example: `review export ${EXAMPLE} --to q1.csv --jws q1.jws --tenant acme`,
    options: [
      TENANT,
      ['--to <file>', 'write the CSV to this file instead of standard output'],
      ['--jws <file>', 'write the signed document to this file'],
      SEAL_KEY_FILE,
      ...LOCAL,
    ],
    run: async (args, options) => (await import('./review-export.ts')).exportReview(args, options),
  },
  {
    name: 'review verify',
    args: '<file>',
    does: 'Verify the signed document of an access review, and say what it says; offline, with --jwks FILE. With --csv, also whether that file is the one. Fails unless all is genuine. - is standard input.',
    example: 'review verify q1.jws --csv q1.csv --jwks jwks.json',
    options: [
      ['--csv <file>', 'the file with its lines'],
      ['--jwks <where>', 'the public keys: a file, or an address; by default those of the local database'],
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./review-export.ts')).verifyExport(args, options),
  },
  {
    name: 'review delete',
    args: '<review>',
    does: 'Delete an access review with its lines and decisions. What it has changed stays',
    example: `review delete ${EXAMPLE} --tenant acme`,
    options: [TENANT, ['--yes', 'delete it without asking'], ...DATABASE],
    run: async (args, options) => (await import('./review.ts')).deleteReview(args, options),
  },
]
