// Things to look at, worst first: at most seven, each a sentence with one link.

import { useTranslation } from 'react-i18next'
import type { Answer } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import { To } from '../parts/link.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Panel } from '../parts/page.tsx'
import { type State, Status } from '../parts/status.tsx'
import { parseSearch } from '../search.ts'
import { since } from '../words/figures.ts'
import css from './overview.module.css'

type Thing = Answer<'GET /attention'>['items'][number]

/** More than these nobody reads at once. */
const MOST = 7

const STATES: { readonly [code in Thing['code']]: State } = {
  'record.failing': 'fail',
  'server.failing': 'fail',
  'removals.held': 'held',
  'app.stopped': 'fail',
  'connection.refused': 'warn',
  'connection.quiet': 'warn',
  'token.expires': 'wait',
}

/** The panel; of one tenant, or of all that may be seen. */
export function ThingsToLookAt({ tenant }: { readonly tenant?: string }) {
  const { t } = useTranslation('tenants')
  const { t: common } = useTranslation()
  const read = useApi('GET /attention', { query: tenant === undefined ? {} : { tenant } }, { everyMs: 15_000 })
  const sentence = ({ code, tenant: of = '', facts, app = '' }: Thing) => {
    const kind = common(`kinds.${facts.kind as 'okta'}`, { defaultValue: String(facts.kind ?? '') })
    const name = String(facts.label ?? '') || kind || app
    return t(`things.${code.replace('.', '-') as 'removals-held'}`, {
      ...facts,
      tenant: of,
      app: facts.label ?? app,
      name,
      count: Number(facts.count ?? facts.refusals ?? facts.days ?? 0),
    })
  }
  return (
    <Panel
      flush
      title={
        read.data === undefined || read.data.items.length === 0
          ? t('things.title')
          : t('things.count', { count: read.data.items.length })
      }
    >
      <Loaded read={read} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={css.well}>
              <Status state="ok">{t('things.none')}</Status>
            </p>
          ) : (
            <ul className={css.things}>
              {items.slice(0, MOST).map((thing) => {
                const [path = '', search = ''] = thing.link.split('?')
                return (
                  <li key={`${thing.code} ${thing.app ?? ''} ${thing.link}`}>
                    <Status state={STATES[thing.code]}>{t(`things.states.${STATES[thing.code] as 'fail'}`)}</Status>
                    <span>
                      {sentence(thing)}
                      {thing.since === undefined || thing.since === ''
                        ? ''
                        : ` · ${t('things.since', { ago: since(thing.since) })}`}
                    </span>
                    <To to={path} search={parseSearch(search)}>
                      {t('things.look')}
                    </To>
                  </li>
                )
              })}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  )
}
