// The other SCIM servers that our checker runs against, and how to install and start them.

import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Ended, installed, need, run } from './programs.ts'

/** Another SCIM server, and how to install and start it. */
export interface Server {
  /** Its folder in `conformance/servers`. */
  readonly name: string
  /** Its folder, where that is another one. */
  readonly folder?: string
  readonly title: string
  readonly version: string
  readonly language: string
  readonly needs: readonly string[]
  /** Files of its folder that are copied before the installation, which is repeated when one of them changes. */
  readonly files: readonly string[]
  install(folder: string): Promise<Ended>
  /** The command that starts it in its installation folder. It prints `{"base","token"}` when ready. */
  start(folder: string): Promise<readonly [program: string, args: readonly string[]]>
}

const NPM = ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel', 'error']
/** How servers of npm are installed. */
export const npmInstall = (folder: string) => run('npm', NPM, { cwd: folder })
/** How servers of npm are started. */
export const npmStart = async () => [process.execPath, ['start.js']] as const
/** The files of servers of npm. */
export const npmFiles = ['package.json', 'package-lock.json', 'start.js']

async function pipInstall(folder: string): Promise<Ended> {
  const made = await run('python3', ['-m', 'venv', join(folder, 'env')])
  if (made.code !== 0) return made
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-deps']
  return run(join(folder, 'env/bin/pip'), ['install', ...quiet, '-r', join(folder, 'requirements.txt')])
}

/** All servers that can be started here. */
export const SERVERS: readonly Server[] = [
  {
    name: 'scim2-server',
    title: 'scim2-server',
    version: '0.8.3',
    language: 'Python',
    needs: ['python3'],
    files: ['requirements.txt', 'start.py'],
    install: pipInstall,
    start: async (folder) => [join(folder, 'env/bin/python'), ['start.py']],
  },
  {
    name: 'scim-sdk',
    title: 'SCIM-SDK',
    version: '1.30.0',
    language: 'Java',
    needs: ['java', 'javac', 'mvn'],
    files: ['pom.xml', 'Start.java'],
    async install(folder) {
      const fetched = await run('mvn', ['-q', '-B', 'dependency:build-classpath', '-Dmdep.outputFile=class-path'], {
        cwd: folder,
      })
      if (fetched.code !== 0) return fetched
      return run('javac', ['-cp', await classPath(folder), '-d', '.', 'Start.java'], { cwd: folder })
    },
    start: async (folder) => ['java', ['-cp', `${await classPath(folder)}:.`, 'Start']],
  },
  {
    name: 'scimmy',
    title: 'SCIMMY with its Express routers',
    version: '1.3.5, 1.3.2',
    language: 'JavaScript',
    needs: ['npm'],
    files: npmFiles,
    install: npmInstall,
    start: npmStart,
  },
  {
    name: 'django-scim2',
    title: 'django-scim2',
    version: '0.23.0',
    language: 'Python',
    needs: ['python3'],
    files: ['requirements.txt', 'start.py', 'models.py'],
    install: pipInstall,
    start: async (folder) => [join(folder, 'env/bin/python'), ['start.py']],
  },
  {
    name: 'better-auth',
    title: 'Better Auth with @better-auth/scim',
    version: '1.7.5',
    language: 'TypeScript',
    needs: ['npm'],
    files: npmFiles,
    install: npmInstall,
    start: npmStart,
  },
  {
    name: 'elimity',
    title: 'elimity-com/scim',
    version: 'of 28 July 2026',
    language: 'Go',
    needs: ['go'],
    files: ['go.mod', 'go.sum', 'main.go'],
    install: (folder) => run('go', ['build', '-o', 'server', '.'], { cwd: folder }),
    start: async (folder) => [join(folder, 'server'), []],
  },
]

async function classPath(folder: string): Promise<string> {
  return (await readFile(join(folder, 'class-path'), 'utf8')).trim()
}

/** A running server. */
export interface Running {
  readonly base: string
  readonly token: string
  readonly pid: number
  stop(): Promise<void>
}

/** Installs a server if necessary, and starts it, with `env` besides our own. Throws `Missing` if it cannot be installed. */
export async function startServer(server: Server, env: { readonly [name: string]: string } = {}): Promise<Running> {
  need(...server.needs)
  const from = server.folder ?? join(import.meta.dirname, 'servers', server.name)
  const files = server.files.map((file) => join(from, file))
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  const folder = await installed(server.name, files, texts.join(), (at) => server.install(at))
  const [program, args] = await server.start(folder)
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const { base, token } = JSON.parse(await announcement(child, server.title)) as { base: string; token: string }
  return {
    base,
    token,
    pid: child.pid as number,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

const START_LIMIT_MS = 60_000

/** The line of JSON that says where it listens; a library may have printed something of its own before it. */
function announcement(child: ChildProcess, title: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let stdout = ''
    let stderr = ''
    const late = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`${title} did not start in ${START_LIMIT_MS} ms: ${stderr.slice(-1000)}`))
    }, START_LIMIT_MS)
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      const line = /^\{.*\}$/m.exec(stdout)
      if (line === null) return
      clearTimeout(late)
      resolve(line[0])
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.once('exit', (code) => {
      clearTimeout(late)
      reject(new Error(`${title} ended with ${code}: ${stderr.slice(-1000)}`))
    })
  })
}
