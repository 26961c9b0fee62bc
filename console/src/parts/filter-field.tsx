// A field for filters of SCIM: checked as one types by the server's own grammar, the wrong character underlined.

import { useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { parseFilter, ScimError } from '../../../src/protocol/index.ts'
import css from './filter-field.module.css'

/** What is wrong with a filter, and at which character; undefined if nothing is. */
export function faultOfFilter(text: string): { readonly message: string; readonly at: number } | undefined {
  if (text.trim() === '') return undefined
  try {
    parseFilter(text)
    return undefined
  } catch (error) {
    if (!(error instanceof ScimError)) throw error
    const at = /at character (\d+)/.exec(error.detail)?.[1]
    return { message: error.detail, at: at === undefined ? text.length : Math.min(Number(at) - 1, text.length) }
  }
}

/** A field for a filter; `submit` is given one that can be read, or the empty one. */
export function FilterField({
  value,
  submit,
  label,
  placeholder = 'userName sw "b" and active eq true',
}: {
  readonly value: string
  readonly submit: (filter: string) => void
  readonly label?: string
  readonly placeholder?: string
}) {
  const { t } = useTranslation('parts')
  const id = useId()
  const shown = useRef<HTMLDivElement>(null)
  const [text, setText] = useState(value)
  const [known, setKnown] = useState(value)
  if (known !== value) {
    // The address has changed: going back shows the filter of then.
    setKnown(value)
    setText(value)
  }
  const fault = faultOfFilter(text)
  return (
    <div className={css.filter}>
      <div className={css.field}>
        <div ref={shown} className={css.shown} aria-hidden="true">
          {fault === undefined ? (
            text
          ) : (
            <>
              {text.slice(0, fault.at)}
              <mark>{text.slice(fault.at, fault.at + 1) || ' '}</mark>
              {text.slice(fault.at + 1)}
            </>
          )}
        </div>
        <input
          className={css.input}
          aria-label={label ?? t('filter.label')}
          aria-invalid={fault !== undefined}
          aria-describedby={fault === undefined ? undefined : id}
          value={text}
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          onChange={({ currentTarget: { value: typed } }) => setText(typed)}
          onScroll={({ currentTarget: { scrollLeft } }) => {
            if (shown.current !== null) shown.current.scrollLeft = scrollLeft
          }}
          onKeyDown={({ key }) => {
            if (key === 'Enter' && fault === undefined) submit(text.trim())
            if (key === 'Escape' && text !== '') {
              setText('')
              submit('')
            }
          }}
        />
      </div>
      {fault !== undefined && (
        <p id={id} className={css.fault}>
          {fault.message}
        </p>
      )}
    </div>
  )
}
