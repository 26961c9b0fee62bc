// A field of one line with what is wrong in it underlined, at its place.

import { TextInput, type TextInputProps } from '@mantine/core'
import { useLayoutEffect, useRef } from 'react'
import css from './marked-input.module.css'

/** Some characters of a text. At its end: the place where something is missing. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** What the line under the text takes over from the field, so that each character stands under its own. */
const ALIKE = [
  'fontFamily',
  'fontSize',
  'fontWeight',
  'fontFeatureSettings',
  'fontVariationSettings',
  'letterSpacing',
  'wordSpacing',
  'paddingInlineStart',
  'paddingInlineEnd',
] as const

/** A text field; `marks` are underlined, in their order. */
export function MarkedInput({
  marks,
  value,
  ...rest
}: Omit<TextInputProps, 'value'> & { readonly value: string; readonly marks: readonly Span[] }) {
  const input = useRef<HTMLInputElement>(null)
  const under = useRef<HTMLSpanElement>(null)
  const follow = () => {
    if (input.current !== null && under.current !== null) under.current.scrollLeft = input.current.scrollLeft
  }
  useLayoutEffect(() => {
    const [field, line] = [input.current, under.current]
    if (field === null || line === null) return
    const looks = getComputedStyle(field)
    for (const name of ALIKE) line.style[name] = looks[name]
    line.style.lineHeight = `${field.clientHeight}px`
    line.scrollLeft = field.scrollLeft
  })
  return (
    <TextInput
      {...rest}
      ref={input}
      value={value}
      onScroll={follow}
      inputContainer={(field) => (
        <span className={css.place}>
          {field}
          {marks.length > 0 && (
            <span ref={under} className={css.under} aria-hidden="true">
              {pieces(value, marks)}
            </span>
          )}
        </span>
      )}
    />
  )
}

/** The text, what is marked within elements of their own. */
function pieces(text: string, marks: readonly Span[]) {
  let at = 0
  const all = marks.map(({ from, to }) => {
    const before = text.slice(at, from)
    at = Math.max(to, from)
    return (
      <span key={from}>
        {before}
        {/* What is missing at the end has no character to stand under. */}
        <span className={css.wrong}>{text.slice(from, to) || '\u00a0'}</span>
      </span>
    )
  })
  return [...all, text.slice(at)]
}
