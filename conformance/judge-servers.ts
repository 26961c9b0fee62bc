// Runs our own checker against other SCIM servers and writes the table in docs/conformance.md.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkServer, describeCount, type Report, VERDICTS, type Verdict } from '../src/conformance/index.ts'
import { Missing, type Profile } from './judge.ts'
import { SERVERS, startServer } from './servers.ts'
import { fresh } from './target.ts'

const PAGE = join(import.meta.dirname, '..', 'docs', 'conformance.md')
const BEGIN = '<!-- written by npm run conformance -- --servers -->'
const END = '<!-- end of what is written -->'

/** The identity providers whose needs are also checked: those that most servers must support. */
const PROVIDERS = ['okta', 'entra'] as const

/** What `lockstep check` found in one server. */
interface Judged {
  readonly title: string
  readonly version: string
  readonly language: string
  readonly report: Report
}

/**
 * Runs our own checker against every other server that can be started here, and against Lockstep. Writes the table in
 * docs/conformance.md, and the full reports as JSON to `reports` if given. Resolves to whether Lockstep passes on `strict`.
 */
export async function judgeServers(only: readonly string[] | undefined, reports: string | undefined): Promise<boolean> {
  const judged: Judged[] = []
  const note = async (name: string, one: Judged) => {
    judged.push(one)
    const { counts, requests, ms, left } = one.report
    console.log(`${one.title} ${one.version}: ${requests} requests in ${(ms / 1000).toFixed(1)} s, ${told(counts)}`)
    for (const url of left) console.log(`  left behind: ${url}`)
    if (reports === undefined) return
    await mkdir(reports, { recursive: true })
    await writeFile(join(reports, `${name}.json`), `${JSON.stringify(one.report, undefined, 2)}\n`)
  }
  const strict = await judgeLockstep('strict')
  await note('lockstep-strict', strict)
  await note('lockstep-generic', await judgeLockstep('generic'))
  for (const server of SERVERS.filter(({ name }) => only?.includes(name) ?? true)) {
    try {
      const running = await startServer(server)
      try {
        const report = await checkServer({ url: running.base, token: running.token, for: PROVIDERS })
        await note(server.name, { ...server, report })
      } finally {
        await running.stop()
      }
    } catch (error) {
      if (!(error instanceof Missing)) throw error
      console.log(`${server.title}  skipped: ${error.message}`)
    }
  }
  if (only === undefined && judged.length === SERVERS.length + 2) await writePage(judged)
  else console.log('docs/conformance.md is unchanged, because not every server was checked')
  return strict.report.counts.must === 0 && strict.report.counts.should === 0
}

async function judgeLockstep(profile: Profile): Promise<Judged> {
  const server = await fresh()
  try {
    const { base, token } = await server.target(profile)
    const report = await checkServer({ url: base, token, for: PROVIDERS })
    return { title: `Lockstep, \`${profile}\``, version: 'this release', language: 'TypeScript', report }
  } finally {
    await server.close()
  }
}

const ORDER: readonly Verdict[] = ['passed', 'must', 'should', 'differs', 'unadvertised', 'untested']

function told(counts: Report['counts']): string {
  return ORDER.map((verdict) => describeCount(verdict, counts[verdict])).join(', ')
}

async function writePage(judged: readonly Judged[]): Promise<void> {
  const page = await readFile(PAGE, 'utf8')
  const from = page.indexOf(BEGIN)
  const to = page.indexOf(END)
  if (from < 0 || to < from) throw new Error(`docs/conformance.md has no section between "${BEGIN}" and "${END}"`)
  await writeFile(PAGE, `${page.slice(0, from + BEGIN.length)}\n\n${table(judged)}\n\n${page.slice(to)}`)
}

function table(judged: readonly Judged[]): string {
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  return [
    row(['server', 'version', 'language', ...ORDER.map((verdict) => VERDICTS[verdict])]),
    row(['---', '---', '---', ...ORDER.map(() => '---:')]),
    ...judged.map(({ title, version, language, report }) =>
      row([title, version, language, ...ORDER.map((verdict) => report.counts[verdict])]),
    ),
    '',
    'Needs of Okta and Microsoft Entra ID beyond the RFCs that are met:',
    '',
    ...judged.map(
      ({ title, report }) => `* ${title}: ${report.providers.map((one) => `${one.name} ${met(one)}`).join(', ')}`,
    ),
    '',
    'Cases that fail a MUST, by requirement:',
    '',
    ...judged.map(({ title, report }) => {
      const failed = report.results.filter(({ verdict }) => verdict === 'must').map(({ id }) => id)
      return `* ${title}: ${failed.length === 0 ? 'none' : failed.join(', ')}`
    }),
  ].join('\n')
}

function met({ needs }: Report['providers'][number]): string {
  return `${needs.filter(({ verdict }) => verdict === 'works').length} of ${needs.length}`
}
