// Check: what is checked and for whom, and the checks of the last month.

import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { callOf } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { To } from '../parts/link.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { ShortTable } from '../parts/table.tsx'
import { useParam } from '../search.ts'
import { moment, number } from '../words/figures.ts'
import { CheckForm } from './checks/check-form.tsx'
import { Outcome } from './checks/outcome.tsx'
import { useSubject } from './checks/subject.ts'

/** How often the list is read while a check is under way. */
const RUNNING_MS = 2_000

/** The page that begins checks and lists them. */
export default function Check() {
  const { t } = useTranslation('checks')
  const { t: common } = useTranslation()
  const tenant = useParam('tenant')
  const navigate = useNavigate()
  const subjectOf = useSubject()
  const params = { tenant }
  const runs = useApi(
    'GET /tenants/{tenant}/checks',
    { params },
    { everyMs: (answer) => (answer?.items.some(({ state }) => state === 'running') ? RUNNING_MS : undefined) },
  )
  const open = (check: string) => {
    // The table of pages is data, so the router knows no types of paths.
    void navigate({ to: '/t/$tenant/check/$check', params: { tenant, check } } as never)
  }
  return (
    <Page
      title={t('title')}
      lead={t('lead')}
      actions={<AsCommand call={callOf('GET /tenants/{tenant}/checks', { params })} command="lockstep check URL" />}
    >
      <CheckForm tenant={tenant} begun={open} />
      <Panel title={t('earlier')} flush>
        <Loaded read={runs}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty what={t('none')} why={t('noneWhy')} />
            ) : (
              <ShortTable
                label={t('earlier')}
                rows={items}
                keyOf={({ check }) => check}
                columns={[
                  {
                    title: t('when'),
                    cell: ({ check, began }) => (
                      <To to="/t/$tenant/check/$check" params={{ tenant, check }}>
                        {moment(began)}
                      </To>
                    ),
                  },
                  { title: t('what'), cell: ({ subject }) => subjectOf(subject) },
                  { title: t('outcome'), cell: (run) => <Outcome run={run} /> },
                  { title: t('cases'), align: 'end', cell: ({ done }) => number(done) },
                  {
                    title: t('for'),
                    cell: ({ providers, for: kinds }) =>
                      providers.length > 0
                        ? t('works', { some: providers.filter(({ works }) => works).length, all: providers.length })
                        : kinds.map((kind) => common(`kinds.${kind as 'okta'}`)).join(', '),
                  },
                ]}
              />
            )
          }
        </Loaded>
      </Panel>
    </Page>
  )
}
