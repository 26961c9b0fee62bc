// What a map and a scope make of real people: value by value, faults first.

import { Table } from '@mantine/core'
import '@mantine/core/styles/Table.css'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../../api/client.ts'
import { Empty } from '../../parts/loaded.tsx'
import { Status } from '../../parts/status.tsx'
import { number } from '../../words/figures.ts'
import css from './apps.module.css'

/** A preview as the API gives it. */
export type Preview = Answer<'POST /tenants/{tenant}/apps/{app}/map/preview'>
type Row = Preview['rows'][number]

/** What is wrong or questionable about maps and grants. */
export function Findings({ findings }: Pick<Preview, 'findings'>) {
  if (findings.length === 0) return null
  return (
    <ul className={css.findings}>
      {findings.map(({ level, option, text }) => (
        <li key={`${option} ${text}`}>
          <Status state={level === 'error' ? 'fail' : 'warn'}>
            <code>{option}</code> {text}
          </Status>
        </li>
      ))}
    </ul>
  )
}

/** People and what becomes of them: the ugliest first. */
export function PreviewTable({
  preview,
  before,
}: {
  readonly preview: Preview
  readonly before?: Preview | undefined
}) {
  const { t } = useTranslation('apps')
  const { rows, looked } = preview
  if (rows.length === 0) return <Empty what={t('preview.none')} why={t('preview.noneWhy', { count: looked })} />
  const columns = [...new Set(rows.flatMap(({ document = {} }) => Object.keys(document)))]
  const earlier = new Map((before?.rows ?? []).map((row) => [row.resource, row]))
  const sorted = rows.toSorted((a, b) => uglinessOf(b, columns) - uglinessOf(a, columns))
  return (
    <>
      <p className={css.quiet}>{t('preview.looked', { shown: number(rows.length), count: looked })}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
      <section className={css.wide} aria-label={t('preview.title')} tabIndex={0}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('column.who')}</Table.Th>
              {columns.map((name) => (
                <Table.Th key={name}>{lastOf(name)}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sorted.map((row) => (
              <PreviewRow key={row.resource} row={row} columns={columns} before={earlier.get(row.resource)} />
            ))}
          </Table.Tbody>
        </Table>
      </section>
    </>
  )
}

function PreviewRow({
  row,
  columns,
  before,
}: {
  readonly row: Row
  readonly columns: readonly string[]
  readonly before: Row | undefined
}) {
  const { t } = useTranslation('apps')
  const { fault, document = {}, scope } = row
  if (fault !== undefined || !scope.in) {
    const failed = scope.clauses.find(({ holds }) => !holds)
    return (
      <Table.Tr>
        <Table.Td>{row.name}</Table.Td>
        <Table.Td colSpan={Math.max(1, columns.length)}>
          {fault === undefined ? (
            <Status state="off">{t('preview.out', { clause: failed?.text ?? failed?.clause ?? '' })}</Status>
          ) : (
            <Status state="fail">
              <code>{fault.attribute}</code> {fault.message}
            </Status>
          )}
        </Table.Td>
      </Table.Tr>
    )
  }
  return (
    <Table.Tr>
      <Table.Td>{row.name}</Table.Td>
      {columns.map((name) => {
        const value = shown(document[name])
        const was = before?.document === undefined ? value : shown(before.document[name])
        return (
          <Table.Td
            key={name}
            className={value === was ? undefined : css.changed}
            title={value === was ? undefined : was}
          >
            {value === '' ? <span className={css.quiet}>–</span> : value}
          </Table.Td>
        )
      })}
    </Table.Tr>
  )
}

/** Faults first, then whoever lacks most. */
function uglinessOf({ fault, document = {}, scope }: Row, columns: readonly string[]): number {
  if (fault !== undefined) return 1_000
  if (!scope.in) return -1
  return columns.filter((name) => document[name] === undefined || document[name] === '').length
}

/** The last part of a path; extensions are known by their attribute. */
function lastOf(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1)
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map((one: unknown) => shown(ownValue(one))).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function ownValue(one: unknown): unknown {
  return typeof one === 'object' && one !== null && 'value' in one ? one.value : one
}
