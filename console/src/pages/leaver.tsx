// The receipt of somebody who left: a line an app, what was asked, confirmed and read back, and how to check it.

import { Button, Table } from '@mantine/core'
import '@mantine/core/styles/Table.css'
import { useParams } from '@tanstack/react-router'
import { Download, Printer, RefreshCw } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type Answer, callOf } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Copied } from '../parts/copy.tsx'
import { To } from '../parts/link.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Facts, Page, Panel } from '../parts/page.tsx'
import { saveFile } from '../parts/save-file.ts'
import { Scrolled } from '../parts/scrolled.tsx'
import { type State, Status } from '../parts/status.tsx'
import { SERVER } from '../place.ts'
import { duration, moment } from '../words/figures.ts'
import css from './apps/apps.module.css'

type Receipt = Answer<'GET /tenants/{tenant}/people/{user}/receipt'>['receipt'] & {
  readonly person?: { readonly userName?: string; readonly externalId?: string }
  readonly left?: { readonly how: 'deleted' | 'deactivated' | 'killed'; readonly at: string; readonly place: number }
  readonly iat?: number
  readonly iss?: string
}
type ReceiptApp = {
  readonly app: string
  readonly label?: string
  readonly account?: string
  readonly state: 'confirmed' | 'verified' | 'open' | 'none'
  readonly asked?: 'active' | 'disabled' | 'absent'
  readonly confirmedAt?: string
  readonly readBack?: { readonly found: 'none' | 'off' | 'active'; readonly at: string }
  readonly reason?: { readonly message: string }
}

const SHAPES: { readonly [state in ReceiptApp['state']]: State } = {
  verified: 'ok',
  confirmed: 'ok',
  open: 'wait',
  none: 'off',
}

/** The public keys of this server, by which anybody checks its receipts. */
const KEYS = new URL('.well-known/lockstep/jwks.json', SERVER)

export default function OneLeaver() {
  const { t } = useTranslation('apps')
  const { tenant = '', id = '' } = useParams({ strict: false }) as { readonly tenant?: string; readonly id?: string }
  const given = { params: { tenant, user: id } }
  const read = useApi('GET /tenants/{tenant}/people/{user}/receipt', given)
  const receipt = read.data?.receipt as Receipt | undefined
  const file = `receipt-${id}.jws`
  const name = receipt?.person?.userName ?? receipt?.person?.externalId ?? id
  return (
    <Page
      title={name}
      lead={receipt !== undefined && <Sentence receipt={receipt} />}
      actions={
        <div className={`${css.bar} ${css.noPrint}`}>
          <Button
            variant="default"
            leftSection={<RefreshCw size={14} />}
            loading={read.isFetching}
            onClick={() => void read.refetch()}
          >
            {t('receipt.again')}
          </Button>
          <Button variant="default" leftSection={<Printer size={14} />} onClick={() => window.print()}>
            {t('receipt.print')}
          </Button>
          {read.data !== undefined && (
            <Button
              leftSection={<Download size={14} />}
              onClick={() => saveFile(read.data.jws, file, 'application/jose')}
            >
              {t('receipt.save')}
            </Button>
          )}
          <AsCommand
            call={callOf('GET /tenants/{tenant}/people/{user}/receipt', given)}
            command={`lockstep receipt show ${id} --tenant ${tenant}`}
          />
        </div>
      }
    >
      <Loaded read={read}>
        {() => (
          <>
            {receipt !== undefined && <Apps receipt={receipt} />}
            {receipt !== undefined && (
              <Panel title={t('receipt.signature')}>
                <Facts
                  facts={[
                    [t('receipt.signedBy'), receipt.iss ?? '–'],
                    [t('receipt.signedAt'), receipt.iat === undefined ? '–' : moment(receipt.iat * 1_000)],
                    [
                      t('receipt.person'),
                      <To key="person" to="/t/$tenant/people/$id" params={{ tenant, id }}>
                        {name}
                      </To>,
                    ],
                  ]}
                />
                <p className={css.above}>{t('receipt.how')}</p>
                <ol className={`${css.numbered} ${css.inline}`}>
                  <li>{t('receipt.howSave', { file })}</li>
                  <li>
                    {t('receipt.howKeys')}{' '}
                    <a href={KEYS.href} download="jwks.json">
                      {KEYS.href}
                    </a>
                  </li>
                  <li>
                    {t('receipt.howVerify')}
                    <Copied text={`lockstep receipt verify ${file} --jwks jwks.json`} name={t('receipt.howVerify')} />
                  </li>
                </ol>
              </Panel>
            )}
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Sentence({ receipt: { apps, complete, left } }: { readonly receipt: Receipt }) {
  const { t } = useTranslation('apps')
  if (left === undefined) return <Status state="off">{t('receipt.notLeft')}</Status>
  const all = (apps as readonly ReceiptApp[]).filter(({ state }) => state !== 'none')
  const open = all.filter(({ state }) => state === 'open')
  if (!complete) {
    const where = open.map(({ label, app }) => label ?? app).join(', ')
    return <Status state="wait">{t('receipt.open', { count: open.length, all: all.length, where })}</Status>
  }
  if (all.length === 0) return <Status state="ok">{t('receipt.nowhere')}</Status>
  const slowest = Math.max(0, ...all.map(({ confirmedAt = left.at }) => Date.parse(confirmedAt) - Date.parse(left.at)))
  return <Status state="ok">{t('receipt.out', { count: all.length, slowest: duration(slowest) })}</Status>
}

function Apps({ receipt: { apps, left } }: { readonly receipt: Receipt }) {
  const { t } = useTranslation('apps')
  const rows = apps as readonly ReceiptApp[]
  return (
    <Panel
      title={
        left === undefined
          ? t('receipt.apps')
          : t('receipt.left', { how: t(`leavers.how.${left.how}`), time: moment(left.at) })
      }
      flush
    >
      {rows.length === 0 ? (
        <Empty what={t('receipt.noApps')} />
      ) : (
        <Scrolled label={t('receipt.apps')} least={600}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('column.app')}</Table.Th>
                <Table.Th>{t('column.account')}</Table.Th>
                <Table.Th>{t('column.state')}</Table.Th>
                <Table.Th>{t('receipt.confirmed')}</Table.Th>
                <Table.Th>{t('receipt.readBack')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((one) => (
                <Table.Tr key={one.app}>
                  <Table.Td>{one.label ?? one.app}</Table.Td>
                  <Table.Td>{one.account ?? '–'}</Table.Td>
                  <Table.Td>
                    <Status state={SHAPES[one.state]}>
                      {t(`receipt.state.${one.state}`)}
                      {one.reason === undefined ? '' : `: ${one.reason.message}`}
                    </Status>
                  </Table.Td>
                  <Table.Td>{one.confirmedAt === undefined ? '–' : moment(one.confirmedAt)}</Table.Td>
                  <Table.Td>
                    {one.readBack === undefined
                      ? t('receipt.notRead')
                      : `${t(`receipt.found.${one.readBack.found}`)}, ${moment(one.readBack.at)}`}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Scrolled>
      )}
    </Panel>
  )
}
