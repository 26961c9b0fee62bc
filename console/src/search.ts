// The URL is the state of a page: search parameters that each page declares, with their types.

import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'

/** One search parameter: how it is read, and how it is written; `undefined` leaves it out. */
export interface Parameter<Value> {
  readonly read: (text: string | undefined) => Value
  readonly write: (value: Value) => string | undefined
}

/** Any text; empty when it is not there. */
export function text(otherwise = ''): Parameter<string> {
  return { read: (given) => given ?? otherwise, write: (value) => (value === otherwise ? undefined : value) }
}

/** A number. */
export function numeric(otherwise: number): Parameter<number> {
  return {
    read: (given) => (given === undefined || given === '' || Number.isNaN(Number(given)) ? otherwise : Number(given)),
    write: (value) => (value === otherwise ? undefined : String(value)),
  }
}

/** One of a few words; anything else is the first. */
export function oneOf<const Choice extends string>(choices: readonly [Choice, ...Choice[]]): Parameter<Choice> {
  return {
    read: (given) => choices.find((one) => one === given) ?? choices[0],
    write: (value) => (value === choices[0] ? undefined : value),
  }
}

/** Several words, with commas between them. */
export function several(): Parameter<readonly string[]> {
  return {
    read: (given) => (given === undefined || given === '' ? [] : given.split(',')),
    write: (value) => (value.length === 0 ? undefined : value.join(',')),
  }
}

/** On or off. */
export function flag(): Parameter<boolean> {
  return { read: (given) => given === 'true', write: (value) => (value ? 'true' : undefined) }
}

/** The search parameters of a page. */
interface Parameters {
  // biome-ignore lint/suspicious/noExplicitAny: each has a type of its own, which Values gives back.
  readonly [name: string]: Parameter<any>
}
/** Their values. */
export type Values<Declared> = {
  readonly [name in keyof Declared]: Declared[name] extends Parameter<infer Value> ? Value : never
}

/**
 * Reads and changes the search parameters that a page declares. A change replaces the entry of the history, unless it opens something.
 *
 * @example
 * const [search, change] = useSearchState({ status: several(), open: text() })
 * change({ open: 'r_01' }, { push: true })
 */
export function useSearchState<const Declared extends Parameters>(
  declared: Declared,
): readonly [Values<Declared>, (next: Partial<Values<Declared>>, options?: { readonly push?: boolean }) => void] {
  const given = useSearch({ strict: false }) as { readonly [name: string]: string | undefined }
  const navigate = useNavigate()
  const values = useMemo(
    () =>
      Object.fromEntries(
        Object.entries(declared).map(([name, parameter]) => [name, parameter.read(given[name])]),
      ) as Values<Declared>,
    [declared, given],
  )
  const change = useCallback(
    (next: Partial<Values<Declared>>, { push = false }: { readonly push?: boolean } = {}) => {
      const written = Object.fromEntries(
        Object.entries(next).map(([name, value]) => [name, declared[name]?.write(value)]),
      )
      void navigate({ to: '.', search: ((now: object) => ({ ...now, ...written })) as never, replace: !push })
    },
    [declared, navigate],
  )
  return [values, change]
}

/** A parameter of the page's path: `$tenant` is `useParam('tenant')`. Empty where there is none. */
export function useParam(name: string): string {
  const params = useParams({ strict: false }) as { readonly [name: string]: string | undefined }
  return params[name] ?? ''
}

/** The text of search parameters, as a person can read it. */
export function formatSearch(search: { readonly [name: string]: unknown }): string {
  const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
  if (given.length === 0) return ''
  const all = new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
  return `?${all.toString().replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%2F', '/')}`
}

/** The search parameters in a text. */
export function parseSearch(given: string): { readonly [name: string]: string } {
  return Object.fromEntries(new URLSearchParams(given))
}
