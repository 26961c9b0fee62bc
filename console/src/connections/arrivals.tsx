// What has arrived on a connection: what its identity provider's test said, in sentences, and what was refused.

import { useTranslation } from 'react-i18next'
import type { Guide } from '../../../guides/steps/guide.ts'
import { testRequestOf } from '../../../guides/steps/proof.ts'
import css from '../pages/requests.module.css'
import { To } from '../parts/link.tsx'
import { Marked } from '../parts/marked.tsx'
import { Shape, Status } from '../parts/status.tsx'
import type { RequestLine } from '../requests/kept-lines.ts'
import { useLanguage } from '../requests/verdict.tsx'

/** The live test: waiting, what came, what was refused, and what to look at when nothing comes. */
export function Arrivals({
  tenant,
  guide,
  requests,
}: {
  readonly tenant: string
  readonly guide: Guide
  /** Oldest first. */
  readonly requests: readonly RequestLine[]
}) {
  const { t } = useTranslation('connections')
  const language = useLanguage()
  const { short, test } = guide
  const tested = new Set(
    requests.map((request) => testRequestOf(guide, asSeen(request))).filter((one) => one !== undefined),
  )
  const refused = requests.filter(({ status }) => status >= 400).at(-1)
  const isWhole = requests.some(({ status }) => status < 400) && test.every((one) => tested.has(one))
  return (
    <div className={css.stack} role="status">
      {requests.length === 0 && (
        <>
          <Status state="wait">{t('live.waiting', { idp: short })}</Status>
          <p>{t('live.usually', { time: guide.waits.test[language] })}</p>
          <p className={css.quiet}>
            <Marked text={guide.silence[language]} />
          </p>
        </>
      )}
      {test.map((one) => (
        <p key={one.says.en}>
          <Shape state={tested.has(one) ? 'ok' : 'wait'} /> {short} {one.says[language]}
        </p>
      ))}
      {isWhole && (
        <Status state="ok" ground>
          {t('live.connected')}
        </Status>
      )}
      {refused !== undefined && (
        <p>
          <Status state="warn">{t('live.refused', { status: refused.status })}</Status>{' '}
          <To to="/t/$tenant/requests/$id" params={{ tenant, id: refused.id }}>
            {t('live.why')}
          </To>
        </p>
      )}
    </div>
  )
}

function asSeen({ method, path, route, status }: RequestLine) {
  const [before = '', query] = path.split('?')
  const seen = { method, path: route.endsWith('{id}') ? before : route, status }
  return query === undefined ? seen : { ...seen, query }
}
