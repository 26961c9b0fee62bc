// One check: for whom it works, what is wrong and what would be right, and what is new.

import { Button, Progress } from '@mantine/core'
import '@mantine/core/styles/Progress.css'
import { useMutation } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { callOf, send } from '../api/client.ts'
import { useAct, useApi } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Failed } from '../parts/failed.tsx'
import { To } from '../parts/link.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { NumberTile } from '../parts/number-tile.tsx'
import { Page, Panel, Panels } from '../parts/page.tsx'
import { saveFile } from '../parts/save-file.ts'
import { Status } from '../parts/status.tsx'
import { useParam } from '../search.ts'
import { useMay } from '../session.tsx'
import { duration, moment, number } from '../words/figures.ts'
import { CheckDifference } from './checks/check-difference.tsx'
import { CheckFindings } from './checks/check-findings.tsx'
import { CheckProviders } from './checks/check-providers.tsx'
import css from './checks/checks.module.css'
import { Outcome } from './checks/outcome.tsx'
import { Said } from './checks/said.tsx'
import { type CheckRun, useSubject } from './checks/subject.ts'
import { useResults } from './checks/use-results.ts'
import { VERDICTS } from './checks/verdicts.ts'

const SHOW = 'GET /tenants/{tenant}/checks/{check}'
const REPORT = 'GET /tenants/{tenant}/checks/{check}/report'
/** How often a check under way is read. */
const RUNNING_MS = 1_000

/** The page of one check. */
export default function CheckRunPage() {
  const { t } = useTranslation('checks')
  const tenant = useParam('tenant')
  const check = useParam('check')
  const params = { tenant, check }
  const read = useApi(
    SHOW,
    { params },
    { everyMs: (answer) => (answer === undefined || answer.state === 'running' ? RUNNING_MS : undefined) },
  )
  const subjectOf = useSubject()
  const { data } = read
  const what = data === undefined ? '' : subjectOf(data.subject)
  return (
    <Page
      title={what === '' ? t('title') : t('titleOf', { what })}
      lead={data === undefined ? undefined : <Outcome run={data} />}
      actions={
        <>
          {data?.state === 'running' ? <Stop {...params} /> : <Save {...params} />}
          <AsCommand call={callOf(REPORT, { params, query: { format: 'json' } })} />
        </>
      }
    >
      <p className={css.quiet}>
        <To to="/t/$tenant/check" params={{ tenant }}>
          {t('all')}
        </To>
      </p>
      <Loaded read={read}>{(run) => <Run key={check} tenant={tenant} run={run} />}</Loaded>
    </Page>
  )
}

function Run({ tenant, run }: { readonly tenant: string; readonly run: CheckRun }) {
  const { t } = useTranslation('checks')
  const isRunning = run.state === 'running'
  const found = useResults(tenant, run.check, isRunning)
  return (
    <div className={css.run}>
      {isRunning && (
        <div className={css.progress}>
          <Progress aria-label={t('progress')} value={run.of === 0 ? 0 : (run.done / run.of) * 100} />
          <p role="status">
            {run.of === 0 ? t('beginning') : t('doneOf', { done: number(run.done), of: number(run.of) })}
          </p>
        </div>
      )}
      {run.message !== undefined && <Said state="fail">{run.message}</Said>}
      {run.stopped !== undefined && (
        <Said state="off">
          {t(`stoppedBy.${run.stopped}`)} {run.left.length === 0 && t('removed')}
        </Said>
      )}
      {run.note !== undefined && <p>{run.note}</p>}
      <Panels least={130}>
        {VERDICTS.map(({ verdict }) => (
          <NumberTile key={verdict} name={t(`verdicts.${verdict}`)} value={number(run.counts[verdict])} />
        ))}
      </Panels>
      <p className={css.quiet}>
        {t('facts', {
          when: moment(run.began),
          took: run.ended === undefined ? '…' : duration(Date.parse(run.ended) - Date.parse(run.began)),
          requests: number(run.requests),
        })}
      </p>
      <Left title={t('left')} urls={run.left} />
      <Left title={t('leftovers')} urls={run.leftovers} />
      {found.error !== undefined && <Failed error={found.error} />}
      {!isRunning && <CheckDifference tenant={tenant} check={run.check} />}
      <CheckProviders providers={found.providers} />
      <CheckFindings results={found.results} isRunning={isRunning} />
    </div>
  )
}

function Left({ title, urls }: { readonly title: string; readonly urls: readonly string[] }) {
  if (urls.length === 0) return null
  return (
    <Panel title={<Status state="warn">{title}</Status>}>
      <ul className={css.urls}>
        {urls.map((url) => (
          <li key={url}>
            <code>{url}</code>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function Stop({ tenant, check }: { readonly tenant: string; readonly check: string }) {
  const { t } = useTranslation('checks')
  const stop = useAct('POST /tenants/{tenant}/checks/{check}/stop')
  if (!useMay('edit')) return null
  return (
    <Button
      variant="default"
      // It goes on until what it made is removed.
      loading={stop.isPending || stop.isSuccess}
      onClick={() => stop.mutate({ params: { tenant, check } })}
    >
      {t('stop')}
    </Button>
  )
}

const FORMATS = ['json', 'html', 'junit', 'badge'] as const
const TYPES = { json: 'application/json', html: 'text/html', junit: 'application/xml', badge: 'image/svg+xml' } as const
const ENDINGS = { json: 'json', html: 'html', junit: 'xml', badge: 'svg' } as const

function Save({ tenant, check }: { readonly tenant: string; readonly check: string }) {
  const { t } = useTranslation('checks')
  const save = useMutation({
    mutationFn: async (format: (typeof FORMATS)[number]) => {
      const response = await send(callOf(REPORT, { params: { tenant, check }, query: { format } }))
      saveFile(await response.text(), `scim-check-${check}.${ENDINGS[format]}`, TYPES[format])
    },
  })
  return FORMATS.map((format) => (
    <Button
      key={format}
      variant="default"
      leftSection={<Download size={14} />}
      loading={save.isPending && save.variables === format}
      onClick={() => save.mutate(format)}
    >
      {t(`save.${format}`)}
    </Button>
  ))
}
