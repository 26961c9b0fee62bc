// Renders the pages in docs/reference from the tables in the code.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROLES } from '../src/access/index.ts'
import { openApi } from '../src/admin/openapi.ts'
import { ROUTES } from '../src/admin/routes.ts'
import { COMMANDS, GROUPS } from '../src/cli/commands.ts'
import type { OptionEntry } from '../src/cli/terminal/command-entry.ts'
import { APPS, type AppProfile, CLIENT_LIMITS, type TransportCode } from '../src/client/index.ts'
import type { OutboundCode } from '../src/outbound/index.ts'
import { codeOf, RFC_UPDATES, SCIM_TYPES, type ScimType, STATUS_CODES } from '../src/protocol/index.ts'
import { SETTINGS, type SettingEntry } from '../src/site/index.ts'
import { casesPage } from './cases-page.ts'
import { writeGuides } from './guide-steps.ts'

/** When each keyword is used, for administrators. RFC 7644 §3.12, table 9; RFC 9865 table 3. */
const KEYWORDS: { readonly [type in ScimType]: string } = {
  invalidFilter: 'a filter that cannot be parsed, or an operator that its attribute does not support',
  tooMany: 'a query that matches more results than the server computes',
  uniqueness: 'a value that another resource already has',
  mutability: 'a change that the mutability of the attribute forbids',
  invalidSyntax: 'a body that is not JSON, or does not have the schema that the request requires',
  invalidPath: 'a PATCH path that is malformed or names no attribute',
  noTarget: 'a PATCH path that selects no value',
  invalidValue: 'a value that is missing or does not fit its attribute',
  invalidVers: 'a protocol version in the URL that the server does not support',
  sensitive: 'a filter on a sensitive attribute in a URL; send it by POST to /.search',
  invalidCursor: 'a cursor that does not belong to this query',
  expiredCursor: 'a cursor that has expired; start again from the first page',
  invalidCount: 'an invalid page size, or one that changed between pages',
}

const STATUSES: { readonly [status in keyof typeof STATUS_CODES]: string } = {
  400: 'the request is invalid; the detail says where',
  401: 'no token, or one that is unknown, expired or revoked',
  403: 'the token may not do this, or a discovery request had a filter',
  404: 'no such resource or endpoint; a resource of another tenant looks the same',
  405: 'the endpoint does not support this method; Allow lists those it supports',
  406: 'Accept excludes JSON',
  409: 'a unique value is in use, or a bulk reference cannot be resolved',
  412: 'If-Match does not name the current version',
  413: 'the request exceeds a limit; the detail names it',
  414: 'the URL is too long; send the search by POST to /.search',
  415: 'the media type of the body is not JSON',
  421: 'the Host header does not name this server; start it with --public-url or --trusted-proxies',
  429: 'too many requests, or too many wrong tokens; Retry-After says when to retry',
  431: 'the request line and headers are too long',
  500: 'a bug in the server; the detail has an id that is also in its log',
  501: 'turned off for this tenant',
  503: 'the database cannot be written at the moment, or the server is overloaded; Retry-After says when to retry',
}

const TRANSPORT_CODES: { readonly [code in TransportCode]: string } = {
  ERR_TIMEOUT: 'no complete response within the timeout',
  ERR_NETWORK: 'no connection, or one that broke',
  ERR_NOT_SCIM: 'a response that is not SCIM: an HTML page, truncated JSON, a list without resources',
  ERR_TOO_LARGE: 'a response longer than the client reads',
  ERR_REDIRECT:
    'a redirect to another origin, which would expose credentials, or one that would turn a write into a read',
  ERR_TOKEN: 'the authorization server returned no access token',
  ERR_INCOMPLETE: 'a list with fewer different resources than the server promised, or one that never ended',
}

const OUTBOUND_CODES: { readonly [code in OutboundCode]: string } = {
  ERR_OUTBOUND_REFUSED:
    'the URL of an app, or an address that its name leads to, is not allowed: see `--outbound-allow`. Nothing was sent',
  ERR_OUTBOUND_CONNECT: 'no connection came about: the name, the network, the certificate. Nothing was sent',
  ERR_OUTBOUND_BROKEN: 'the connection ended before the whole answer had come',
  ERR_OUTBOUND_TIME: 'the whole answer did not come in time',
  ERR_OUTBOUND_ANSWER: 'a redirect, or an answer that is not HTTP',
  ERR_OUTBOUND_SIZE: 'an answer that is too long',
}

/** The codes of errors without a SCIM answer that the page of errors lists. */
export const TRANSPORT_CODES_SHOWN: readonly string[] = [
  ...Object.keys(TRANSPORT_CODES),
  ...Object.keys(OUTBOUND_CODES),
]

/** Escapes a text for a table cell. */
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')

function commandsPage(): string {
  const option = ([flags, does, initial]: OptionEntry) =>
    `| \`${cell(flags).replaceAll('&lt;', '<')}\` | ${cell(does)}${initial === undefined ? '' : ` (default: ${initial})`} |`
  const lines = [
    '# Commands',
    '',
    'In the repository run `npm run -s lockstep -- COMMAND`; installed, run `lockstep COMMAND`. Every command accepts `--json`, which prints',
    'JSON for programs, and `--help`. The exit code is 0 for success, 1 for failure, and 2 for invalid arguments. Commands work on the',
    'database while a server uses it, and their changes take effect in the server immediately.',
  ]
  let group = ''
  for (const { name, args, does, example, options = [], hidden } of COMMANDS) {
    if (hidden) continue
    const first = name.split(' ')[0] ?? ''
    const about = GROUPS[first]
    if (about !== undefined && first !== group) lines.push('', `## lockstep ${first}`, '', `${about}.`)
    group = first
    lines.push(
      '',
      `${about === undefined ? '##' : '###'} lockstep ${name}${args === undefined ? '' : ` ${args.replaceAll('<', '\\<')}`}`,
    )
    lines.push('', does.endsWith('.') ? does : `${does}.`, '', '```sh', `lockstep ${example}`, '```')
    if (options.length > 0) lines.push('', '| option | what it does |', '| --- | --- |', ...options.map(option))
  }
  return `${lines.join('\n')}\n`
}

function adminPage(): string {
  const { paths } = openApi(ROUTES, '')
  const lines = [
    '# Admin API',
    '',
    'Under `/admin/v1`, with its own tokens: create one with `lockstep admin token`. Request and response bodies are JSON. The console uses',
    'the same routes with a session: `POST /session` sets a cookie, and every request but GET then needs the header `X-Lockstep: 1`.',
    '`GET /admin/v1/openapi.json` describes every field, for generated clients.',
    '',
    '| request | what it does | needs | query | body | status |',
    '| --- | --- | --- | --- | --- | --- |',
  ]
  for (const { method, path, does, needs, gives } of ROUTES) {
    const operation = paths[path]?.[method] as Operation
    const query = operation.parameters.filter((one) => one.in === 'query').map(({ name }) => `\`${name}\``)
    const shape = operation.requestBody?.content['application/json'].schema
    const required = shape?.required ?? []
    const body = Object.keys(shape?.properties ?? {}).map((name) => `\`${name}\`${required.includes(name) ? '' : '?'}`)
    const request = `\`${method.toUpperCase()} ${path}\``
    const needed = [
      needs.capability,
      ...(needs.reach === 'database' ? ['database'] : []),
      ...(needs.fresh === undefined ? [] : [needs.fresh === 'forced' ? 'fresh if forced' : 'fresh']),
    ].join(', ')
    lines.push(
      `| ${request} | ${cell(does)} | ${needed} | ${query.join(', ')} | ${body.join(', ')} | ${gives.status} |`,
    )
  }
  lines.push(
    '',
    'A question mark marks optional fields.',
    '',
    'Lists come in pages: `{"items":[…],"next":"…"}`. `limit` (100 by default, 1,000 at most) bounds a page, `search` keeps entries whose name',
    'begins with a text, and `after` takes the `next` of the page before. A page without `next` is the last one; a page may have fewer entries',
    'than `limit`, even none, although there are more.',
    '',
    '`needs` is what the role of the token must include; `database` means that the token must not be limited to tenants. Other tenants than',
    'those of the token look as if they did not exist. `fresh` means that a browser must have signed in within the last ten minutes,',
    '`session` that any role will do, and `nothing` that nobody need have signed in.',
    '',
    '| role | has |',
    '| --- | --- |',
    ...Object.entries(ROLES).map(([role, capabilities]) => `| ${role} | ${capabilities.join(', ')} |`),
    '',
    'Errors have the body `{"error":{"code":"…","message":"…"}}` and one of these statuses: 400 for an invalid request (with `faults`, a list of',
    '`{"in":"body","field":"connection.kind","message":"…"}`, where single fields are wrong), 401 without a valid token, 403 if its role lacks what',
    'is needed, 404 if something does not exist, 409 if it already exists or is still in use (with a `count` of what prevents the change),',
    '413 for a body that is too long, 415 for one that is not JSON.',
  )
  return `${lines.join('\n')}\n`
}

/** The parts of an OpenAPI operation that the page shows. */
interface Operation {
  readonly parameters: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: {
    readonly content: {
      readonly 'application/json': {
        readonly schema: {
          readonly properties?: { readonly [name: string]: unknown }
          readonly required?: readonly string[]
        }
      }
    }
  }
}

/** The client's limits and its profiles of apps. */
function clientPage(): string {
  const source = readFileSync(join(import.meta.dirname, '../src/client/limits.ts'), 'utf8')
  const limits = Object.entries(CLIENT_LIMITS).map(([name, value]) => {
    const comment = new RegExp(`/\\*\\* ((?:(?!\\*/).)*) \\*/\\s*${name}:`).exec(source)?.[1]
    if (comment === undefined) throw new Error(`limit ${name} has no comment`)
    return `| \`${name}\` | ${value.toLocaleString('en')} | ${cell(comment.replace(/\.$/, ''))} |`
  })
  const apps = Object.values(APPS).map(
    (app: AppProfile) =>
      `| \`${app.name}\` | ${cell(app.about)} | ${takes(app)} | ${app.checked} | ${cell(app.sources.join('; '))} |`,
  )
  return [
    '# Client',
    '',
    'For usage see [the guide](../guides/client.md). Most limits are defaults of an option of `createClient`.',
    '',
    '| limit | value | meaning |',
    '| --- | ---: | --- |',
    ...limits,
    '',
    '## Updates that apps accept',
    '',
    'Profiles are data (`src/quirks/apps/`), collected from vendors’ documentation and reports, with the date of the last check. `diff` and',
    '`update` stay within them, and `lockstep remote add --app NAME` selects one. The table shows where each differs from the RFC:',
    '',
    '| profile | app | accepts | checked | sources |',
    '| --- | --- | --- | --- | --- |',
    ...apps,
    '',
    '## What else is known of them',
    '',
    'The hub also needs to know what accounts must have, what is dropped and rewritten, how lists are paged, what “off” comes to, and how often an',
    'app may be asked ([how to use and change a profile](../guides/app-profiles.md)). Where these profiles differ from the RFC:',
    '',
    ...Object.values(APPS).flatMap((app: AppProfile) => {
      const said = departures(app, APPS.rfc)
      return app.name === 'rfc' || said.length === 0
        ? []
        : [`### ${app.name}`, '', ...said.map((line) => `* ${line}`), '']
    }),
  ].join('\n')
}

/** Where a profile differs from the RFC in anything but updates, setting by setting. */
function departures(app: AppProfile, rfc: AppProfile): readonly string[] {
  const walk = (own: unknown, other: unknown, path: string): readonly string[] => {
    if (JSON.stringify(own) === JSON.stringify(other)) return []
    const isTable = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
    if (isTable(own) && isTable(other)) {
      return Object.entries(own as object).flatMap(([name, value]) =>
        walk(value, (other as { [name: string]: unknown })[name], path === '' ? name : `${path}.${name}`),
      )
    }
    return [`\`${path}\`: \`${JSON.stringify(own)}\``]
  }
  const { name: _name, about: _about, checked: _checked, sources: _sources, types: _types, ...rest } = app
  return walk(rest, rfc, '')
}

/** Where a profile differs from the RFC, type by type. */
function takes({ types }: AppProfile): string {
  const parts = Object.entries(types).flatMap(([type, own]) => {
    const { members, ...rest } = own
    const different = (held: object, rfc: object) =>
      Object.entries(held).flatMap(([name, value]) =>
        JSON.stringify(value) === JSON.stringify((rfc as { [name: string]: unknown })[name])
          ? []
          : [`${name}: ${Array.isArray(value) ? value.join(' ') || 'none' : String(value)}`],
      )
    const { members: rfcMembers, ...rfcRest } = RFC_UPDATES
    const said = [...different(rest, rfcRest), ...different(members, rfcMembers).map((each) => `members.${each}`)]
    return said.length === 0 ? [] : [`${type === '*' ? '' : `${type}: `}${said.join(', ')}`]
  })
  return cell(parts.length === 0 ? 'all' : parts.join('; '))
}

/** The reference pages rendered from the code's own tables: file name → text. */
export function referencePages(): { readonly [file: string]: string } {
  const errors = [
    '# Errors',
    '',
    'Every error has a SCIM body: `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","scimType":"…","detail":"…"}`.',
    'Apps that embed Lockstep find the code in `ScimError.code`.',
    '',
    '| status | scimType | code | when |',
    '| --- | --- | --- | --- |',
    ...(Object.keys(SCIM_TYPES) as ScimType[]).map(
      (type) => `| ${SCIM_TYPES[type]} | ${type} | ${codeOf(type)} | ${KEYWORDS[type]} |`,
    ),
    ...Object.entries(STATUS_CODES).map(
      ([status, code]) => `| ${status} | | ${code} | ${STATUSES[Number(status) as keyof typeof STATUSES]} |`,
    ),
    '',
    'Invalid options throw `ERR_CONFIG` when they are passed in.',
    '',
    'Without a SCIM response the client throws a `TransportError`; its `mayBeDone` says whether the request may have been carried out.',
    '',
    '| code | when |',
    '| --- | --- |',
    ...(Object.keys(TRANSPORT_CODES) as TransportCode[]).map((code) => `| ${code} | ${TRANSPORT_CODES[code]} |`),
    '',
    'Requests that the server itself sends, to apps, fail with one of these. No message names an address.',
    '',
    '| code | when |',
    '| --- | --- |',
    ...(Object.keys(OUTBOUND_CODES) as OutboundCode[]).map((code) => `| ${code} | ${OUTBOUND_CODES[code]} |`),
  ]
  const settings: readonly SettingEntry[] = Object.values(SETTINGS)
  const configuration = [
    '# Configuration',
    '',
    'Flags override the environment, and the environment overrides defaults. An invalid setting is refused at startup.',
    '',
    '| flag | environment | default | allowed | what it does |',
    '| --- | --- | --- | --- | --- |',
    ...settings.map(
      (one) =>
        `| \`${one.flag}\` | \`${one.env}\` | ${one.default === '' ? '' : `\`${one.default}\``} | ${one.allowed} | ${one.does} |`,
    ),
  ]
  return {
    'commands.md': commandsPage(),
    'conformance-cases.md': casesPage(),
    'admin-api.md': adminPage(),
    'client.md': clientPage(),
    'errors.md': `${errors.join('\n')}\n`,
    'configuration.md': `${configuration.join('\n')}\n`,
  }
}

if (process.argv[1] === import.meta.filename) {
  const folder = join(import.meta.dirname, '../docs/reference')
  for (const [file, text] of Object.entries(referencePages())) writeFileSync(join(folder, file), text)
  writeGuides()
}
