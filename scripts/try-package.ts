// Packs the package, installs it in an empty project and tries it on every supported Node.

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '../test/postgres.ts'

/**
 * In the project, every path of the exports map loads, a provider embedded in ten lines answers, types check, and
 * `npx lockstep` runs. Then the same on the older Nodes that `engines` allows: on 20 everything but SQLite, on 22 everything.
 */
const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'lockstep-package-'))
const run = (command: string, args: readonly string[], cwd = folder) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

try {
  const [packed] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], root)) as [
    { filename: string; size: number },
  ]
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'trial', private: true, type: 'module' }))
  run('npm', ['install', '--no-audit', '--no-fund', join(folder, packed.filename)])
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    exports: { [path: string]: unknown }
  }
  const doors = Object.keys(exports).map((path) => `lockstep${path.slice(1)}`)
  writeFileSync(
    join(folder, 'doors.js'),
    doors
      .map(
        (door, at) =>
          `import * as door${at} from '${door}'\nif (Object.keys(door${at}).length === 0) throw new Error('${door} is empty')`,
      )
      .join('\n'),
  )
  run(process.execPath, ['doors.js'])
  writeFileSync(join(folder, 'embed.js'), embed())
  const said = run(process.execPath, ['embed.js'])
  if (!said.includes('201 ada')) throw new Error(`The embedded provider printed: ${said}`)
  writeFileSync(join(folder, 'typed.ts'), `${embed()}\nconst status: number = created.status\nconsole.log(status)\n`)
  run(join(root, 'node_modules/.bin/tsc'), [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--types',
    'node',
    '--typeRoots',
    join(root, 'node_modules/@types'),
    'typed.ts',
  ])
  const help = run(process.execPath, [join(folder, 'node_modules/lockstep/dist/cli/main.js'), '--help'])
  if (!help.includes('serve')) throw new Error(`lockstep --help printed: ${help}`)
  await tryOlderNodes(doors)
  console.log(
    `The package (${Math.round(packed.size / 1024)} KB) installs, loads through ${doors.length} entry points, and answers`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Tries a client, a provider on PostgreSQL and the command line on Node 20. SQLite is refused there with a message, and works on 22. */
async function tryOlderNodes(doors: readonly string[]): Promise<void> {
  const on = (version: number, ...args: readonly string[]) =>
    run('npx', ['-y', '-p', `node@${version}`, 'node', ...args])
  const lockstep = join(folder, 'node_modules/lockstep/dist/cli/main.js')
  const expect = (said: string, what: string) => {
    if (!said.includes(what)) throw new Error(`Expected "${what}" from an older Node, which printed: ${said}`)
  }
  writeFileSync(
    join(folder, 'doors20.js'),
    doors
      .filter((door) => door !== 'lockstep/sqlite')
      .map((door) => `await import('${door}')`)
      .join('\n'),
  )
  on(20, 'doors20.js')
  const postgres = await startPostgres()
  try {
    const { url } = await postgres.database()
    writeFileSync(join(folder, 'postgres.js'), client(url))
    expect(on(20, 'postgres.js'), '201 ada 1')
    expect(on(20, lockstep, 'tenant', 'create', 'beta', '--database', url, '--json'), '"token"')
    expect(on(20, lockstep, 'query', 'User', '--tenant', 'acme', '--database', url), '1 of 1')
  } finally {
    await postgres.stop()
  }
  const refused = spawnSync(
    'npx',
    ['-y', '-p', 'node@20', 'node', lockstep, 'tenant', 'create', 'acme', '--database', 'sqlite:old.db'],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  )
  expect(refused.stderr, 'has no SQLite; with Node 22.16 or newer it works')
  const ancient = spawnSync('npx', ['-y', '-p', 'node@18', 'node', lockstep, 'tenant', 'list'], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect(ancient.stderr, 'lockstep: Lockstep needs Node ≥ 20, this is 18.')
  on(22, 'doors.js')
  rmSync(join(folder, 'trial.db'), { force: true })
  expect(on(22, 'embed.js'), '201 ada')
  expect(on(22, lockstep, 'tenant', 'create', 'acme', '--database', 'sqlite:new.db', '--json'), '"token"')
}

/** A program with a provider on PostgreSQL, served on loopback and called by the typed client. */
function client(url: string): string {
  return `
import { createServer } from 'node:http'
import { bearer, createDirectory, createProvider, Group, User } from 'lockstep'
import { createClient, token } from 'lockstep/client'
import { toNode } from 'lockstep/node'
import { postgresStore } from 'lockstep/postgres'
const store = await postgresStore({ url: ${JSON.stringify(url)} })
const directory = createDirectory({ store, types: [User, Group] })
const scim = createProvider({ directory, authenticate: bearer({ secret: { tenant: 'acme', actor: 'trial' } }) })
const server = createServer(toNode(scim.fetch))
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const client = createClient({ url: 'http://127.0.0.1:' + server.address().port + '/scim/v2', auth: token('secret') })
const body = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ada' }
const made = await client.send({ method: 'POST', path: '/Users', body })
const all = []
for await (const user of client.list(User)) all.push(user)
console.log(made.status, made.body.userName, all.length)
server.close()
server.closeAllConnections()
await store.close()
`
}

function embed(): string {
  return `
import { bearer, createDirectory, createProvider, Group, User } from 'lockstep'
import { sqliteStore } from 'lockstep/sqlite'
const directory = createDirectory({ store: sqliteStore('trial.db'), types: [User, Group] })
const scim = createProvider({ directory, authenticate: bearer({ secret: { tenant: 'acme', actor: 'trial' } }) })
const created = await scim.fetch(new Request('http://localhost/scim/v2/Users', {
  method: 'POST',
  headers: { authorization: 'Bearer secret', 'content-type': 'application/scim+json' },
  body: JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ada' }),
}))
console.log(created.status, (await created.text()).includes('ada') ? 'ada' : 'nobody')
`
}
