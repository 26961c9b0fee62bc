// The judge UnboundID SCIM 2 SDK: a session with Ping Identity's Java client.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Finding, type Judge, Missing } from '../judge.ts'
import { installed, need, run } from '../programs.ts'

const SOURCES = join(import.meta.dirname, 'java')
const FILES = [join(SOURCES, 'pom.xml'), join(SOURCES, 'Walk.java')]

/** The oldest Java that the SDK supports. */
const JAVA = 17

async function classes(): Promise<string> {
  need('java', 'javac', 'mvn')
  const { stderr } = await run('java', ['-version'])
  const version = Number(/version "(\d+)/.exec(stderr)?.[1])
  if (!(version >= JAVA)) throw new Missing(`java is ${version}, ${JAVA} at least is needed`)
  const texts = await Promise.all(FILES.map((file) => readFile(file, 'utf8')))
  return installed('java', FILES, texts.join(), async (at) => {
    const output = ['-Dmdep.outputFile=class-path', '-Dmdep.useRepositoryLayout=false']
    const fetched = await run('mvn', ['-q', '-B', 'dependency:build-classpath', ...output], { cwd: at })
    if (fetched.code !== 0) return fetched
    const path = await readFile(join(at, 'class-path'), 'utf8')
    return run('javac', ['-cp', path.trim(), '-d', at, 'Walk.java'], { cwd: at })
  })
}

/** Ping Identity's client, used by PingDirectory and related products, in a typical session. */
export const unboundId: Judge = {
  name: 'unboundid-client',
  about: 'UnboundID SCIM 2 SDK 5.0.0, the client of Ping Identity',
  profiles: ['strict', 'generic'],
  atLeast: 18,
  prepare: async () => void (await classes()),
  async judge({ base, token }) {
    const at = await classes()
    const path = `${(await readFile(join(at, 'class-path'), 'utf8')).trim()}:${at}`
    const env = { SCIM_BASE: base, SCIM_TOKEN: token }
    const { code, stdout, stderr } = await run('java', ['-cp', path, 'Walk'], { env })
    if (code !== 0) throw new Error(`Walk ended with ${code}: ${stderr.slice(-2000)}`)
    return JSON.parse(stdout) as readonly Finding[]
  },
}
