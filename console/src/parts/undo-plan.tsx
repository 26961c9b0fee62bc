// What undoing comes to, before it is done: each step, or why it is refused.

import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { Differences } from './change-diff.tsx'
import { Confirm } from './confirm.tsx'
import type { Json } from './diff.ts'
import { Failed } from './failed.tsx'
import { Hint } from './hint.ts'
import { Lines } from './loaded.tsx'
import { Status } from './status.tsx'

/** A run of the log: of one request, or of one actor between two times. */
export interface Run {
  readonly txn?: string
  readonly actor?: string
  readonly since?: string
  readonly until?: string
}

/** Shows the plan of undoing lines, and carries it out. */
export function UndoPlan({
  tenant,
  places,
  run,
  close,
  done,
}: {
  readonly tenant: string
  readonly places?: readonly number[]
  readonly run?: Run
  readonly close: () => void
  readonly done: () => void
}) {
  const { t } = useTranslation('changes')
  const what = places === undefined ? { run: { ...run } } : { places: [...places] }
  const plan = useQuery({
    queryKey: ['undo', tenant, what],
    queryFn: ({ signal }) => api('POST /tenants/{tenant}/undo', { params: { tenant }, body: what }, { signal }),
    gcTime: 0,
    staleTime: 0,
  })
  const possible = plan.data === undefined ? 0 : plan.data.steps.length - plan.data.refused
  return (
    <Confirm
      opened
      title={t('undoPlan.title', { count: plan.data?.steps.length ?? places?.length ?? 0 })}
      action={t('undoPlan.do', { count: possible })}
      danger={false}
      run={async () => {
        if (possible === 0) throw new Hint(t('undoPlan.nothing'))
        await api('POST /tenants/{tenant}/undo', { params: { tenant }, body: { ...what, apply: true } })
        done()
      }}
      close={close}
    >
      {plan.error !== null && <Failed error={plan.error} />}
      {plan.data === undefined && plan.error === null && <Lines count={4} />}
      {plan.data?.steps.slice(0, 50).map((step) => (
        <div key={step.place}>
          <Status state={step.refused === undefined ? 'ok' : 'warn'}>
            {step.refused ?? t(`undoPlan.${step.does}`, { type: step.type, name: step.display || step.id })}
          </Status>
          {step.refused === undefined && step.paths.length > 0 && (
            <Differences
              most={10}
              all={step.paths.map(({ path, now, back }) => ({
                path,
                kind: now === undefined ? 'added' : back === undefined ? 'removed' : 'changed',
                ...(now === undefined ? {} : { before: now as Json }),
                ...(back === undefined ? {} : { after: back as Json }),
              }))}
            />
          )}
          {step.join.length + step.leave.length > 0 && (
            <p>{t('undoPlan.members', { join: step.join.length, leave: step.leave.length })}</p>
          )}
        </div>
      ))}
    </Confirm>
  )
}
