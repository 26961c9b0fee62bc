// One request: why it was answered so, what was sent and answered, who called, and whether it would pass now.

import { useTranslation } from 'react-i18next'
import type { Answer } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import css from '../pages/requests.module.css'
import { curlOf } from '../parts/as-command.tsx'
import { Copy } from '../parts/copy.tsx'
import { JsonView } from '../parts/json-view.tsx'
import { To } from '../parts/link.tsx'
import { Facts, Panel } from '../parts/page.tsx'
import { Status, stateOfStatus } from '../parts/status.tsx'
import { useMay } from '../session.tsx'
import { bytes, moment } from '../words/figures.ts'
import { Explained } from './told.tsx'
import { useLanguage, WouldPass } from './verdict.tsx'

/** A request with its body. */
export type WholeRequest = Answer<'GET /tenants/{tenant}/requests/{id}'>

/** Everything that is known of a request. */
export function WholeRequestView({ request }: { readonly request: WholeRequest }) {
  const { t } = useTranslation('requests')
  const mayTry = useMay('values')
  const { sent, status, bends = [], left = [] } = request
  return (
    <div className={css.stack}>
      {status >= 400 && <Why request={request} />}
      {request.print !== undefined && (
        <p>
          <To to="/t/$tenant/faults/$print" params={{ tenant: request.tenant, print: request.print }}>
            {t('alike.all')}
          </To>
        </p>
      )}
      <Panel title={t('sent')} actions={<AsCurl request={request} />}>
        <div className={css.stack}>
          <code className={css.path}>
            {request.method} {request.path}
          </code>
          {bends.length > 0 && (
            <p>
              {t('bent.by')} <span className={css.bends}>{bends.join(', ')}</span>
            </p>
          )}
          {left.length > 0 && (
            <p>
              {t('left')} <code>{left.join(', ')}</code>
            </p>
          )}
          {sent !== undefined && <JsonView value={sent} height={220} label={t('sent')} />}
          <p className={css.quiet}>
            {t(sent === undefined ? 'noBody' : request.body === 'values' ? 'values' : 'shape')}
          </p>
        </div>
      </Panel>
      <Panel title={t('answered')}>
        <div className={css.stack}>
          <Status state={stateOfStatus(status)}>
            {status} {request.code ?? ''}
          </Status>
          {request.detail !== undefined && <p>{request.detail}</p>}
          <Who request={request} />
        </div>
      </Panel>
      {mayTry && (
        <Panel title={t('again.title')}>
          <WouldPass tenant={request.tenant} id={request.id} />
        </Panel>
      )}
    </div>
  )
}

function Why({ request: { code, status, detail, kind, bends } }: { readonly request: WholeRequest }) {
  const language = useLanguage()
  const query = {
    code: code ?? String(status),
    kind,
    detail: detail?.slice(0, 4_000),
    bends: bends?.join(','),
    language,
  }
  const { data } = useApi('GET /explain', { query })
  return data === undefined ? null : <Explained told={data} status={status} />
}

function Who({ request }: { readonly request: WholeRequest }) {
  const { t } = useTranslation('requests')
  const { t: common } = useTranslation()
  const { connection, kind, token, address, agent, type, resource, version, tenant } = request
  const sender =
    connection === undefined ? (
      t('nobody')
    ) : (
      <To to="/t/$tenant/connections/$id" params={{ tenant, id: connection }}>
        {connection}
      </To>
    )
  const facts: (readonly [string, React.ReactNode])[] = [
    [t('facts.when'), moment(request.at)],
    [t('facts.connection'), sender],
    ...(kind === undefined ? [] : [[t('facts.kind'), common(`kinds.${kind as 'entra'}`)] as const]),
    ...(token === undefined ? [] : [[t('facts.token'), <code key="token">{token}</code>] as const]),
    [t('facts.took'), `${(request.us / 1_000).toFixed(1)} ms`],
    [t('facts.bytes'), `${bytes(request.bytesIn)} → ${bytes(request.bytesOut)}`],
    ...(address === undefined ? [] : [[t('facts.address'), address] as const]),
    ...(agent === undefined ? [] : [[t('facts.agent'), agent] as const]),
    ...(resource === undefined
      ? []
      : [
          [
            t('facts.resource'),
            <code key="resource">{`${type ?? ''} ${resource}${version === undefined ? '' : ` v${version}`}`}</code>,
          ] as const,
        ]),
    [t('facts.id'), <code key="id">{request.id}</code>],
  ]
  return <Facts facts={facts} />
}

/** As curl, with the token by name; masked values stay masked. */
function AsCurl({ request: { method, path, sent, tenant } }: { readonly request: WholeRequest }) {
  const { t } = useTranslation('requests')
  const base = new URL(`/tenants/${tenant}/scim/v2/`, location.origin)
  const call = { method, path: path.slice(1), ...(sent === undefined ? {} : { body: sent }) }
  return <Copy text={curlOf(call, base, '$SCIM_TOKEN')} label={t('curl')} />
}
