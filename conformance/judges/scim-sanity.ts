// The judge scim-sanity: the life cycle of a user and a group, searches and errors.

import { join } from 'node:path'
import type { Finding, Judge } from '../judge.ts'
import { run } from '../programs.ts'
import { environment } from './python.ts'

interface Report {
  readonly results: readonly { readonly name: string; readonly status: string; readonly message?: string }[]
}

/** The life cycle of a user and a group, searches and errors, as its author has seen them in practice. */
export const scimSanity: Judge = {
  name: 'scim-sanity',
  about: 'scim-sanity 0.7.4, a probe by Thomas Betz',
  profiles: ['strict', 'generic'],
  atLeast: 24,
  prepare: async () => void (await environment()),
  async judge({ base, token }) {
    const args = ['probe', base, '--token', token, '--i-accept-side-effects', '--json-output']
    const { stdout, stderr } = await run(join(await environment(), 'scim-sanity'), args)
    if (!stdout.trim().startsWith('{')) throw new Error(`it printed no report: ${stdout}${stderr}`)
    return (JSON.parse(stdout) as Report).results.map(
      ({ name, status, message }): Finding => ({
        check: name,
        outcome: status === 'pass' ? 'passed' : status === 'skip' ? 'skipped' : 'failed',
        detail: message ?? '',
      }),
    )
  },
}
