// The requests to all apps of a tenant, newest first.

import { useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { callOf } from '../api/client.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Page } from '../parts/page.tsx'
import { DeliveryList } from './apps/delivery-list.tsx'

export default function Deliveries() {
  const { t } = useTranslation('apps')
  const { tenant = '' } = useParams({ strict: false }) as { readonly tenant?: string }
  return (
    <Page
      title={t('deliveries.title')}
      actions={<AsCommand call={callOf('GET /tenants/{tenant}/deliveries', { params: { tenant } })} />}
    >
      <DeliveryList tenant={tenant} />
    </Page>
  )
}
