// The command that explains an error.

import type { CommandEntry } from '../terminal/command-entry.ts'

/** The command that explains an error. */
export const EXPLAIN_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'error',
    args: '<code>',
    does: 'Explain an error of SCIM: what happened, why, and what to do, with the place to click in that identity provider. The code may be a scimType or a status.',
    example: 'error SCIM_UNIQUENESS --kind entra --detail "Another User has this userName already"',
    options: [
      ['--kind <kind>', 'the kind of the connection, such as entra', 'generic'],
      ['--detail <text>', 'what the error said; it tells more than the code'],
      ['--language <language>', 'en or de', 'en'],
    ],
    run: async (args, options) => (await import('./error.ts')).explainError(args, options),
  },
]
