// Two live tokens side by side: the second is made, waited for until it is used, and then the first is revoked.

import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct } from '../api/use-api.ts'
import css from '../pages/requests.module.css'
import { Confirm } from '../parts/confirm.tsx'
import { Copied } from '../parts/copy.tsx'
import { Failed } from '../parts/failed.tsx'
import { Facts } from '../parts/page.tsx'
import { Shape, type State } from '../parts/status.tsx'
import type { RequestLine } from '../requests/kept-lines.ts'
import { day, moment, since } from '../words/figures.ts'
import type { Connection } from './facts.ts'

/** The tokens of a connection, and what comes next in rotating them. */
export function Rotate({
  tenant,
  connection,
  requests,
  mayConnect,
}: {
  readonly tenant: string
  readonly connection: Connection
  /** What has arrived: a use shows here at once, and at the token within a minute. */
  readonly requests: readonly RequestLine[]
  readonly mayConnect: boolean
}) {
  const { t } = useTranslation('connections')
  const make = useAct('POST /tenants/{tenant}/connections/{connection}/tokens')
  const tokens = connection.tokens.map((token) => ({ ...token, ...usedNow(token.id, requests) }))
  return (
    <div className={css.stack}>
      <p role="status">
        <Next tokens={tokens} />
      </p>
      {make.data !== undefined && (
        <div>
          <strong>{t('issued.token')}</strong>
          {': '}
          <Copied text={make.data.token} name={t('issued.token')} />
          <p>{t('issued.once')}</p>
        </div>
      )}
      {make.error !== null && <Failed error={make.error} />}
      <div className={css.fields}>
        {tokens.map((token) => (
          <Token key={token.id} tenant={tenant} connection={connection} token={token} mayConnect={mayConnect} />
        ))}
      </div>
      {mayConnect && tokens.length < 2 && (
        <div className={css.buttons}>
          <Button
            variant="default"
            loading={make.isPending}
            onClick={() => make.mutate({ params: { tenant, connection: connection.connection }, body: {} })}
          >
            {t(tokens.length === 0 ? 'rotate.first' : 'rotate.second')}
          </Button>
        </div>
      )}
    </div>
  )
}

/** The last use of a token among what has arrived. */
function usedNow(id: string, requests: readonly RequestLine[]): { readonly lastUsed?: string } {
  const last = requests.findLast(({ token }) => token === id)
  return last === undefined ? {} : { lastUsed: last.at }
}

type Token = Connection['tokens'][number]

/** A sentence with a shape before it, which may take several lines. */
function Said({ state, text }: { readonly state: State; readonly text: string }) {
  return (
    <>
      <Shape state={state} /> {text}
    </>
  )
}

/** What is to be done next. */
function Next({ tokens }: { readonly tokens: readonly Token[] }) {
  const { t } = useTranslation('connections')
  const [older, newer] = [...tokens].sort((a, b) => a.created.localeCompare(b.created))
  if (older === undefined) return <Said state="off" text={t('noToken')} />
  if (newer === undefined) return <Said state="ok" text={t('rotate.one')} />
  if (newer.lastUsed === undefined) return <Said state="wait" text={t('rotate.waiting')} />
  const idle = older.lastUsed === undefined ? t('neverUsed') : since(older.lastUsed)
  return <Said state="ok" text={t('rotate.used', { ago: since(newer.lastUsed), idle })} />
}

function Token({
  tenant,
  connection: { connection, tokens },
  token,
  mayConnect,
}: {
  readonly tenant: string
  readonly connection: Connection
  readonly token: Token
  readonly mayConnect: boolean
}) {
  const { t } = useTranslation('connections')
  const [isRevoking, setRevoking] = useState(false)
  const revoke = useAct('DELETE /tenants/{tenant}/connections/{connection}/tokens/{token}')
  const { id, created, expires, lastUsed } = token
  return (
    <div className={css.stack}>
      <Facts
        facts={[
          [t('token.id'), <code key="id">{id}</code>],
          [t('made'), moment(created)],
          [t('token.used'), lastUsed === undefined ? t('neverUsed') : `${moment(lastUsed)}, ${since(lastUsed)}`],
          [t('ends'), expires === undefined ? t('never') : day(expires)],
        ]}
      />
      {mayConnect && (
        <div className={css.buttons}>
          <Button variant="default" onClick={() => setRevoking(true)}>
            {t('token.revoke', { id })}
          </Button>
        </div>
      )}
      <Confirm
        opened={isRevoking}
        title={t('token.title', { id })}
        action={t('token.do')}
        {...(tokens.length === 1 ? { name: id } : {})}
        close={() => setRevoking(false)}
        run={() => revoke.mutateAsync({ params: { tenant, connection, token: id } })}
      >
        <p>{t(tokens.length === 1 ? 'token.last' : 'token.other')}</p>
      </Confirm>
    </div>
  )
}
