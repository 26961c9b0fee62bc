// A list of any length: one tab stop that points at its current line, with only the lines in sight in the document.

import { useMediaQuery } from '@mantine/hooks'
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './grid.module.css'
import { useLines } from './grid-lines.ts'
import { lettersAreKeys } from './keys.ts'

/** A column. */
export interface Column<Row> {
  readonly id: string
  readonly title: string
  /** A track of CSS: `120px`, `minmax(160px, 2fr)`. */
  readonly width: string
  readonly cell: (row: Row) => ReactNode
  readonly align?: 'end'
  readonly mono?: boolean
  /** Below 760 px a line has two rows: `lead` and `state` in the first, `sub` in the second. Absent: `sub`. */
  readonly narrow?: 'lead' | 'state' | 'sub' | 'hidden'
  /** By which the list is sorted, if it is; the heading then sorts. */
  readonly sort?: { readonly order: 'ascending' | 'descending' | 'none'; readonly change: () => void }
}

/** What a grid is given. */
export interface GridProps<Row> {
  /** Its name for screen readers. */
  readonly label: string
  readonly columns: readonly Column<Row>[]
  /** How many lines there are, read or not. */
  readonly count: number
  /** The line at a place; undefined while it is read. */
  readonly rowAt: (index: number) => Row | undefined
  readonly keyOf: (row: Row) => string
  /** The lines in sight, so that they can be read. */
  readonly onRange?: (first: number, last: number) => void
  readonly onOpen?: (row: Row) => void
  /** The key of the line that is open beside the list. */
  readonly open?: string | undefined
  readonly onClose?: () => void
  readonly selected?: ReadonlySet<string>
  readonly onSelect?: (selected: ReadonlySet<string>) => void
  /** `.`: what can be done with a line. */
  readonly onActions?: (row: Row, at: Element) => void
  /** Keys of the list's own, before those of every list; returns whether it was one. The next line is pointed at then. */
  readonly onKey?: (key: string, row: Row) => boolean
  /** Lines that failed have a bar at their edge. */
  readonly stateOf?: (row: Row) => 'fail' | 'warn' | 'held' | undefined
  /** Stays where lines come; whoever scrolls away, or enters by keyboard, leaves it. */
  readonly follow?: boolean
  /** Lines come at the beginning, not at the end. */
  readonly newestFirst?: boolean
  readonly onFollow?: (follow: boolean) => void
  /** How high it is, where the page does not fill the window. */
  readonly height?: number
}

/**
 * A list of any length.
 *
 * @example
 * <Grid label={t('title')} columns={columns} count={total} rowAt={(at) => items[at]} keyOf={(row) => row.id}
 *   onRange={(_, last) => last > items.length - 20 && more()} onOpen={(row) => go(…)} />
 */
export function Grid<Row>(props: GridProps<Row>) {
  const {
    label,
    columns,
    count,
    rowAt,
    keyOf,
    open,
    selected,
    follow = false,
    newestFirst = false,
    onFollow,
    height,
  } = props
  const { t } = useTranslation('parts')
  const id = useId()
  const narrow = useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false })
  const place = useRef<HTMLDivElement>(null)
  const [current, setCurrent] = useState(-1)
  const lines = useLines({ count, narrow, place, current, onRange: props.onRange })
  useFollowing(newestFirst ? lines.toStart : lines.toEnd, follow, count)
  const goTo = (index: number) => {
    const at = Math.max(0, Math.min(count - 1, index))
    setCurrent(at)
    lines.show(at)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== place.current) return
    if (keyPressed(event, { props, current, goTo, page: lines.page })) event.preventDefault()
  }
  const onFocus = (event: React.FocusEvent) => {
    if (event.target !== place.current || !place.current.matches(':focus-visible')) return
    // Entered by keyboard: what moves would take the line away that is pointed at.
    if (follow) onFollow?.(false)
    if (current < 0) setCurrent(follow && !newestFirst ? count - 1 : lines.first)
  }
  const active = current >= 0 && current < count ? `${id}-${current}` : undefined
  const template = narrow ? undefined : { gridTemplateColumns: columns.map((one) => one.width).join(' ') }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table can't be virtual.
    <div
      ref={place}
      role="grid"
      tabIndex={0}
      className={`${css.grid} ${height === undefined ? css.fill : ''}`}
      style={height === undefined ? {} : { height }}
      aria-label={label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length}
      aria-activedescendant={active}
      aria-multiselectable={selected === undefined ? undefined : true}
      onKeyDown={onKeyDown}
      onFocus={onFocus}
      onWheel={(event) => {
        if (follow && (newestFirst ? event.deltaY > 0 : event.deltaY < 0)) onFollow?.(false)
      }}
    >
      <Head columns={columns} narrow={narrow} template={template} />
      {/* biome-ignore lint/a11y/useSemanticElements: a table can't be virtual. */}
      <div role="rowgroup" className={css.body} style={{ height: lines.height }}>
        {lines.items.map(({ index, start, size }) => {
          const row = rowAt(index)
          const key = row === undefined ? `place-${index}` : keyOf(row)
          return (
            <Line
              key={key}
              id={`${id}-${index}`}
              row={row}
              index={index}
              style={{ transform: `translateY(${start}px)`, height: size, ...template }}
              narrow={narrow}
              columns={columns}
              current={index === current}
              open={row !== undefined && open === key}
              selected={selected?.has(key)}
              state={row === undefined ? undefined : props.stateOf?.(row)}
              onClick={(event) => {
                setCurrent(index)
                if (row !== undefined && !isControl(event)) props.onOpen?.(row)
              }}
            />
          )
        })}
      </div>
      {count === 0 && <p className="unseen">{t('noLines')}</p>}
    </div>
  )
}

/** Keeps the place where lines come in sight while the list follows. */
function useFollowing(toNewest: () => void, follow: boolean, count: number): void {
  const last = useRef(toNewest)
  last.current = toNewest
  useEffect(() => {
    if (follow && count > 0) last.current()
  }, [follow, count])
}

/** Carries out a key of a list. Returns whether it was one. */
function keyPressed<Row>(
  event: KeyboardEvent,
  {
    props,
    current,
    goTo,
    page,
  }: {
    readonly props: GridProps<Row>
    readonly current: number
    readonly goTo: (index: number) => void
    readonly page: number
  },
): boolean {
  if (event.metaKey || event.ctrlKey || event.altKey) return false
  const row = current < 0 ? undefined : props.rowAt(current)
  const letters = lettersAreKeys()
  const { key } = event
  if (letters && row !== undefined && props.onKey?.(key, row) === true) {
    goTo(current + 1)
    return true
  }
  if (key === 'ArrowDown' || (letters && key === 'j')) goTo(current + 1)
  else if (key === 'ArrowUp' || (letters && key === 'k')) goTo(current - 1)
  else if (key === 'PageDown') goTo(current + page)
  else if (key === 'PageUp') goTo(current - page)
  else if (key === 'Home') goTo(0)
  else if (key === 'End') goTo(props.count - 1)
  else if (key === 'Enter' && row !== undefined && props.onOpen !== undefined) props.onOpen(row)
  else if (key === 'Escape' && props.open !== undefined && props.onClose !== undefined) props.onClose()
  else if (key === 'x' && letters && row !== undefined && props.onSelect !== undefined) select(props, row)
  else if (key === '.' && row !== undefined && props.onActions !== undefined) props.onActions(row, event.currentTarget)
  else if (key === ' ' && props.onFollow !== undefined) props.onFollow(props.follow !== true)
  else return false
  return true
}

function select<Row>({ selected = new Set(), onSelect, keyOf }: GridProps<Row>, row: Row): void {
  const key = keyOf(row)
  const next = new Set(selected)
  if (!next.delete(key)) next.add(key)
  onSelect?.(next)
}

/** Whether a click was on something that does something by itself. */
function isControl({ target }: MouseEvent): boolean {
  return target instanceof Element && target.closest('a, button, input, label') !== null
}

function Head<Row>({
  columns,
  narrow,
  template,
}: {
  readonly columns: readonly Column<Row>[]
  readonly narrow: boolean
  readonly template: object | undefined
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table can't be virtual.
    <div role="rowgroup" className={narrow ? 'unseen' : css.head}>
      {/* biome-ignore lint/a11y/useSemanticElements: a table can't be virtual. */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus. */}
      <div role="row" aria-rowindex={1} className={css.headRow} style={template}>
        {columns.map(({ id, title, align, sort }) => (
          // biome-ignore lint/a11y/useSemanticElements: a table can't be virtual.
          // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
          <div key={id} role="columnheader" aria-sort={sort?.order} className={align === 'end' ? css.end : undefined}>
            {sort === undefined || narrow ? (
              title
            ) : (
              <button type="button" className={css.sort} onClick={sort.change}>
                {title}
                <span aria-hidden="true">
                  {sort.order === 'ascending' ? ' ↑' : sort.order === 'descending' ? ' ↓' : ''}
                </span>
              </button>
            )}
          </div>
        ))}
      </div>
    </div>
  )
}

function Line<Row>({
  id,
  row,
  index,
  columns,
  narrow,
  style,
  current,
  open,
  selected,
  state,
  onClick,
}: {
  readonly id: string
  readonly row: Row | undefined
  readonly index: number
  readonly columns: readonly Column<Row>[]
  readonly narrow: boolean
  readonly style: object
  readonly current: boolean
  readonly open: boolean
  readonly selected: boolean | undefined
  readonly state: 'fail' | 'warn' | 'held' | undefined
  readonly onClick: (event: MouseEvent) => void
}) {
  const classes = [
    css.row,
    current ? css.current : '',
    open ? css.open : '',
    state === undefined ? '' : css[state],
    narrow ? css.narrow : '',
  ]
  const cell = (column: Column<Row>) => (
    // biome-ignore lint/a11y/useSemanticElements: a table can't be virtual.
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
    <div
      key={column.id}
      role="gridcell"
      className={`${css.cell} ${column.align === 'end' ? css.end : ''} ${column.mono === true ? css.mono : ''}`}
    >
      {row === undefined ? <span className={css.awaited} /> : column.cell(row)}
    </div>
  )
  const placed = (where: 'lead' | 'state' | 'sub') =>
    columns.filter((column) => (column.narrow ?? 'sub') === where).map(cell)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table can't be virtual.
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys.
    <div
      role="row"
      id={id}
      aria-rowindex={index + 2}
      aria-selected={selected ?? open}
      className={classes.join(' ')}
      style={style}
      onClick={onClick}
    >
      {narrow ? (
        <>
          {placed('lead')}
          {placed('state')}
          <div className={css.sub}>{placed('sub')}</div>
        </>
      ) : (
        columns.map(cell)
      )}
    </div>
  )
}
