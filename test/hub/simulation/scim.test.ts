// The hub with the SCIM adapter over fake apps, in virtual time: bad apps hold up nobody, and secrets stay secret.

import { expect, test } from 'vitest'
import { SCIM_KIND } from '../../../src/hub/adapters/scim/scim-kind.ts'
import type { AdapterKind } from '../../../src/hub/index.ts'
import { CANARY, runScim, type ScimMistake } from './scim-scenario.ts'

const SEEDS = Math.ceil(Number(process.env.SEEDS ?? 500) / 20)
const ONLY = process.env.SEED === undefined ? undefined : Number(process.env.SEED)
const TIMEOUT = 3_600_000

const SHOWS_SECRETS: AdapterKind = {
  ...SCIM_KIND,
  open(settings, deps) {
    const adapter = SCIM_KIND.open(settings, deps)
    return {
      ...adapter,
      show: (step) => adapter.show(step).map((one) => ({ ...one, target: `${one.target}?${CANARY}` })),
    }
  },
}

const MISTAKES: readonly (readonly [name: string, shows: RegExp, mistake: ScimMistake])[] = [
  ['a process works on one app at a time', /P11/, { pace: { slots: { total: 1, perTenant: 1 } } }],
  ['attempts show the secret', /P14/, { kinds: [SHOWS_SECRETS] }],
]

test('every app but the bad one has everybody, in time, and no secret is written', { timeout: TIMEOUT }, async () => {
  const failed: string[] = []
  for (let seed = ONLY ?? 0; seed < (ONLY === undefined ? SEEDS : ONLY + 1); seed++) {
    const wrong = await runScim(seed)
    if (wrong !== undefined) failed.push(`SEED=${seed}: ${wrong}`)
  }
  expect(failed).toEqual([])
})

test.each(MISTAKES)('finds that %s', { timeout: TIMEOUT }, async (_, shows, mistake) => {
  for (let seed = 0; seed < SEEDS; seed++) {
    const wrong = await runScim(seed, mistake)
    if (wrong !== undefined && shows.test(wrong)) return
  }
  expect.unreachable(`not found in ${SEEDS} seeds`)
})
