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
import { receiveAll } from './receive.ts'
import { RECEIVERS } from './receivers.ts'
import { tell } from './report.ts'
import { SERVERS } from './servers.ts'
import { signInAll } from './sign-in.ts'
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

Runs third-party checkers and clients (judges) against a fresh Lockstep and compares what they find with
conformance/expected.json.

  --only NAME,…   run only these judges: ${JUDGES.map(({ name }) => name).join(', ')}
  --require       fail if a judge cannot run
  --json          print the results as JSON

With --servers it runs our own checker, \`lockstep check\`, against other servers, each with a small starter in
conformance/servers, and against Lockstep itself, and writes the table in docs/conformance.md.

  --receive       provision into other servers through the hub, and look at what they hold; --only selects some:
                  ${RECEIVERS.map(({ name }) => name).join(', ')}
  --sign-in       sign people in through Keycloak by OpenID Connect and SAML, with the examples of the guide
  --servers       check other servers; --only selects some: ${SERVERS.map(({ name }) => name).join(', ')}
  --reports DIR   with --servers: write each full report there as JSON

Exits with 1 if a judge finds something that is not on the list, or no longer finds something that is.`

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    require: { type: 'boolean', default: false },
    servers: { type: 'boolean', default: false },
    receive: { type: 'boolean', default: false },
    'sign-in': { type: 'boolean', default: false },
    reports: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

if (values.help) {
  console.log(USAGE)
} else {
  const only = values.only?.split(',')
  const names = (values.receive ? RECEIVERS : values.servers ? SERVERS : JUDGES).map(({ name }) => name)
  const unknown = only?.filter((name) => !names.includes(name)) ?? []
  if (unknown.length > 0) {
    console.error(`Unknown name: ${unknown.join(', ')}; known names are ${names.join(', ')}`)
    process.exit(2)
  }
  if (values.receive) process.exit((await receiveAll(only)) ? 0 : 1)
  if (values['sign-in']) process.exit((await signInAll()) ? 0 : 1)
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

/** A judge that crashed counts as a finding too. */
function brokeOff(error: unknown): readonly Finding[] {
  return [{ check: 'the whole run', outcome: 'failed', detail: error instanceof Error ? error.message : String(error) }]
}
