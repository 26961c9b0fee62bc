// `npm run conformance`: runs third-party judges against Lockstep, or our checker against other servers.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { compare, type Deviation, isGood, type Verdict } from './compare.ts'
import { type Finding, type Judge, Missing } from './judge.ts'
import { judgeServers } from './judge-servers.ts'
import { scim2ParseFilter, scimQueryFilterParser } from './judges/filters.ts'
import { scimPatch } from './judges/scim-patch.ts'
import { scimSanity } from './judges/scim-sanity.ts'
import { scim2Client } from './judges/scim2-client.ts'
import { scim2Tester } from './judges/scim2-tester.ts'
import { unboundId } from './judges/unboundid.ts'
import { tell } from './report.ts'
import { SERVERS } from './servers.ts'
import { fresh } from './target.ts'

const JUDGES: readonly Judge[] = [
  scim2Tester,
  scim2Client,
  unboundId,
  scimSanity,
  scim2ParseFilter,
  scimQueryFilterParser,
  scimPatch,
]

const USAGE = `npm run conformance [-- --only NAME,NAME] [--json] [--require]

Judges by others look at a fresh Lockstep. What they find is held against conformance/expected.json.

  --only NAME,…   only these judges: ${JUDGES.map(({ name }) => name).join(', ')}
  --require       a judge that can't be run is a failure
  --json          print what came of it as JSON

With --servers it goes the other way round: our own checker, \`lockstep check\`, looks at servers by others, each with a small
starter in conformance/servers, and at Lockstep itself; docs/conformance.md gets the table.

  --servers       judge servers by others; --only takes some: ${SERVERS.map(({ name }) => name).join(', ')}
  --reports DIR   with --servers: write each whole report there as JSON

Ends with 1 if a judge found what the list has not, or no longer finds what it has.`

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    require: { type: 'boolean', default: false },
    servers: { type: 'boolean', default: false },
    reports: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

if (values.help) {
  console.log(USAGE)
} else {
  const only = values.only?.split(',')
  const names = (values.servers ? SERVERS : JUDGES).map(({ name }) => name)
  const unknown = only?.filter((name) => !names.includes(name)) ?? []
  if (unknown.length > 0) {
    console.error(`nothing is called ${unknown.join(', ')}; there are ${names.join(', ')}`)
    process.exit(2)
  }
  if (values.servers) process.exit((await judgeServers(only, values.reports)) ? 0 : 1)
  const list = JSON.parse(await readFile(join(import.meta.dirname, 'expected.json'), 'utf8')) as readonly Deviation[]
  const verdicts: Verdict[] = []
  const missing: { readonly judge: string; readonly why: string }[] = []
  const server = await fresh()
  try {
    for (const judge of JUDGES.filter(({ name }) => only?.includes(name) ?? true)) {
      try {
        await judge.prepare()
      } catch (error) {
        if (!(error instanceof Missing)) throw error
        missing.push({ judge: judge.name, why: error.message })
        continue
      }
      for (const profile of judge.profiles) {
        const target = await server.target(profile)
        const begun = performance.now()
        const findings = await judge.judge(target).catch(brokeOff)
        verdicts.push(compare(judge, profile, findings, list, (performance.now() - begun) / 1000))
      }
    }
  } finally {
    await server.close()
  }
  console.log(values.json ? JSON.stringify({ verdicts, missing }, undefined, 2) : tell(verdicts, missing))
  process.exitCode = verdicts.every(isGood) && !(values.require && missing.length > 0) ? 0 : 1
}

/** A judge that fell over has found something as well, if only about itself. */
function brokeOff(error: unknown): readonly Finding[] {
  return [{ check: 'the whole run', outcome: 'failed', detail: error instanceof Error ? error.message : String(error) }]
}
