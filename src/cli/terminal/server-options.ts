// Options for any SCIM server that a command is pointed at: its token, and headers of every request.

import type { OptionEntry } from './command-entry.ts'
import { type Options, textOption, UsageError } from './options.ts'

/** The bearer token of a server, from the command line or from the environment. */
export const SERVER_TOKEN: readonly OptionEntry[] = [
  ['--token <token>', 'a bearer token'],
  ['--token-env <name>', 'environment variable that holds the bearer token'],
]
/** Headers of every request. */
export const SERVER_HEADERS: OptionEntry = [
  '--header <line...>',
  'extra headers for every request, like "X-Api-Key: abc"',
]

/** The bearer token; undefined if none was given. */
export function tokenOption(options: Options): string | undefined {
  const variable = textOption(options, 'tokenEnv')
  const token = textOption(options, 'token') ?? (variable === undefined ? undefined : process.env[variable])
  if (variable !== undefined && token === undefined)
    throw new UsageError(`The environment variable ${variable} is not set`)
  return token
}

/** Headers given as `Name: value`; the option may be repeated. */
export function headersOption({ header }: Options): { readonly [name: string]: string } {
  const lines = Array.isArray(header) ? header.map(String) : typeof header === 'string' ? [header] : []
  return Object.fromEntries(
    lines.map((line) => {
      const match = /^([!#$%&'*+.^_`|~\w-]+):(.*)$/s.exec(line)
      if (match?.[1] === undefined || match[2] === undefined)
        throw new UsageError(`--header must be like "X-Api-Key: abc", not "${line.replace(/:.*/, ': …')}"`)
      return [match[1], match[2].trim()]
    }),
  )
}
