// The commands for sweeps: what an app holds, compared with what it should hold.

import { type CommandEntry, DATABASE, type OptionEntry, TENANT } from '../terminal/command-entry.ts'

const LIMIT: OptionEntry = ['--limit <number>', 'show at most this many rows', '50']

/** Commands for sweeps, and for what they leave. */
export const SWEEP_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'sweep',
    args: '<app>',
    does: 'Compare what an app holds with what it should hold, and follow that until it has ended. The hub of a server carries it out; when one is under way already, that one is followed.',
    example: 'sweep wiki --tenant acme',
    options: [
      TENANT,
      ['--light', 'read a part of the accounts only, where the last light sweep ended'],
      ['--wait <seconds>', 'follow it for so long at most; it goes on afterwards'],
      LIMIT,
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./sweep.ts')).sweep(args, options),
  },
  {
    name: 'sweep list',
    args: '<app>',
    does: 'List the sweeps of an app within 90 days, and what each found',
    example: 'sweep list wiki --tenant acme',
    options: [TENANT, LIMIT, ...DATABASE],
    run: async (args, options) => (await import('./sweep.ts')).listSweeps(args, options),
  },
  {
    name: 'sweep show',
    args: '<app> <sweep>',
    does: 'Show a sweep, and the differences that it found',
    example: 'sweep show wiki 001796256000000-9f3c22d1 --tenant acme',
    options: [TENANT, ['--kind <kind>', 'only drifted, missing, zombie or stranger'], LIMIT, ...DATABASE],
    run: async (args, options) => (await import('./sweep.ts')).showSweep(args, options),
  },
  {
    name: 'sweep fix',
    args: '<app> <sweep>',
    does: 'Mend differences that a sweep has found and left. Each is read again first; accounts that nobody here owns are never touched.',
    example: 'sweep fix wiki 001796256000000-9f3c22d1 --kinds zombie --tenant acme --yes',
    options: [
      TENANT,
      ['--kinds <kinds>', 'only these, separated by commas: drifted, missing, zombie'],
      ['--of <ids>', 'only those of these resources, separated by commas'],
      ['--yes', 'mend them without asking'],
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./sweep.ts')).fixSweep(args, options),
  },
  {
    name: 'ignored list',
    args: '<app>',
    does: 'List the differences of an app that sweeps leave for now, with why and until when',
    example: 'ignored list wiki --tenant acme',
    options: [TENANT, ...DATABASE],
    run: async (args, options) => (await import('./ignored.ts')).listIgnored(args, options),
  },
  {
    name: 'ignored add',
    args: '<app> <account>',
    does: "Have sweeps leave a difference for some days, by the app's id of the account. Access that must have ended is never left.",
    example: 'ignored add wiki 4711 --attributes title --reason "they keep their own" --tenant acme',
    options: [
      TENANT,
      ['--attributes <names>', "attributes that may differ, separated by commas, of somebody's account"],
      ['--stranger', "the account is nobody's here, and may be there"],
      ['--group', 'it is a group in the app, and no person'],
      ['--reason <text>', 'why; it is shown with the difference, and kept in the log'],
      ['--days <number>', 'it ends by itself after so many days, 1 to 90', '30'],
      ...DATABASE,
    ],
    run: async (args, options) => (await import('./ignored.ts')).addIgnored(args, options),
  },
  {
    name: 'ignored end',
    args: '<app> <ignored>',
    does: 'Have sweeps count it as a difference again',
    example: 'ignored end wiki VXNlci80NzEx --tenant acme',
    options: [TENANT, ...DATABASE],
    run: async (args, options) => (await import('./ignored.ts')).endIgnored(args, options),
  },
]
