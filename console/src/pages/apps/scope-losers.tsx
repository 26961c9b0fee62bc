// Who loses an account by a scope that is about to be saved: said before it is.

import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct, useApi } from '../../api/use-api.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { Failed } from '../../parts/failed.tsx'
import { Lines } from '../../parts/loaded.tsx'
import { number } from '../../words/figures.ts'
import type { AppTab } from './app-tab.ts'

/** Accounts that are looked at: as many as one preview takes. */
const LOOKED = 100
/** Names that are shown. */
const NAMED = 10

/** Asks before a scope is saved, with those of the accounts who would be out of it. */
export function ConfirmScope({
  tenant,
  app,
  scope,
  run,
  close,
}: AppTab & { readonly scope: object; readonly run: () => Promise<unknown>; readonly close: () => void }) {
  const { t } = useTranslation('apps')
  const params = { tenant, app: app.app }
  const links = useApi('GET /tenants/{tenant}/apps/{app}/links', { params, query: { limit: LOOKED } })
  const preview = useAct('POST /tenants/{tenant}/apps/{app}/map/preview')
  const [asked, setAsked] = useState<number>()
  const { mutate } = preview
  useEffect(() => {
    if (links.data === undefined || asked !== undefined) return
    const users = links.data.items
      .filter(({ type, account, wanted }) => type === 'User' && account !== undefined && wanted === 'active')
      .map(({ resource }) => resource)
    setAsked(users.length)
    if (users.length > 0) mutate({ params: { tenant, app: app.app }, body: { settings: { scope } as never, users } })
  }, [links.data, asked, mutate, tenant, app.app, scope])
  const losers = (preview.data?.rows ?? []).filter((row) => !row.scope.in)
  const error = links.error ?? preview.error
  return (
    <Confirm
      opened
      title={t('scope.saveQuestion')}
      action={t('scope.save')}
      danger={losers.length > 0}
      run={run}
      close={close}
    >
      <p>{t('scope.saveWhat')}</p>
      {error !== null ? (
        <Failed error={error} />
      ) : asked === undefined || (asked > 0 && preview.data === undefined) ? (
        <Lines count={2} />
      ) : losers.length === 0 ? (
        <p>{t('scope.nobodyLoses', { count: asked, shown: number(asked) })}</p>
      ) : (
        <>
          <p>{t('scope.lose', { count: losers.length, shown: number(losers.length), of: number(asked) })}</p>
          <ul>
            {losers.slice(0, NAMED).map(({ resource, name }) => (
              <li key={resource}>{name}</li>
            ))}
            {losers.length > NAMED && <li>{t('scope.andMore', { shown: number(losers.length - NAMED) })}</li>}
          </ul>
        </>
      )}
    </Confirm>
  )
}
