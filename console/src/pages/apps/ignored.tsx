// Differences in an app that are left for some time: said with a reason, listed, and taken back.

import { Button, NumberInput, TextInput } from '@mantine/core'
import '@mantine/core/styles/NumberInput.css'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../../api/client.ts'
import { useAct, useApi } from '../../api/use-api.ts'
import form from '../../parts/confirm.module.css'
import { Dialog } from '../../parts/dialog.tsx'
import { Failed } from '../../parts/failed.tsx'
import { Panel } from '../../parts/page.tsx'
import { ShortTable } from '../../parts/table.tsx'
import { useMay } from '../../session.tsx'
import { moment } from '../../words/figures.ts'
import type { AppTab } from './app-tab.ts'

type Drift = Answer<'GET /tenants/{tenant}/apps/{app}/sweeps/{sweep}/drift'>['items'][number]
/** Most days. */
const MOST = 90

/** Whether a difference may be left: never access that must have ended, nor an account that is missing. */
export function isIgnorable({ kind, done, resource, type, what }: Drift): boolean {
  const isAccount = kind === 'stranger' || (kind === 'drifted' && resource !== undefined)
  // Members that differ are those of a group, and no attribute.
  return isAccount && (done === 'reported' || done === 'asked') && !(type === 'Group' && what.includes('member'))
}

/** Asks why, and for how long. */
export function IgnoreDialog({
  tenant,
  app,
  drift,
  close,
}: AppTab & { readonly drift: Drift; readonly close: () => void }) {
  const { t } = useTranslation('apps')
  const [reason, setReason] = useState('')
  const [days, setDays] = useState(30)
  const ignore = useAct('POST /tenants/{tenant}/apps/{app}/ignored', { done: close })
  const { kind, type, account, what } = drift
  return (
    <Dialog title={t('ignore.title', { name: drift.name })} close={close}>
      <form
        className={form.form}
        onSubmit={(event) => {
          event.preventDefault()
          const own = kind === 'stranger' ? { kind } : { kind: 'drifted' as const, attributes: what.split(', ') }
          ignore.mutate({
            params: { tenant, app: app.app },
            body: { ...own, type, account, reason, days } as never,
          })
        }}
      >
        <p>{kind === 'stranger' ? t('ignore.stranger') : t('ignore.drifted', { what })}</p>
        <TextInput
          label={t('ignore.reason')}
          value={reason}
          required
          maxLength={500}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <NumberInput
          label={t('ignore.days')}
          value={days}
          min={1}
          max={MOST}
          allowDecimal={false}
          onChange={(value) => setDays(Number(value))}
        />
        {ignore.error !== null && <Failed error={ignore.error} />}
        <Button
          type="submit"
          loading={ignore.isPending}
          disabled={reason.trim() === '' || !(days >= 1 && days <= MOST)}
        >
          {t('ignore.do')}
        </Button>
      </form>
    </Dialog>
  )
}

/** What is left for now; nothing where nothing is. */
export function Ignored({ tenant, app }: AppTab) {
  const { t } = useTranslation('apps')
  const may = useMay('apps')
  const mayRead = useMay('values')
  const params = { tenant, app: app.app }
  const { data } = useApi('GET /tenants/{tenant}/apps/{app}/ignored', { params }, { enabled: mayRead })
  const end = useAct('DELETE /tenants/{tenant}/apps/{app}/ignored/{ignored}')
  if (data === undefined || data.items.length === 0) return null
  return (
    <Panel flush title={t('ignore.left')}>
      {end.error !== null && <Failed error={end.error} />}
      <ShortTable
        label={t('ignore.left')}
        rows={data.items}
        keyOf={({ ignored }) => ignored}
        columns={[
          { title: t('column.who'), cell: ({ name, account }) => name ?? account },
          { title: t('column.account'), cell: ({ account }) => account },
          { title: t('column.differs'), cell: ({ attributes }) => attributes?.join(', ') ?? t('drift.count.stranger') },
          { title: t('ignore.reason'), cell: ({ reason, by }) => `${reason} · ${by}` },
          { title: t('ignore.until'), cell: ({ until }) => moment(until) },
          {
            title: '',
            cell: ({ ignored }) =>
              may && (
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => end.mutate({ params: { ...params, ignored } })}
                >
                  {t('ignore.end')}
                </Button>
              ),
          },
        ]}
      />
    </Panel>
  )
}
