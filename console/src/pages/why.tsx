// Why somebody has what they have in an app: source, scope, match, map, and the requests it comes to. Nothing is written.

import { useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { callOf } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { ChangeDiff } from '../parts/change-diff.tsx'
import type { Json } from '../parts/diff.ts'
import { JsonView } from '../parts/json-view.tsx'
import { To } from '../parts/link.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { Status } from '../parts/status.tsx'
import { Clauses } from './apps/scope-tab.tsx'

export default function Why() {
  const { t } = useTranslation('apps')
  const given = useParams({ strict: false }) as {
    readonly tenant?: string
    readonly id?: string
    readonly app?: string
  }
  const { tenant = '', id = '', app = '' } = given
  const params = { tenant, app, user: id }
  const read = useApi('GET /tenants/{tenant}/apps/{app}/people/{user}/explanation', { params })
  const name = read.data?.item.name ?? id
  return (
    <Page
      title={t('whyPage.title', { name, app })}
      lead={
        <To to="/t/$tenant/people/$id" params={{ tenant, id }}>
          {name}
        </To>
      }
      actions={
        <AsCommand
          call={callOf('GET /tenants/{tenant}/apps/{app}/people/{user}/explanation', { params })}
          command={`lockstep explain ${app} ${id} --tenant ${tenant}`}
        />
      }
    >
      <Loaded read={read} lines={8}>
        {({ source, scope, match, wanted, acked, link, item }) => (
          <>
            <Panel title={t('whyPage.source')}>
              {source === undefined ? (
                <p>{t('whyPage.gone')}</p>
              ) : (
                <JsonView value={source} label={t('whyPage.source')} height={200} />
              )}
            </Panel>
            <Panel title={t('whyPage.scope')}>
              <p>
                <Status state={scope.in ? 'ok' : 'off'}>{scope.in ? t('whyPage.in') : t('whyPage.out')}</Status>
              </p>
              <Clauses tenant={tenant} clauses={scope.clauses} />
            </Panel>
            <Panel title={t('whyPage.match')}>
              <p>{match.note}</p>
              {match.found.length > 0 && <p>{match.found.join(', ')}</p>}
            </Panel>
            <Panel title={t('whyPage.map')}>
              <ChangeDiff before={acked as Json | undefined} after={wanted as Json | undefined} />
            </Panel>
            <Panel title={t('whyPage.comes')}>
              <p>
                <strong>{t(`action.${item.action}`)}</strong>: {item.why}
              </p>
              <p>{t('whyPage.link', { state: t(`link.${(link.state || 'rest') as 'rest'}`) })}</p>
              {item.requests.length > 0 && <JsonView value={item.requests} label={t('column.requests')} height={220} />}
            </Panel>
          </>
        )}
      </Loaded>
    </Page>
  )
}
