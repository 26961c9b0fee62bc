// Things to look at, worst first: at most seven, each a sentence with one link.

import { useTranslation } from 'react-i18next'
import { To } from '../parts/link.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Panel } from '../parts/page.tsx'
import { Status } from '../parts/status.tsx'
import { THING_STATES, useThingSentence, useThings } from '../parts/things.ts'
import { parseSearch } from '../search.ts'
import { lasting } from '../words/figures.ts'
import css from './overview.module.css'
import { ServiceLine } from './service-line.tsx'

/** More than these nobody reads at once. */
const MOST = 7

/** The panel; of one tenant, or of all that may be seen. */
export function ThingsToLookAt({ tenant }: { readonly tenant?: string }) {
  const { t } = useTranslation('tenants')
  const read = useThings(tenant)
  const sentence = useThingSentence()
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
        {({ items }) => (
          <ul className={css.things}>
            <ServiceLine tenant={tenant} />
            {items.length === 0 && (
              <li>
                <Status state="ok">{t('things.none')}</Status>
                <span />
                <span />
              </li>
            )}
            {items.slice(0, MOST).map((thing) => {
              const [path = '', search = ''] = thing.link.split('?')
              return (
                <li key={`${thing.code} ${thing.app ?? ''} ${thing.link}`}>
                  <Status state={THING_STATES[thing.code]}>
                    {t(`things.states.${THING_STATES[thing.code] as 'fail'}`)}
                  </Status>
                  <span>
                    {sentence(thing)}
                    {thing.since === undefined || thing.since === ''
                      ? ''
                      : ` · ${t('things.since', { lasting: lasting(thing.since) })}`}
                  </span>
                  <To to={path} search={parseSearch(search)}>
                    {t('things.look')}
                  </To>
                </li>
              )
            })}
          </ul>
        )}
      </Loaded>
    </Panel>
  )
}
