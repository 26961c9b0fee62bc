// Renders docs/map.md: every room and file with its first line.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** The rooms, top floor first, with the purpose of each. */
const ROOMS: readonly (readonly [room: string, text: string])[] = [
  ['cli', 'The command line.'],
  ['server', 'The standalone process: faces by path, offload threads, the cluster of workers, monitoring.'],
  ['site', 'An installation: its settings, and the store, tenancy, directory and provider that they open.'],
  ['admin', 'The admin API `/admin/v1`, with its OpenAPI document.'],
  ['embed', 'SCIM in an app with its own users: one call, mounted in any framework.'],
  ['hub', 'Keeps apps in lockstep: plans from the log, brings each account to what it must be, proves what was done.'],
  ['provider', 'Incoming SCIM: turns a request into a response. RFC 7644.'],
  ['setup', "Setup links: a customer's administrator connects an identity provider alone, and sees what arrives."],
  ['tenancy', 'Tenants and what belongs to them: connections, tokens, settings, schemas.'],
  [
    'sources',
    'Imports people and groups from elsewhere: matches records to resources, translates ids, records progress.',
  ],
  ['directory', 'The only code that writes resources: hooks, validation, versions, the log line.'],
  ['access', 'Who is calling and what they may do: principals, rights, features, tokens, administrators.'],
  ['jobs', 'Background work that survives failures: leases, a reader of all logs, a worker of due items.'],
  ['record', 'The record of requests: what was asked, by whom, with what outcome; shapes of bodies, counts, faults.'],
  ['client', 'Outgoing SCIM: a client for any service provider. Runs wherever `fetch` exists, without Node.'],
  ['store', 'Storage: one contract, several stores.'],
  [
    'quirks',
    'How clients depart from the RFCs: pure rewrites of messages, and what each kind of connection tolerates.',
  ],
  [
    'explain',
    'Errors in three sentences: what happened, why, and where to click in that identity provider. English and German.',
  ],
  ['outbound', 'HTTP to addresses that strangers chose: every address checked, no redirects, limits.'],
  ['conformance', 'Checks any SCIM server, case by case, and whether identity providers will work with it.'],
  ['simulate', 'Identity providers in a box: plays them against any SCIM server and judges each answer as they would.'],
  ['testing', 'Fake apps for tests: SCIM servers with the habits of real ones, faults and a trace.'],
  ['protocol', 'SCIM itself: pure functions over plain data, without Node. RFC 7643, 7644, 9865.'],
  [
    '',
    'Files outside the rooms: any room may import `base64url.ts`, `call.ts`, `environment.ts`, `node-crypto.ts`, `node.ts` with its parts, `packages.ts`, `per-turn.ts`, `terminal.ts`, `turns.ts`, `url.ts` and `whole-answer.ts`; `index.ts` only re-exports.',
  ],
]

/** The folders within rooms, each after those it builds on, with their contents. */
const FOLDERS: readonly (readonly [folder: string, text: string])[] = [
  ['record/sql', 'The record on an SQL database: tables, reads, writes, what is removed.'],
  ['record/sqlite', 'The record in a file of its own, kept by a thread of its own.'],
  ['record/postgres', 'The record in tables of their own of a PostgreSQL database.'],
  ['cli/terminal', 'Terminal input and output for every command: options, printing, prompts, progress.'],
  ['cli/files', 'Files that commands read and write: lines, locks, readable errors.'],
  ['cli/database', 'Opening the local database, backups, and distributing it over a cluster.'],
  ['cli/targets', 'The server that a command works on: a named remote or a local tenant; stored remotes.'],
  ['cli/resources', 'Commands for single resources: get, query, create, patch, delete.'],
  ['cli/compare', 'Commands that compare two targets: diff, copy.'],
  ['cli/transfer', 'Commands for many resources in a file: import, export.'],
  ['cli/tenants', 'Commands for tenants and connections, and for moving a tenant between databases.'],
  ['cli/setup', 'Commands for setup links.'],
  ['cli/apps', 'Commands for apps: services that are kept in lockstep with a tenant.'],
  ['cli/config', 'Configuration as files: what it would change, carrying it out, and writing it.'],
  ['cli/proof', 'Commands that tell and prove what apps were told of people: told, kill, receipts.'],
  ['cli/reviews', 'Access reviews, from the copy to the document that verifies offline.'],
  ['cli/schemas', "Commands for a tenant's own schemas, resource types and indexes."],
  ['cli/access', 'The command that says who has access to what.'],
  ['cli/log', 'Commands that read the change log or erase a person from it.'],
  ['cli/explain', 'The command that explains an error.'],
  ['cli/requests', 'Commands that show recorded requests, and what failed.'],
  ['cli/admin', 'Commands for admin tokens and the administrative log.'],
  ['cli/check', 'The command that runs the conformance checker.'],
  ['cli/simulate', 'The command that plays an identity provider.'],
  ['cli/completion', 'Shell completion.'],
  ['cli/server', 'The command that starts the server.'],
  ['embed/own', "People in the app's own tables: its rows are right, and what is known of them follows."],
  ['embed/own/table', 'A table of the app by the names of its columns: filters, order and pages become SQL on it.'],
  ['embed/mounts', 'What each framework mounts.'],
  ['embed/credentials', 'Tokens of identity providers: made, hashed, rotated, revoked, checked.'],
  ['embed/resources', 'People and groups as the code of the app reads and writes them, without HTTP.'],
  ['embed/setup', 'The door `lockstep/setup`: setup links and the setup page in an app.'],
  ['embed/events', 'What an app is told of people and groups, in the transaction and after it.'],
  ['embed/events/contract', 'The events and options of events, and how they are checked.'],
  ['embed/events/facts', 'What happened in a commit: documents, groups and roles before and after.'],
  ['embed/events/guards', 'What refuses a commit: seats, the last one with a role, too many deactivations.'],
  ['embed/events/after', 'Events that wait for handlers after the transaction, and how they are delivered.'],
  ['embed/people', 'What an app does with its people: the parts of matching, signing in and erasing, joined.'],
  ['embed/matching', 'People whom the app has already: matched when they are created, adopted in bulk.'],
  ['embed/sign-in', 'Who is at the door: rules, links, checks, and whose sessions are to end.'],
  ['hub/contract', 'Adapters, settings of apps, what is kept of them, and what people are shown.'],
  ['hub/adapters/scim', 'Apps that speak SCIM: requests from profiles, whole lists, errors by their meaning.'],
  ['hub/scope', 'Who has an account in an app: SCIM filters and membership, decided clause by clause.'],
  ['hub/map', 'What an account is made of: rules with transforms and expressions, grants, faults.'],
  ['hub/adapters', 'Adapters: how your own is defined, and the suite that says when one is right.'],
  ['hub/adapters/webhook', 'Apps that are told what changes by signed events.'],
  ['hub/adapters/table', "Apps that are tables in somebody's database, in PostgreSQL or SQLite."],
  ['hub/engine', 'Plans from the log and brings accounts to what they must be: guarded, paced, in order.'],
  ['hub/proof', 'What was done, for people and auditors: who was told, receipts of leavers, plans, reverts.'],
  ['hub/reviews', 'Access reviews: a frozen copy, what was decided, and what takes access away.'],
  ['hub/apps', 'Apps as administrators see and change them: checked, noted in the log, without secrets.'],
  ['hub/reconcile', 'Sweeps: what an app really holds against what it should hold, and what is done about it.'],
  ['server/offload', 'Threads that carry out heavy requests, so that the event loop stays free for quick ones.'],
  ['server/cluster', 'Several processes on one port.'],
  ['server/monitoring', 'What operators see: the log, metrics, probes, and whether the database works.'],
  ['admin/checks', 'Conformance checks that go on in the background, and what is kept of them.'],
  ['admin/history', 'What was: timelines, who is gone, and undoing changes.'],
  ['admin/routes', 'The routes by noun, each with what it takes, gives and needs.'],
  ['admin/sign-in', 'Who calls: sessions, one-time links, and what is asked of browsers.'],
  ['explain/causes', 'What is known of each cause of an error, by subject.'],
  ['quirks/apps', 'Profiles of apps: how each departs from the RFC, as data.'],
  ['conformance/wire', 'Requests to the server under test, and everything that they have created there.'],
  ['conformance/subject', 'What the server under test declares and supports, so that cases fit it.'],
  ['conformance/walks', 'The steps that many cases share: make, act, look, expect.'],
  ['conformance/cases', 'The cases, by what they test.'],
  ['conformance/needs', 'What each identity provider needs of a server.'],
  ['conformance/report', 'The report of a check: HTML, JUnit XML, badge.'],
  ['simulate/wire', 'Conversations as data: templates, expectations, and how requests are sent.'],
  ['simulate/scenarios', 'What each identity provider sends, and what it makes of answers.'],
  ['provider/fast', 'Short cuts of speed. Without them every answer is the same, only slower.'],
  ['setup/look', "How the setup page looks: the vendor's name, colour and logo."],
  ['setup/link', 'Links, sessions, tokens and progress as they are stored.'],
  ['setup/arrivals', 'What arrives from the identity provider, and what is wrong with it.'],
  ['setup/page', "The page's own routes."],
  ['store/contract', 'What every store does, by subject.'],
  ['store/testing', 'The suite that every store must pass, for any test framework; `contract.ts` is the door.'],
  ['store/memory', 'The store in memory: the plainest one, against which the others are tested.'],
  ['store/sql', 'The compiler from filters and queries to SQL, for both databases.'],
  ['store/sqlite', 'The store on SQLite.'],
  ['store/sqlite/migrations', 'The tables of SQLite, version by version.'],
  ['store/postgres', 'The store on PostgreSQL and Citus, with the same files as on SQLite where they do the same.'],
  ['store/postgres/migrations', 'The tables of PostgreSQL, version by version.'],
]

/** The text of docs/map.md: every source file with its first line. */
export function drawMap(root: string): string {
  const src = join(root, 'src')
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .sort()
  const parts = [
    '# The map',
    '',
    'Every room and every file, from the top floor down. `npm run map` renders this page, and `test/tidy.test.ts` checks it. A room',
    'imports only rooms below it, through their front door `index.ts`.',
  ]
  for (const [room, text] of ROOMS) {
    const own = files.filter((path) => (room === '' ? !path.includes('/') : path.startsWith(`${room}/`)))
    const plain = own.filter((path) => path.split('/').length <= 2)
    parts.push('', `## ${room === '' ? 'src' : `${room}/`}`, '', text, ...tableOf(src, plain))
    for (const folder of foldersOf(own)) {
      const about = FOLDERS.find(([name]) => name === folder)?.[1]
      parts.push('', `### ${folder}/`, ...(about === undefined ? [] : ['', about]))
      parts.push(
        ...tableOf(
          src,
          own.filter((path) => dirname(path) === folder),
        ),
      )
    }
  }
  return `${parts.join('\n')}\n`
}

/** The folders of these files within their room: first those in FOLDERS, in its order, then the others by name. */
function foldersOf(paths: readonly string[]): readonly string[] {
  const there = new Set(paths.map((path) => dirname(path)).filter((folder) => folder.includes('/')))
  const known = FOLDERS.map(([name]) => name).filter((name) => there.has(name))
  return [...known, ...[...there].filter((name) => !known.includes(name))]
}

function tableOf(src: string, paths: readonly string[]): readonly string[] {
  if (paths.length === 0) return []
  const rows = paths.map((path) => `| \`${path}\` | ${describe(path, readFileSync(join(src, path), 'utf8'))} |`)
  return ['', '| file | what it is |', '| --- | --- |', ...rows]
}

function describe(path: string, text: string): string {
  const line = /^(?:#![^\n]*\n)?\/\/ ([^\n]+)\n/.exec(text)?.[1]
  if (line !== undefined) return line.replaceAll('|', '\\|')
  if (basename(path) === 'index.ts')
    return dirname(path) === '.' ? 'The main entry point of the package.' : 'The front door.'
  // The first doc comment of an exported name that isn't a mere type of its options says best what the file is about.
  const comments = [...text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport (?:async )?(\w+)\*? /g)]
  const best = comments.find(([, , kind]) => kind === 'function') ?? comments[0]
  // What exports nothing begins with what it is.
  const head = /^(?:#![^\n]*\n)?\/\*\*((?:(?!\*\/)[\s\S])*)\*\//.exec(text)
  const words = (best?.[1] ?? head?.[1] ?? '')
    .replace(/^\s*\* ?/gm, ' ')
    .replace(/\{@link ([^}]+)\}/g, '$1')
    .replace(/\s+/g, ' ')
    .trim()
  const sentence = /^(.*?[.:])(?= [A-Z@`]|$)/.exec(words)?.[1] ?? words
  return sentence.replace(/:$/, '.').replaceAll('|', '\\|')
}

if (process.argv[1] === import.meta.filename) {
  const root = join(import.meta.dirname, '..')
  writeFileSync(join(root, 'docs/map.md'), drawMap(root))
}
