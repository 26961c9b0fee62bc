// What an import would do, row by row, and the import itself: a bar, stop, go on, and the refused rows as a file.

import { Button, Progress } from '@mantine/core'
import '@mantine/core/styles/Progress.css'
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Differences } from '../parts/change-diff.tsx'
import type { Difference } from '../parts/diff.ts'
import { Failed } from '../parts/failed.tsx'
import { NumberTile } from '../parts/number-tile.tsx'
import { Panel, Panels } from '../parts/page.tsx'
import { Status } from '../parts/status.tsx'
import { ShortTable } from '../parts/table.tsx'
import { useMay } from '../session.tsx'
import { number } from '../words/figures.ts'
import css from './import.module.css'
import { csvOf, type Edit, type Fields } from './import-rows.ts'
import { type Done, type Match, preview, type Row, run, type Verdict } from './import-run.ts'

/** Rows that are shown of each verdict. */
const SHOWN = 50
const STATES = { create: 'ok', update: 'wait', same: 'off', refuse: 'fail' } as const

/** The preview, and what follows from it. */
export function Preview({
  tenant,
  rows,
  match,
}: {
  readonly tenant: string
  readonly rows: readonly { readonly line: number; readonly fields: Fields }[]
  readonly match: Match
}) {
  const { t } = useTranslation('import')
  const { judged, looked, done, busy, error, look, start, stop } = useImport(tenant, rows, match)
  const edits = useMay('edit')
  const counts = judged === undefined ? undefined : countsOf(judged)
  const todo = counts === undefined ? 0 : counts.create + counts.update
  const over = done === undefined ? 0 : done.done + done.refused.length
  return (
    <Panel
      title={t('preview')}
      actions={
        <>
          {busy !== undefined && (
            <Button variant="default" onClick={stop}>
              {t('stop')}
            </Button>
          )}
          <Button variant="default" disabled={busy !== undefined} onClick={() => void look()}>
            {t(judged === undefined ? 'look' : 'lookAgain')}
          </Button>
          {edits && todo > 0 && done === undefined && (
            <Button disabled={busy !== undefined} onClick={() => void start()}>
              {t('run', { count: todo, people: number(todo) })}
            </Button>
          )}
        </>
      }
    >
      <div className={css.preview}>
        {error !== undefined && <Failed error={error} />}
        {busy === 'looking' && <Progress aria-label={t('look')} value={(looked / rows.length) * 100} />}
        {busy === 'running' && <Progress aria-label={t('running')} value={(over / todo) * 100} />}
        <p role="status">
          {done === undefined ? '' : t('done', { done: number(done.done), refused: number(done.refused.length) })}
        </p>
        {counts !== undefined && (
          <Panels least={140}>
            {(['create', 'update', 'same', 'refuse'] as const).map((does) => (
              <NumberTile key={does} name={t(`does.${does}`)} value={number(counts[does])} />
            ))}
          </Panels>
        )}
        {judged !== undefined && (
          <Rows rows={[...(done?.refused ?? []), ...judged.filter(({ verdict }) => verdict.does !== 'same')]} />
        )}
      </div>
    </Panel>
  )
}

function useImport(tenant: string, rows: readonly { readonly line: number; readonly fields: Fields }[], match: Match) {
  const client = useQueryClient()
  const [judged, setJudged] = useState<readonly Row[]>()
  const [looked, setLooked] = useState(0)
  const [done, setDone] = useState<Done>()
  const [busy, setBusy] = useState<'looking' | 'running'>()
  const [error, setError] = useState<unknown>()
  const controller = useRef(new AbortController())
  const guarded = async (what: 'looking' | 'running', work: (signal: AbortSignal) => Promise<void>) => {
    controller.current = new AbortController()
    setBusy(what)
    setError(undefined)
    try {
      await work(controller.current.signal)
    } catch (failure) {
      if (!controller.current.signal.aborted) setError(failure)
    } finally {
      setBusy(undefined)
    }
  }
  return {
    judged,
    looked,
    done,
    busy,
    error,
    stop: () => controller.current.abort(),
    look: () =>
      guarded('looking', async (signal) => {
        setDone(undefined)
        setJudged(await preview(tenant, rows, match, { signal, progress: setLooked }))
      }),
    start: () =>
      guarded('running', async (signal) => {
        setDone(await run(tenant, judged ?? [], { signal, progress: setDone }))
        void client.invalidateQueries()
      }),
  }
}

function countsOf(rows: readonly Row[]): { readonly [does in Verdict['does']]: number } {
  const counts = { create: 0, update: 0, same: 0, refuse: 0 }
  for (const { verdict } of rows) counts[verdict.does]++
  return counts
}

function Rows({ rows }: { readonly rows: readonly Row[] }) {
  const { t } = useTranslation('import')
  const refused = rows.filter(({ verdict }) => verdict.does === 'refuse')
  const shown = [...refused.slice(0, SHOWN), ...rows.filter(({ verdict }) => verdict.does !== 'refuse').slice(0, SHOWN)]
  const why = (verdict: Verdict) => (verdict.does !== 'refuse' ? '' : (verdict.said ?? t(`why.${verdict.why}`)))
  const file = csvOf([
    ['line', 'userName', 'why'],
    ...refused.map(({ line, fields, verdict }) => [String(line), fields.userName ?? '', why(verdict)]),
  ])
  return (
    <>
      {refused.length > 0 && (
        <a href={`data:text/csv;charset=utf-8,${encodeURIComponent(file)}`} download="refused.csv">
          {t('refusedFile', { count: refused.length, rows: number(refused.length) })}
        </a>
      )}
      {shown.length > 0 && (
        <ShortTable
          label={t('rows')}
          rows={shown}
          keyOf={({ line, verdict }) => `${line} ${verdict.does}`}
          columns={[
            { title: t('line'), align: 'end', cell: ({ line }) => number(line) },
            { title: t('person'), cell: ({ fields }) => fields.userName ?? fields.externalId ?? '–' },
            {
              title: t('would'),
              cell: ({ verdict }) => <Status state={STATES[verdict.does]}>{t(`does.${verdict.does}`)}</Status>,
            },
            {
              title: t('what'),
              cell: ({ verdict }) =>
                verdict.does === 'update' ? <Differences all={verdict.edits.map(difference)} /> : why(verdict),
            },
          ]}
        />
      )}
    </>
  )
}

function difference({ path, before, value }: Edit): Difference {
  return before === undefined ? { path, kind: 'added', after: value } : { path, kind: 'changed', before, after: value }
}
