// What is different from the last check of the same.

import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/use-api.ts'
import { To } from '../../parts/link.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Panel } from '../../parts/page.tsx'
import { Status } from '../../parts/status.tsx'
import { ShortTable } from '../../parts/table.tsx'
import { moment } from '../../words/figures.ts'
import css from './checks.module.css'
import { stateOf, type Verdict } from './verdicts.ts'

/** The difference of a check from the one before, where there is one. */
export function CheckDifference({ tenant, check }: { readonly tenant: string; readonly check: string }) {
  const { t } = useTranslation('checks')
  const read = useApi('GET /tenants/{tenant}/checks/{check}/difference', { params: { tenant, check } })
  if (read.data !== undefined && read.data.to === undefined) return null
  return (
    <Panel title={t('difference')} flush>
      <Loaded read={read}>
        {({ to, cases, providers }) => (
          <div className={css.run}>
            <p className={css.lead}>
              {t('since')}{' '}
              <To to="/t/$tenant/check/$check" params={{ tenant, check: to?.check ?? '' }}>
                {moment(to?.began ?? 0)}
              </To>
              {cases.length + providers.length === 0 && `: ${t('same')}`}
            </p>
            {providers.map(({ name, after }) => (
              <p key={name} className={css.lead}>
                <Status state={after ? 'ok' : 'fail'}>{t(after ? 'nowWorks' : 'nowNot', { name })}</Status>
              </p>
            ))}
            {cases.length > 0 && (
              <ShortTable
                label={t('difference')}
                rows={cases}
                keyOf={({ id }) => id}
                columns={[
                  { title: t('case'), cell: ({ id, title }) => <CaseName id={id} title={title} /> },
                  { title: t('before'), cell: ({ before }) => <Said verdict={before} /> },
                  { title: t('now'), cell: ({ after }) => <Said verdict={after} /> },
                ]}
              />
            )}
          </div>
        )}
      </Loaded>
    </Panel>
  )
}

function CaseName({ id, title }: { readonly id: string; readonly title: string }) {
  return (
    <>
      <code>{id}</code> <span lang="en">{title}</span>
    </>
  )
}

function Said({ verdict }: { readonly verdict: Verdict | undefined }) {
  const { t } = useTranslation('checks')
  return <Status state={stateOf(verdict)}>{verdict === undefined ? t('notTried') : t(`verdicts.${verdict}`)}</Status>
}
