// Starts the apps of examples/apps with the packed package, and has Okta and Entra provision each.

import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { transformSync } from 'esbuild'
import { startPostgres, type TestServer } from '../test/postgres.ts'
import { MEMBERS, provision, pushGroup } from './apps/provision.ts'
import { start } from './apps/running.ts'
import { tryExpressWithDrizzle, tryFastifyWithSubdomains, tryNextWithPrisma, tryPrisma } from './apps/with-people.ts'
import { install, pack } from './package/pack.ts'

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'lockstep-apps-'))
const apps = join(folder, 'apps')
const TOKEN = 'secret-of-a-trial'
/** Next.js has 340 MB and builds for half a minute, Prisma has 300: too much for each change. */
const inFull = process.env.CI === undefined
const LARGE = [
  '@prisma/client@7',
  '@prisma/adapter-pg@7',
  'prisma@7',
  'next@16',
  'react@19',
  'react-dom@19',
  'typescript@5.9',
  '@types/react@19',
]

const began = performance.now()
/** Names of apps to try; all by default. */
const only = process.argv.slice(2)
const tried = async (name: string, work: () => unknown) => {
  if (only.length === 0 || only.includes(name)) await told(name, work)
}
const told = async (name: string, work: () => unknown) => {
  const at = performance.now()
  await work()
  console.log(`${name}: ${((performance.now() - at) / 1000).toFixed(1)} s`)
}

try {
  cpSync(join(root, 'examples/apps'), apps, { recursive: true })
  await told('npm install', () => install(apps, pack(folder).library, ...(inFull ? LARGE : [])))
  await told('types', () => run(join(root, 'node_modules/.bin/tsc'), '--project', apps))
  // Node runs no decorators, so apps of Nest are compiled.
  const compiled = { loader: 'ts', tsconfigRaw: { compilerOptions: { experimentalDecorators: true } } } as const
  for (const name of ['nest', 'nest-fastify']) {
    writeFileSync(
      join(apps, `${name}.js`),
      transformSync(readFileSync(join(apps, `${name}.ts`), 'utf8'), compiled).code,
    )
  }
  await told(`${MEMBERS} people`, fill)
  for (const file of ['node.ts', 'express.ts', 'fastify.ts', 'hono.ts', 'koa.ts', 'nest.js']) {
    await tried(file, () => tryApp(file))
  }
  // In CI the mount is tried by fastify.ts.
  if (inFull) await tried('nest-fastify.js', () => tryApp('nest-fastify.js'))
  await tried('fastify-subdomains', () => tryFastifyWithSubdomains(apps))
  const postgres = await startPostgres()
  try {
    await tried('lambda', () => tryLambda(postgres))
    await tried('express-drizzle', () => tryExpressWithDrizzle(apps, postgres))
    await tried('next-prisma routes', () => tryNextWithPrisma(apps, postgres, false))
    if (inFull) {
      await tried('next build', () => run(join(apps, 'node_modules/.bin/next'), 'build', 'next-prisma'))
      await tried('next-prisma', () => tryNextWithPrisma(apps, postgres, true))
      await tried('prisma', () => {
        // What it would download is for migrations; generating asks only whether it is there.
        const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath }
        const generate = ['generate', '--schema', 'prisma/schema.prisma']
        execFileSync(join(apps, 'node_modules/.bin/prisma'), generate, { cwd: apps, env, stdio: 'ignore' })
        run(join(root, 'node_modules/.bin/tsc'), '--project', join(apps, 'prisma'))
        return tryPrisma(apps, postgres)
      })
    }
  } finally {
    await postgres.stop()
  }
  console.log(`All apps work: ${((performance.now() - began) / 1000).toFixed(0)} s`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function run(command: string, ...args: readonly string[]): void {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' }
  execFileSync(command, args, { cwd: apps, env, stdio: ['ignore', 'inherit', 'inherit'] })
}

/** A database with people u1, u2 …, of which each app gets a copy. */
function fill(): void {
  const program = `const { scim } = await import('./scim.ts')
const people = Array.from({ length: ${MEMBERS} }, (_, at) => ({ id: 'u' + (at + 1), userName: 'p' + at + '@acme.example' }))
await scim.adopt('acme', people)
await scim.close()`
  writeFileSync(join(apps, 'fill.js'), program)
  const env = { ...process.env, DATABASE: join(folder, 'people.db') }
  execFileSync(process.execPath, ['fill.js'], { cwd: apps, env, stdio: ['ignore', 'inherit', 'inherit'] })
}

async function tryApp(file: string): Promise<void> {
  const database = join(folder, `${file}.db`)
  copyFileSync(join(folder, 'people.db'), database)
  const app = await start([process.execPath, file], apps, () => ({ DATABASE: database, SCIM_TOKEN: TOKEN }))
  try {
    const target = { name: file, url: `${app.base}/scim/v2`, token: TOKEN }
    await provision(apps, target)
    await pushGroup(target)
    const names = (await (await fetch(`${app.base}/people`)).json()) as readonly string[]
    if (names.length !== MEMBERS) throw new Error(`${file} shows ${names.length} people`)
  } finally {
    await app.stop()
  }
}

/** The function of Lambda, called with the events that an API Gateway makes of requests. */
async function tryLambda(postgres: TestServer): Promise<void> {
  const database = await postgres.database()
  const url = 'https://api.example/prod/scim/v2'
  Object.assign(process.env, { DATABASE_URL: database.url, SCIM_URL: url })
  const { pool, scim, handler, scheduled } = await import(pathToFileURL(join(apps, 'lambda.ts')).href)
  const answer = async (request: Request) => {
    const { pathname, search, hostname } = new URL(request.url)
    const body = Buffer.from(await request.arrayBuffer())
    const {
      statusCode,
      headers,
      body: sent,
    } = await handler({
      rawPath: pathname,
      rawQueryString: search.slice(1),
      headers: Object.fromEntries(request.headers),
      requestContext: { domainName: hostname, http: { method: request.method } },
      ...(body.length > 0 && { body: body.toString('base64') }),
      isBase64Encoded: body.length > 0,
    })
    return new Response(statusCode === 204 ? null : sent, { status: statusCode, headers })
  }
  try {
    const people = Array.from({ length: MEMBERS }, (_, at) => ({ id: `u${at + 1}`, userName: `p${at}@acme.example` }))
    await scim.adopt('acme', people)
    const { token } = await scim.credentials('acme').mint({ label: 'trial' })
    const target = { name: 'lambda', url, token, fetch: answer }
    await provision(apps, target)
    await pushGroup(target)
    const { handled, failed } = await scheduled()
    if (handled === 0 || failed > 0) throw new Error(`lambda: ${handled} events handled, ${failed} failed`)
  } finally {
    await scim.close()
    await pool.end()
    await database.drop()
  }
}
