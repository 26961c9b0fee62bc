// The command that checks any SCIM server.

import type { CommandEntry } from '../terminal/command-entry.ts'

/** Command that checks any SCIM server. */
export const CHECK_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'check',
    args: '<url>',
    does: "judge any SCIM server: RFC 7643, 7644 and 9865, case by case. Ends with 1 when a MUST is failed, 2 when it can't be checked",
    example: 'check https://scim.example.com/scim/v2 --token-env SCIM_TOKEN --for okta,entra --html report.html',
    options: [
      ['--token <token>', 'a bearer token'],
      ['--token-env <name>', 'the bearer token, from this variable of the environment'],
      ['--basic <user:password>', 'credentials for HTTP Basic'],
      ['--header <line...>', 'further headers of every request, like "X-Api-Key: abc"'],
      [
        '--for <list>',
        'whether these will work with it: okta, entra, onelogin, ping, jumpcloud, google, auth0, keycloak, authentik, rippling, or all',
      ],
      [
        '--only <list>',
        'only these cases: ids (P-375), beginnings of ids (P-37), groups (patch), sections (7644 §3.5.2)',
      ],
      ['--skip <list>', 'not these cases'],
      ['--rate <number>', 'at most so many requests per second'],
      ['--concurrency <number>', 'so many cases at the same time', '4'],
      ['--timeout <seconds>', 'how long to wait for an answer', '20'],
      ['--strict', 'end with 1 also when a SHOULD is missed, or something could not be tested'],
      ['--clean', 'first remove what earlier checks could not remove'],
      ['--destructive', 'also send DELETE of whole endpoints; a server that is at fault may delete everybody'],
      ['--verbose', 'show requests and answers of everything that did not pass'],
      ['--html <file>', 'write the report as one page, to attach to a ticket'],
      ['--junit <file>', 'write the report as JUnit XML, for CI'],
      ['--badge <file>', 'write a badge, as SVG'],
    ],
    run: async (args, options) => (await import('./check.ts')).check(args, options),
  },
]
