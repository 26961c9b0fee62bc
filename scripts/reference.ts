// Renders the pages in docs/reference from the tables in the code.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openApi } from '../src/admin/openapi.ts'
import { createRoutes } from '../src/admin/routes.ts'
import { COMMANDS, GROUPS } from '../src/cli/commands.ts'
import type { OptionEntry } from '../src/cli/terminal/command-entry.ts'
import { APPS, type AppProfile, CLIENT_LIMITS, type TransportCode } from '../src/client/index.ts'
import { createDirectory } from '../src/directory/index.ts'
import { codeOf, RFC_UPDATES, SCIM_TYPES, type ScimType, STATUS_CODES } from '../src/protocol/index.ts'
import { SETTINGS, type SettingEntry } from '../src/server/index.ts'
import { memoryStore } from '../src/store/memory/memory.ts'
import { createTenancy } from '../src/tenancy/index.ts'
import { casesPage } from './cases-page.ts'

/** When each keyword is used, for administrators. RFC 7644 §3.12, table 9; RFC 9865 table 3. */
const KEYWORDS: { readonly [type in ScimType]: string } = {
  invalidFilter: 'a filter that cannot be read, or whose operator and attribute do not go together',
  tooMany: 'a query with more results than are computed',
  uniqueness: 'a value that another resource has already',
  mutability: 'a change that the mutability of the attribute forbids',
  invalidSyntax: 'a body that is not JSON, or not of the schema that the request needs',
  invalidPath: 'a PATCH path that is malformed or names nothing',
  noTarget: 'a PATCH path that selects nothing',
  invalidValue: 'a value that is missing or does not fit its attribute',
  invalidVers: 'a protocol version in the URL that is not served',
  sensitive: 'a filter on a sensitive attribute in a URL; send it by POST to /.search',
  invalidCursor: 'a cursor that this query did not give out',
  expiredCursor: 'a cursor that is too old; start the walk again',
  invalidCount: 'a page size that is none, or that changed between pages',
}

const STATUSES: { readonly [status in keyof typeof STATUS_CODES]: string } = {
  400: 'the request makes no sense; the detail says where',
  401: 'no token, or one that is unknown, expired or revoked',
  403: 'the token may not do this, or discovery was asked with a filter',
  404: 'no such resource or endpoint; what another tenant has looks the same',
  405: 'the endpoint does not take this method; Allow lists those it takes',
  406: 'Accept excludes JSON',
  409: 'the value is taken, or a bulk reference cannot be resolved',
  412: 'If-Match names another version than the current one',
  413: 'more than a limit allows; the detail names the limit',
  414: 'the URL is too long; send the search by POST to /.search',
  415: 'the body is not JSON by its media type',
  421: 'the Host header names a server that this one is not; start it with --public-url or --trusted-proxies',
  429: 'too many requests, or too many wrong tokens; Retry-After says when to come back',
  431: 'the request line and headers are too long',
  500: 'a mistake of the server; the detail holds an id that its log has too',
  501: 'switched off for this tenant',
  503: 'the database cannot be written now; Retry-After says when to come back',
}

const TRANSPORT_CODES: { readonly [code in TransportCode]: string } = {
  ERR_TIMEOUT: 'no whole answer within the time-out',
  ERR_NETWORK: 'no connection, or one that broke off',
  ERR_NOT_SCIM: 'an answer that is not SCIM: a page of HTML, cut JSON, a list without resources',
  ERR_TOO_LARGE: 'an answer longer than is read',
  ERR_REDIRECT: 'a redirect to another origin, where credentials do not go, or one that would turn a write into a read',
  ERR_TOKEN: 'the authorization server gave no access token',
  ERR_INCOMPLETE:
    'a list of which fewer different resources came than the server said that there are, or whose end never came',
}

/** A text that may stand in a cell of a table. */
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')

function commandsPage(): string {
  const option = ([flags, does, initial]: OptionEntry) =>
    `| \`${cell(flags).replaceAll('&lt;', '<')}\` | ${cell(does)}${initial === undefined ? '' : ` (default: ${initial})`} |`
  const lines = [
    '# Commands',
    '',
    'In the repository `npm run -s lockstep -- COMMAND`, installed `lockstep COMMAND`. Every command takes `--json`, to print JSON for',
    'programs, and `--help`. It ends with 0 when it is done, 1 when it failed, 2 when it makes no sense. Commands work on the database',
    'file beside a running server; what they change counts there at once.',
  ]
  let group = ''
  for (const { name, args, does, example, options = [], hidden } of COMMANDS) {
    if (hidden) continue
    const first = name.split(' ')[0] ?? ''
    const about = GROUPS[first]
    if (about !== undefined && first !== group) lines.push('', `## ${first}: ${about}`)
    group = first
    lines.push(
      '',
      `${about === undefined ? '##' : '###'} lockstep ${name}${args === undefined ? '' : ` ${args.replaceAll('<', '\\<')}`}`,
    )
    lines.push('', `${does[0]?.toUpperCase()}${does.slice(1)}.`, '', '```sh', `lockstep ${example}`, '```')
    if (options.length > 0) lines.push('', '| option | what it does |', '| --- | --- |', ...options.map(option))
  }
  return `${lines.join('\n')}\n`
}

function adminPage(): string {
  const store = memoryStore()
  const routes = createRoutes({ tenancy: createTenancy({ store }), directory: createDirectory({ store }) })
  const { paths } = openApi(routes, '')
  const lines = [
    '# Admin API',
    '',
    'Below `/admin/v1`, behind tokens of its own: `lockstep admin token` makes one, until then nobody is let in. Bodies and answers are',
    'JSON. `GET /admin/v1/openapi.json` describes them to the last field, for generated clients.',
    '',
    '| request | what it does | query | body | answer |',
    '| --- | --- | --- | --- | --- |',
  ]
  for (const { method, path, does, gives } of routes) {
    const operation = paths[path]?.[method] as Operation
    const query = operation.parameters.filter((one) => one.in === 'query').map(({ name }) => `\`${name}\``)
    const shape = operation.requestBody?.content['application/json'].schema
    const needed = shape?.required ?? []
    const body = Object.keys(shape?.properties ?? {}).map((name) => `\`${name}\`${needed.includes(name) ? '' : '?'}`)
    const request = `\`${method.toUpperCase()} ${path}\``
    lines.push(`| ${request} | ${cell(does)} | ${query.join(', ')} | ${body.join(', ')} | ${gives.status} |`)
  }
  lines.push(
    '',
    'A question mark stands behind what may be left out. Refusals have `{"error":{"code":"…","message":"…"}}` and one of these statuses:',
    '400 for what makes no sense, 401 without a valid token, 404 for what is not there, 409 for what is there already or still in use',
    '(with a `count` of what is in the way), 413 and 415 for bodies that are too long or no JSON.',
  )
  return `${lines.join('\n')}\n`
}

/** What the page reads of an operation. */
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

/** The client's limits and what it knows of apps. */
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
    'How to use it: [Ask any SCIM server](../guides/client.md). Most limits are defaults of an option of `createClient`.',
    '',
    '| limit | value | what |',
    '| --- | ---: | --- |',
    ...limits,
    '',
    '## What apps take in updates',
    '',
    'Profiles are data (`src/quirks/apps.ts`), made from what vendors write and people found; they say when they were last held against',
    'that. `diff` and `update` keep to them, `lockstep remote add --app NAME` chooses one. What differs from the RFC:',
    '',
    '| profile | stands for | takes | checked | sources |',
    '| --- | --- | --- | --- | --- |',
    ...apps,
    '',
  ].join('\n')
}

/** Where a profile differs from what the RFC offers, type by type. */
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

/** The reference pages that are written from the code's own tables: file name → text. */
export function referencePages(): { readonly [file: string]: string } {
  const errors = [
    '# Errors',
    '',
    'Every error has a SCIM body: `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","scimType":"…","detail":"…"}`.',
    'Programs that embed Lockstep find the code in `ScimError.code`.',
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
    'Besides: `ERR_CONFIG`, options that make no sense, thrown when they are given.',
    '',
    'Where no SCIM answer came, the client throws a `TransportError`; its `mayBeDone` says whether the request may have been carried out.',
    '',
    '| code | when |',
    '| --- | --- |',
    ...(Object.keys(TRANSPORT_CODES) as TransportCode[]).map((code) => `| ${code} | ${TRANSPORT_CODES[code]} |`),
  ]
  const settings: readonly SettingEntry[] = Object.values(SETTINGS)
  const configuration = [
    '# Configuration',
    '',
    'Flags go before the environment, the environment before the defaults. A wrong setting is refused at start.',
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
}
