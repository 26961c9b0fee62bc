import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Packs the package, installs it in an empty project, and tries its doors there: every path of the exports map loads, a
 * provider embedded in ten lines answers, types check, and `npx lockstep` runs.
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
  if (!said.includes('201 ada')) throw new Error(`the embedded provider said: ${said}`)
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
  if (!help.includes('serve')) throw new Error(`lockstep --help said: ${help}`)
  console.log(
    `the package (${Math.round(packed.size / 1024)} KB) installs, loads through ${doors.length} doors, and answers`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
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
