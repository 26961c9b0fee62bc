// The setup links of a tenant: sent to a customer, watched step by step, extended and revoked.

import { ActionIcon, Button, Menu } from '@mantine/core'
import { MoreHorizontal, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, callOf } from '../api/client.ts'
import { useAct, useList } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Failed } from '../parts/failed.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { type State, Status } from '../parts/status.tsx'
import { ShortTable } from '../parts/table.tsx'
import { useParam } from '../search.ts'
import { useMay } from '../session.tsx'
import { day, since } from '../words/figures.ts'
import { NewSetupLink } from './setup-link-new.tsx'

type Link = Answer<'GET /tenants/{tenant}/setup-links'>['items'][number]

/** How often it is looked while customers may be at work. */
const LOOK_MS = 5_000
/** What each state looks like. */
const STATES: { readonly [state in Link['state']]: State } = {
  open: 'wait',
  expired: 'off',
  revoked: 'off',
  guessed: 'fail',
}

/** The page of a tenant's setup links. */
export default function SetupLinks() {
  const { t } = useTranslation('setup')
  const tenant = useParam('tenant')
  const connects = useMay('connect')
  const [making, setMaking] = useState(false)
  const given = { params: { tenant }, query: {} }
  const list = useList('GET /tenants/{tenant}/setup-links', given, { everyMs: LOOK_MS })
  const make = connects && (
    <Button leftSection={<Plus size={14} />} onClick={() => setMaking(true)}>
      {t('new.open')}
    </Button>
  )
  return (
    <Page
      title={t('title')}
      lead={tenant}
      actions={
        <>
          <AsCommand
            call={callOf('GET /tenants/{tenant}/setup-links', given)}
            command={`lockstep setup-link list ${tenant}`}
          />
          {make}
        </>
      }
    >
      <Loaded read={list.query}>
        {() =>
          list.items.length === 0 ? (
            <Empty what={t('empty.what')} why={t('empty.why')} action={make} />
          ) : (
            <Panel flush>
              <Links tenant={tenant} links={list.items} connects={connects} />
            </Panel>
          )
        }
      </Loaded>
      {list.hasMore && (
        <Button variant="default" onClick={list.more}>
          {t('more')}
        </Button>
      )}
      {making && <NewSetupLink tenant={tenant} close={() => setMaking(false)} />}
    </Page>
  )
}

function Links({
  tenant,
  links,
  connects,
}: {
  readonly tenant: string
  readonly links: readonly Link[]
  readonly connects: boolean
}) {
  const { t } = useTranslation('setup')
  const { t: common } = useTranslation()
  const kindOf = ({ chosen, kinds }: Link) =>
    (chosen === undefined ? kinds : [chosen]).map((kind) => common(`kinds.${kind as 'okta'}`)).join(', ')
  return (
    <ShortTable
      label={t('title')}
      rows={links}
      keyOf={({ link }) => link}
      columns={[
        { title: t('for'), cell: ({ note, link }) => note ?? link },
        { title: t('state'), cell: (row) => <LinkState row={row} /> },
        { title: t('step'), cell: (row) => t(`steps.${row.step}`) },
        { title: t('kind'), cell: kindOf },
        {
          title: t('opened'),
          cell: ({ opened }) => {
            const last = opened.last.at(-1)
            return last === undefined ? t('never') : t('openedFrom', { when: since(last.at), from: last.from })
          },
        },
        { title: t('tokens'), align: 'end', cell: ({ tokens }) => tokens.length },
        { title: t('until'), cell: ({ expires }) => day(expires) },
        ...(connects ? [{ title: '', cell: (row: Link) => <Actions tenant={tenant} row={row} /> }] : []),
      ]}
    />
  )
}

function LinkState({ row }: { readonly row: Link }) {
  const { t } = useTranslation('setup')
  if (row.done !== undefined) return <Status state="ok">{t('states.done')}</Status>
  if (row.state === 'open' && row.looksDifferent.length > 0)
    return (
      <Status state="warn" title={row.looksDifferent.map(({ click }) => click).join(', ')}>
        {t('states.different')}
      </Status>
    )
  return <Status state={STATES[row.state]}>{t(`states.${row.state}`)}</Status>
}

/** What can be done with a link. */
function Actions({ tenant, row }: { readonly tenant: string; readonly row: Link }) {
  const { t } = useTranslation('setup')
  const [revoking, setRevoking] = useState(false)
  const extend = useAct('PATCH /tenants/{tenant}/setup-links/{link}')
  const revoke = useAct('DELETE /tenants/{tenant}/setup-links/{link}')
  const { link, state, note = link } = row
  if (state === 'revoked' || state === 'guessed') return null
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('actionsOf', { name: note })}>
            <MoreHorizontal size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => extend.mutate({ params: { tenant, link }, body: { days: 7 } })}>
            {t('extend')}
          </Menu.Item>
          <Menu.Item color="red" onClick={() => setRevoking(true)}>
            {t('revoke.open')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {extend.error !== null && <Failed error={extend.error} />}
      <Confirm
        opened={revoking}
        title={t('revoke.title', { name: note })}
        action={t('revoke.do')}
        run={() => revoke.mutateAsync({ params: { tenant, link }, query: { tokens: 'false' } })}
        close={() => setRevoking(false)}
      >
        <p>{t('revoke.what')}</p>
      </Confirm>
    </>
  )
}
