// What a change came from: the request or import that made it, and who allowed the removals that it led to.

import { useTranslation } from 'react-i18next'
import { useApi } from '../api/use-api.ts'
import css from '../parts/directory.module.css'
import { To } from '../parts/link.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Facts } from '../parts/page.tsx'
import { Status } from '../parts/status.tsx'
import { useMay } from '../session.tsx'
import { moment, number } from '../words/figures.ts'
import type { Line } from './filter.ts'

/** For how long a line may be ahead of the record. */
const FRESH_MS = 10_000

/** What a line came from, and what the hub makes of it. */
export function Cause({ tenant, line }: { readonly tenant: string; readonly line: Line }) {
  const { t } = useTranslation('changes')
  const mayAudit = useMay('own')
  const { place, actor, at } = line
  const read = useApi(
    'GET /tenants/{tenant}/log/{place}/cause',
    { params: { tenant, place: String(place) } },
    // The record is written a moment after the change.
    {
      everyMs: (cause) => (cause?.request === undefined && Date.now() - Date.parse(at) < FRESH_MS ? 1_000 : undefined),
    },
  )
  return (
    <Loaded read={read} lines={2}>
      {({ request, import: imported, held }) => (
        <Facts
          facts={[
            [
              t('cause.request'),
              request === undefined ? (
                <>
                  {t('cause.none')}{' '}
                  {mayAudit && (
                    <To to="/audit" search={{ actor, tenant }} className={css.link}>
                      {t('cause.audit')}
                    </To>
                  )}
                </>
              ) : (
                <To to="/t/$tenant/requests/$id" params={{ tenant, id: request.id }} className={css.link}>
                  {request.method} {request.route} · {request.id}
                </To>
              ),
            ],
            ...(imported === undefined
              ? []
              : [
                  [
                    t('cause.import'),
                    t('cause.importOf', { actor: imported.actor, time: moment(imported.created) }),
                  ] as const,
                ]),
            ...held.map(
              (hold) =>
                [
                  t('cause.held', { app: hold.app }),
                  <Status
                    key={hold.hold}
                    state={hold.verdict === 'approved' ? 'ok' : hold.verdict === undefined ? 'held' : 'off'}
                  >
                    {t(`cause.${hold.verdict ?? 'undecided'}`, {
                      count: hold.count,
                      number: number(hold.count),
                      by: hold.by ?? '',
                      time: hold.decided === undefined ? '' : moment(hold.decided),
                    })}
                  </Status>,
                ] as const,
            ),
          ]}
        />
      )}
    </Loaded>
  )
}
