// Things to look at as sentences, with the state and the place of each.

import { useTranslation } from 'react-i18next'
import type { Answer } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import { moment } from '../words/figures.ts'
import type { State } from './status.tsx'

/** One thing to look at. */
export type Thing = Answer<'GET /attention'>['items'][number]

/** The state of each kind. */
export const THING_STATES: { readonly [code in Thing['code']]: State } = {
  'record.failing': 'fail',
  'server.failing': 'fail',
  'removals.held': 'held',
  'app.stopped': 'fail',
  'connection.refused': 'warn',
  'connection.quiet': 'warn',
  'token.expires': 'wait',
  'values.recorded': 'wait',
}

/** Reads the things to look at; of one tenant, or of all that may be seen. */
export function useThings(tenant: string | undefined) {
  return useApi('GET /attention', { query: tenant === undefined ? {} : { tenant } }, { everyMs: 15_000 })
}

/** Says what there is to look at. */
export function useThingSentence(): (thing: Thing) => string {
  const { t } = useTranslation('tenants')
  const { t: common } = useTranslation()
  return ({ code, tenant: of = '', facts, app = '' }) => {
    const kind = common(`kinds.${facts.kind as 'okta'}`, { defaultValue: String(facts.kind ?? '') })
    const name = String(facts.label ?? '') || kind || app
    return t(`things.${code.replace('.', '-') as 'removals-held'}`, {
      ...facts,
      tenant: of,
      app: facts.label ?? app,
      name,
      ...(facts.until !== undefined && { until: moment(String(facts.until)) }),
      count: Number(facts.count ?? facts.refusals ?? facts.days ?? 0),
    })
  }
}
