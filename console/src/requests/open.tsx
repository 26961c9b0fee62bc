// The request that is open beside the list.

import { CloseButton } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useApi } from '../api/use-api.ts'
import css from '../pages/requests.module.css'
import { To } from '../parts/link.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { WholeRequestView } from './whole.tsx'

/** The request that is open, with a way to its own page. */
export function OpenRequest({ id, close }: { readonly id: string; readonly close: () => void }) {
  const { t } = useTranslation('requests')
  const request = useApi('GET /requests/{id}', { params: { id } })
  return (
    <aside className={css.detail} aria-label={t('one')}>
      <div className={css.buttons}>
        <CloseButton aria-label={t('close')} onClick={close} />
        {request.data !== undefined && (
          <To to="/t/$tenant/requests/$id" params={{ tenant: request.data.tenant, id }}>
            {t('ownPage')}
          </To>
        )}
      </div>
      <Loaded read={request} lines={6}>
        {(data) => <WholeRequestView request={data} />}
      </Loaded>
    </aside>
  )
}
