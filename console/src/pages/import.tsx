// Import: a file is read in the browser, its columns become attributes, every row says what it would do, and then it is done.

import { FileInput, Select } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { callOf } from '../api/client.ts'
import { AsCommand, quoted } from '../parts/as-command.tsx'
import { Failed } from '../parts/failed.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { ShortTable } from '../parts/table.tsx'
import { useParam } from '../search.ts'
import { number } from '../words/figures.ts'
import css from './import.module.css'
import { type FileRows, readFile } from './import-file.ts'
import { Preview } from './import-preview.tsx'
import { csvOf, fieldsOf, guess, TARGETS } from './import-rows.ts'
import type { Match } from './import-run.ts'

/** Rows that show what the columns become. */
const SHOWN = 5
const EXAMPLE = csvOf([
  ['userName', 'name.givenName', 'name.familyName', 'email', 'department', 'active'],
  ['bjensen@acme.example', 'Barbara', 'Jensen', 'bjensen@acme.example', 'Sales', 'true'],
])

/** The page of an import. */
export default function Import() {
  const { t } = useTranslation('import')
  const tenant = useParam('tenant')
  const [file, setFile] = useState<FileRows>()
  const [columns, setColumns] = useState<readonly string[]>([])
  const [match, setMatch] = useState<Match>('userName')
  const [error, setError] = useState<unknown>()
  const choose = async (chosen: File | null) => {
    setFile(undefined)
    setError(undefined)
    if (chosen === null) return
    try {
      const read = await readFile(chosen, {
        tooLong: (most) => t('tooLong', { most, command: `lockstep import ${quoted(chosen.name)}` }),
        noRows: t('noRows'),
        notRead: (why) => t('notRead', { why }),
      })
      setFile(read)
      setColumns(read.headings.map(guess))
    } catch (failure) {
      setError(failure)
    }
  }
  return (
    <Page
      title={t('title')}
      lead={tenant}
      actions={
        <AsCommand
          call={callOf('POST /tenants/{tenant}/imports', {
            params: { tenant },
            body: { type: 'User', match, dry: true },
          })}
          command={`lockstep import ${quoted(file?.name ?? 'people.csv')} --tenant ${tenant}`}
        />
      }
    >
      <Panel title={t('choose')}>
        <div className={css.choose}>
          <FileInput
            label={t('file')}
            description={t('fileHow')}
            placeholder={t('fileNone')}
            accept=".csv,.jsonl,.ndjson,.json,text/csv"
            onChange={(chosen) => void choose(chosen)}
          />
          <a href={`data:text/csv;charset=utf-8,${encodeURIComponent(EXAMPLE)}`} download="people.csv">
            {t('example')}
          </a>
        </div>
        {error !== undefined && <Failed error={error} />}
      </Panel>
      {file !== undefined && (
        <>
          <Panel title={t('columns', { count: file.rows.length, rows: number(file.rows.length) })} flush>
            <Columns file={file} columns={columns} change={setColumns} />
          </Panel>
          <Panel title={t('match')}>
            <div className={css.choose}>
              <Select
                label={t('matchBy')}
                description={t('matchHow')}
                data={['userName', 'externalId']}
                value={match}
                onChange={(one) => setMatch(one === 'externalId' ? 'externalId' : 'userName')}
              />
            </div>
          </Panel>
          <Preview
            key={`${file.name} ${columns.join()} ${match}`}
            tenant={tenant}
            match={match}
            rows={file.rows.map(({ line, cells }) => ({ line, fields: fieldsOf(cells, columns) }))}
          />
        </>
      )}
    </Page>
  )
}

function Columns({
  file,
  columns,
  change,
}: {
  readonly file: FileRows
  readonly columns: readonly string[]
  readonly change: (columns: readonly string[]) => void
}) {
  const { t } = useTranslation('import')
  const data = [
    { value: '', label: t('ignore') },
    ...Object.keys(TARGETS).map((path) => ({ value: path, label: path })),
  ]
  return (
    <ShortTable
      label={t('columnsLabel')}
      rows={file.headings.map((heading, at) => ({ heading, at }))}
      keyOf={({ at }) => String(at)}
      columns={[
        { title: t('column'), cell: ({ heading }) => heading },
        {
          title: t('attribute'),
          cell: ({ heading, at }) => (
            <Select
              aria-label={t('attributeOf', { heading })}
              data={data}
              value={columns[at] ?? ''}
              onChange={(path) => change(columns.map((one, index) => (index === at ? (path ?? '') : one)))}
            />
          ),
        },
        {
          title: t('firstRows'),
          cell: ({ at }) =>
            file.rows
              .slice(0, SHOWN)
              .map(({ cells }) => cells[at] ?? '')
              .filter((cell) => cell !== '')
              .join(' · '),
        },
      ]}
    />
  )
}
