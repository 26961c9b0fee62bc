// The command that checks any SCIM server.

import type { CommandEntry } from '../terminal/command-entry.ts'
import { SERVER_HEADERS, SERVER_TOKEN } from '../terminal/server-options.ts'

/** Command that checks any SCIM server. */
export const CHECK_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'check',
    args: '<url>',
    does: "Check any SCIM server against RFC 7643, 7644 and 9865, case by case. The exit code is 1 when a MUST fails, 2 when the server can't be checked.",
    example: 'check https://scim.example.com/scim/v2 --token-env SCIM_TOKEN --for okta,entra --html report.html',
    options: [
      ...SERVER_TOKEN,
      ['--basic <user:password>', 'credentials for HTTP Basic'],
      SERVER_HEADERS,
      [
        '--for <list>',
        'report whether these identity providers work with it: okta, entra, onelogin, ping, jumpcloud, google, auth0, keycloak, authentik, rippling, or all',
      ],
      [
        '--only <list>',
        'run only these cases: ids (P-375), prefixes of ids (P-37), groups (patch), sections (7644 §3.5.2)',
      ],
      ['--skip <list>', 'skip these cases'],
      ['--rate <number>', 'maximum requests per second'],
      ['--concurrency <number>', 'cases to run at the same time', '4'],
      ['--timeout <seconds>', 'how long to wait for a response', '20'],
      ['--strict', 'also exit with 1 when a SHOULD fails or a case could not be tested'],
      ['--clean', 'first delete resources that earlier checks left behind'],
      ['--destructive', 'also send DELETE to whole endpoints; a faulty server may delete every resource'],
      ['--verbose', 'show the requests and responses of every case that did not pass'],
      ['--html <file>', 'write the report as a single HTML page, to attach to a ticket'],
      ['--junit <file>', 'write the report as JUnit XML, for CI'],
      ['--badge <file>', 'write a badge as SVG'],
    ],
    run: async (args, options) => (await import('./check.ts')).check(args, options),
  },
]
