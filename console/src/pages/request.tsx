// One request on a page of its own, for links and for whoever pastes its id.

import { useTranslation } from 'react-i18next'
import { callOf } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { WholeRequestView } from '../requests/whole.tsx'
import { useParam } from '../search.ts'

/** The page of one request. */
export default function OneRequest() {
  const { t } = useTranslation('requests')
  const [tenant, id] = [useParam('tenant'), useParam('id')]
  const request = useApi('GET /tenants/{tenant}/requests/{id}', { params: { tenant, id } })
  return (
    <Page
      title={t('oneTitle', { id })}
      actions={
        <AsCommand
          call={callOf('GET /tenants/{tenant}/requests/{id}', { params: { tenant, id } })}
          command={`lockstep requests ${id}`}
        />
      }
    >
      <Loaded read={request} lines={8}>
        {(data) => <WholeRequestView request={data} />}
      </Loaded>
    </Page>
  )
}
