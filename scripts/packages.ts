// Lays out the two packages that are published, and the source maps, from what `npm run build` compiled.

import { chmodSync, cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { createDirectImports } from './package/direct-imports.ts'

/** What package.json says, as far as it is asked here. */
interface Manifest {
  readonly name: string
  readonly version: string
  readonly repository: { readonly url: string }
  readonly exports: { readonly [path: string]: { readonly types: string; readonly default: string } }
  readonly dependencies: { readonly [name: string]: string }
  readonly [field: string]: unknown
}

const ROOT = join(import.meta.dirname, '..')
const DIST = join(ROOT, 'dist')
/** The rooms of the server and the command line, which alone import packages: an app has no use for them. */
const SERVER_ROOMS = ['admin', 'cli', 'outbound', 'server', 'site']
/** Packages that `lockstep` loads when it is asked for what needs them. Any version satisfies npm: an app's own must never be in the way. */
const LOADED = ['@bufbuild/cel', 'jose', 'pg']
/** Fields of the repository's package.json that both packages have. */
const SHARED = ['version', 'license', 'author', 'repository', 'homepage', 'bugs', 'keywords', 'type', 'engines']

/** `packages/lockstep`, `packages/lockstep-server` and `packages/source-maps`. */
function layOut(): void {
  const manifest: Manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const folder = join(ROOT, 'packages')
  rmSync(folder, { recursive: true, force: true })
  // The console is for browsers: nothing of it is rewritten.
  cpSync(join(DIST, 'console'), join(folder, 'lockstep-server/dist/console'), { recursive: true })
  const code = (path: string) => /\.[a-z]+$/.test(path) && !/^console[\\/]/.test(path)
  for (const file of globSync('**/*', { cwd: DIST }).filter(code)) {
    const isServer = SERVER_ROOMS.includes(file.split(/[\\/]/)[0] ?? '')
    if (file.endsWith('.map')) copy(file, join(folder, 'source-maps', 'dist', file))
    else if (!isServer) copy(file, join(folder, 'lockstep', 'dist', file))
    else if (!file.endsWith('.d.ts')) copy(file, join(folder, 'lockstep-server', 'dist', file), manifest.name)
  }
  chmodSync(join(folder, 'lockstep/dist/command.js'), 0o755)
  chmodSync(join(folder, 'lockstep-server/dist/cli/main.js'), 0o755)
  write(join(folder, 'lockstep'), libraryOf(manifest), readme(manifest, 'README.md'))
  write(join(folder, 'lockstep-server'), serverOf(manifest), readme(manifest, 'deploy/npm/README.md'))
}

/** The package of apps: no dependencies, and nothing of the repository's own needs. */
function libraryOf(manifest: Manifest): object {
  const doors = Object.entries(manifest.exports).map(([path, { types, default: file }]) => [
    path,
    { types, default: file },
  ])
  return {
    name: manifest.name,
    description: manifest.description,
    ...shared(manifest),
    bin: { lockstep: './dist/command.js' },
    sideEffects: false,
    // For resolvers of before Node 12; `typesVersions` lets them find the types of the other doors.
    main: './dist/index.js',
    types: './dist/index.d.ts',
    typesVersions: {
      '*': Object.fromEntries(
        doors.slice(1).map(([path, door]) => [String(path).slice(2), [(door as { types: string }).types]]),
      ),
    },
    exports: {
      ...Object.fromEntries(doors),
      // For `lockstep-server` of the same version alone, and without types, so that no editor offers it.
      './internal/*': { types: null, default: './dist/*' },
      './package.json': './package.json',
    },
    peerDependencies: Object.fromEntries(LOADED.map((name) => [name, '*'])),
    peerDependenciesMeta: Object.fromEntries(LOADED.map((name) => [name, { optional: true }])),
  }
}

/** The package of the server and the commands: the rest of the code, and all that it needs. */
function serverOf(manifest: Manifest): object {
  return {
    name: 'lockstep-server',
    description: 'The server and the commands of Lockstep: SCIM 2.0 for many tenants, and a hub to the apps behind it',
    ...shared(manifest),
    // What undici needs.
    engines: { node: '>=20.18.1' },
    bin: { lockstep: './dist/cli/main.js', 'lockstep-server': './dist/cli/main.js' },
    exports: { './package.json': './package.json' },
    dependencies: { [manifest.name]: manifest.version, ...manifest.dependencies },
  }
}

function shared(manifest: Manifest): object {
  return Object.fromEntries(
    SHARED.filter((field) => manifest[field] !== undefined).map((field) => [field, manifest[field]]),
  )
}

/** Past the front doors of rooms: behind one, bundlers keep or load at once what only something else needs. */
const direct = createDirectImports(DIST)

/** Copies a compiled file. Imports that leave the rooms of the server go to the package `library`, if one is named. */
function copy(file: string, to: string, library?: string): void {
  mkdirSync(dirname(to), { recursive: true })
  if (!/\.(js|d\.ts)$/.test(file)) {
    cpSync(join(DIST, file), to)
    return
  }
  const compiled = readFileSync(join(DIST, file), 'utf8').replace(/^\/\/# sourceMappingURL=.*\n?/m, '')
  const code = library === undefined && file.endsWith('.js') ? direct(file, compiled) : compiled
  const outside = code.replace(
    /(\bfrom |\bimport\(|\bimport )(['"])(\.[^'"]+)\2/g,
    (whole, before: string, _quote: string, path: string) => {
      const target = relative(DIST, join(DIST, dirname(file), path))
      const isServer = SERVER_ROOMS.includes(target.split(/[\\/]/)[0] ?? '')
      if (library === undefined && isServer) throw new Error(`${file} imports ${target}, which is not in its package`)
      return library === undefined || isServer ? whole : `${before}'${library}/internal/${target}'`
    },
  )
  writeFileSync(to, outside)
}

function write(folder: string, manifest: object, text: string): void {
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  writeFileSync(join(folder, 'README.md'), text)
  for (const file of ['LICENSE', 'CHANGELOG.md']) cpSync(join(ROOT, file), join(folder, file))
}

/** A page with its links made whole: on a registry's site, the files of the repository are not beside it. */
function readme({ repository, version }: Manifest, file: string): string {
  const at = `${repository.url.replace(/^git\+|\.git$/g, '')}/blob/v${version}/`
  return readFileSync(join(ROOT, file), 'utf8').replace(
    /\]\((?!https?:|#|mailto:)([^)]+)\)/g,
    (_link, path: string) => `](${at}${posix.join(posix.dirname(file), path)})`,
  )
}

layOut()
