// A short table, for lists that fit on a page: its first column stays, the rest scrolls inside.

import type { ReactNode } from 'react'
import css from './table.module.css'

/** A column of a short table. */
export interface ShortColumn<Row> {
  readonly title: string
  readonly cell: (row: Row) => ReactNode
  readonly align?: 'end'
}

/** A short table. */
export function ShortTable<Row>({
  label,
  columns,
  rows,
  keyOf,
}: {
  readonly label: string
  readonly columns: readonly ShortColumn<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
    <section className={css.scroll} tabIndex={0} aria-label={label}>
      <table className={css.table}>
        <thead>
          <tr>
            {columns.map(({ title, align }, at) => (
              <th key={title === '' ? at : title} scope="col" className={align === 'end' ? css.end : undefined}>
                {title === '' ? <span className="unseen">{label}</span> : title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ title, cell, align }, at) => (
                <td key={title === '' ? at : title} className={align === 'end' ? css.end : undefined}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
