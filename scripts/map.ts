// Renders docs/map.md: every room and file with its first line.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** The rooms, top floor first, with what each is for and whom it speaks to. */
const ROOMS: readonly (readonly [room: string, text: string])[] = [
  ['cli', 'People, in a terminal. May import everything below.'],
  ['server', 'The standalone process: settings, routes, health, metrics, threads for heavy requests.'],
  ['admin', 'The admin API `/admin/v1`, with its OpenAPI document.'],
  ['conformance', "Judges anybody's SCIM server, case by case, and says what identity providers will make of it."],
  ['provider', 'SCIM, incoming: a request becomes an answer. RFC 7644.'],
  [
    'sources',
    'Imports people and groups from elsewhere: which resource a record means, its ids translated, where a run stands.',
  ],
  ['directory', 'The door: the only code that writes resources. Hooks, checks, versions, the log line.'],
  ['tenancy', 'Who may come in, and what is theirs: tenants, connections, tokens, their own schemas.'],
  [
    'access',
    'Who calls and what they may do: principals, rights, features, tokens, administrators. One vocabulary for every door.',
  ],
  ['client', 'SCIM, outgoing: one service provider, asked. Runs wherever `fetch` does, nothing of Node.'],
  ['store', 'Where resources live: one contract, several stores.'],
  ['quirks', 'What others do differently: pure rewrites of messages, and how far each kind of connection bends.'],
  ['protocol', 'What SCIM is: pure functions on plain data, nothing of Node. RFC 7643, 7644, 9865.'],
  [
    '',
    'The ground: anyone may import `environment.ts`, `node.ts` with its parts, `per-turn.ts`, `terminal.ts`, `turns.ts` and `url.ts`; `index.ts` only re-exports.',
  ],
]

/** The folders within rooms, each after those it builds on, with what they hold. */
const FOLDERS: readonly (readonly [folder: string, text: string])[] = [
  ['cli/terminal', 'What every command needs of a terminal: options, output, questions, progress.'],
  ['cli/files', 'Files that commands read and write: lines, locks, errors in words.'],
  ['cli/database', 'The database on this machine, opened by a command; backup, and the cluster it may be spread over.'],
  [
    'cli/targets',
    'Where resources are: a remote SCIM server by its name, or a tenant here. The remotes that are kept.',
  ],
  ['cli/resources', 'Single resources: get, query, create, patch, delete.'],
  ['cli/compare', 'Two targets side by side: diff, copy.'],
  ['cli/transfer', 'Many resources in a file: import, export.'],
  ['cli/tenants', 'Tenants and their connections; a whole tenant moved between databases.'],
  ['cli/schemas', "A tenant's own schemas, resource types and indexes."],
  ['cli/log', 'The change log of a tenant, and erasing a person from it.'],
  ['cli/admin', 'Access to the admin API, and what administrators did.'],
  ['cli/check', 'The conformance checker, in a terminal.'],
  ['cli/completion', 'Completion in the shell.'],
  ['cli/server', 'The server, started.'],
]

/** The map of the source: every file with what it says of itself. docs/map.md is this text. */
export function drawMap(root: string): string {
  const src = join(root, 'src')
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .sort()
  const parts = [
    '# The map',
    '',
    'Every room and every file, from the top floor down; written by `npm run map`, held true by `test/tidy.test.ts`. A room',
    'imports only rooms below it, by their front door `index.ts`.',
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

/** The folders that these files are in below their room: as FOLDERS has them, then the others by name. */
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
  // The first line of a file says what it is.
  const line = /^(?:#![^\n]*\n)?\/\/ ([^\n]+)\n/.exec(text)?.[1]
  if (line !== undefined) return line.replaceAll('|', '\\|')
  if (basename(path) === 'index.ts') return dirname(path) === '.' ? 'The main door of the package.' : 'The front door.'
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
