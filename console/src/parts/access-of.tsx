// What each app was told of a person.

import { useTranslation } from 'react-i18next'
import { useApi } from '../api/use-api.ts'
import { moment, since } from '../words/figures.ts'
import { To } from './link.tsx'
import { Empty, Loaded } from './loaded.tsx'
import { Facts } from './page.tsx'
import { type State, Status } from './status.tsx'

const STATES: { readonly [state: string]: State } = {
  confirmed: 'ok',
  verified: 'ok',
  pending: 'wait',
  waiting: 'wait',
  held: 'held',
  parked: 'held',
  none: 'off',
}

/** The apps of a person, each with its state. */
export function AccessOf({ tenant, id }: { readonly tenant: string; readonly id: string }) {
  const { t } = useTranslation('people')
  const told = useApi('GET /tenants/{tenant}/people/{user}/told', { params: { tenant, user: id } })
  return (
    <Loaded read={told}>
      {({ apps }) =>
        apps.length === 0 ? (
          <Empty what={t('access.what')} why={t('access.why')} />
        ) : (
          <Facts
            facts={apps.map(({ app, label, account, state, confirmedAt, reason }) => [
              label || app,
              <span key={app} title={confirmedAt === undefined ? undefined : moment(confirmedAt)}>
                <Status state={STATES[state] ?? 'off'}>{t(`access.state.${state}`)}</Status>{' '}
                {confirmedAt === undefined ? '' : since(confirmedAt)} {reason?.message ?? ''} {account ?? ''}{' '}
                <To to="/t/$tenant/people/$id/why/$app" params={{ tenant, id, app }}>
                  {t('access.whyLink')}
                </To>
              </span>,
            ])}
          />
        )
      }
    </Loaded>
  )
}
