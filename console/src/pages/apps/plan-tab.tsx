// The plan of an app: every request that would be sent, none sent; and carrying it out.

import { Button } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { callOf } from '../../api/client.ts'
import { useAct, useApi } from '../../api/use-api.ts'
import { AsCommand } from '../../parts/as-command.tsx'
import { Failed } from '../../parts/failed.tsx'
import { Empty, Loaded } from '../../parts/loaded.tsx'
import { Panel } from '../../parts/page.tsx'
import { text, useSearchState } from '../../search.ts'
import { useMay } from '../../session.tsx'
import { moment } from '../../words/figures.ts'
import type { AppTab } from './app-tab.ts'
import { PlanView } from './plan-view.tsx'

const SEARCH = { plan: text() }

/** A plan that is older than this may no longer say what would happen. */
const FRESH_MS = 60_000

export default function PlanTab({ tenant, app }: AppTab) {
  const { t } = useTranslation('apps')
  const [search, change] = useSearchState(SEARCH)
  const may = useMay('apps')
  const params = { tenant, app: app.app }
  const plans = useApi(
    'GET /tenants/{tenant}/apps/{app}/plans',
    { params },
    { everyMs: (answer) => (answer?.items[0]?.state === 'running' ? 1_000 : undefined) },
  )
  const make = useAct('POST /tenants/{tenant}/apps/{app}/plans', { done: ({ plan }) => change({ plan }) })
  const newest = plans.data?.items[0]
  const shown = search.plan || newest?.plan
  // One is made at a time: a second would be refused.
  const last = plans.data?.items.find(({ plan }) => plan === make.data?.plan) ?? make.data
  const making = plans.isPending || make.isPending || last?.state === 'running' || newest?.state === 'running'
  // Whoever opens the tab asks what would happen: a plan is made at once, unless an address names one or there is a new one.
  const asked = useRef(false)
  const isOld = newest === undefined || Date.now() - Date.parse(newest.madeAt) > FRESH_MS
  useEffect(() => {
    if (asked.current || !may || plans.data === undefined || search.plan !== '' || !isOld) return
    asked.current = true
    make.mutate({ params: { tenant, app: app.app } })
  }, [may, plans.data, search.plan, isOld, make.mutate, tenant, app.app])
  return (
    <>
      <Panel
        title={t('plan.title')}
        actions={
          <>
            <AsCommand
              call={callOf('POST /tenants/{tenant}/apps/{app}/plans', { params })}
              command={`lockstep plan ${app.app} --tenant ${tenant}`}
            />
            {may && (
              <Button
                loading={making}
                onClick={() => {
                  asked.current = true
                  make.mutate({ params })
                }}
              >
                {t('plan.make')}
              </Button>
            )}
          </>
        }
      >
        <p>{t('plan.lead')}</p>
        {make.error !== null && <Failed error={make.error} />}
        <Loaded read={plans}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty what={t('plan.empty')} why={t('plan.emptyWhy')} />
            ) : (
              <Earlier plans={items} shown={shown} choose={(plan) => change({ plan })} />
            )
          }
        </Loaded>
      </Panel>
      {shown !== undefined && shown !== '' && <PlanView key={shown} tenant={tenant} app={app} plan={shown} />}
    </>
  )
}

/** The plans that were made: the last one first, the others on demand. */
function Earlier({
  plans,
  shown,
  choose,
}: {
  readonly plans: readonly { readonly plan: string; readonly madeAt: string; readonly appliedAt?: string | undefined }[]
  readonly shown: string | undefined
  readonly choose: (plan: string) => void
}) {
  const { t } = useTranslation('apps')
  const [all, setAll] = useState(false)
  const some = all ? plans : plans.slice(0, 3)
  return (
    <p>
      {some.map(({ plan, madeAt, appliedAt }) => (
        <Button
          key={plan}
          size="compact-sm"
          variant={plan === shown ? 'light' : 'subtle'}
          aria-pressed={plan === shown}
          onClick={() => choose(plan)}
        >
          {moment(madeAt)}
          {appliedAt === undefined ? '' : ` · ${t('plan.wasApplied')}`}
        </Button>
      ))}
      {plans.length > some.length && (
        <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setAll(true)}>
          {t('plan.earlier', { count: plans.length - some.length })}
        </Button>
      )}
    </p>
  )
}
