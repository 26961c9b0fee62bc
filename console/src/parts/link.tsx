// A link to a page of the console.

import { Link, useNavigate } from '@tanstack/react-router'
import { type CSSProperties, createContext, type ReactNode, useContext } from 'react'

/** Why a page may not be opened by whoever is signed in; undefined where it may. Handed down by the frame, which knows the pages. */
export const WhyNotOpen = createContext<(to: string) => string | undefined>(() => undefined)

/** Where a link leads. */
export interface Target {
  /** The path of a page, as the table of pages has it: `/t/$tenant/people/$id`. */
  readonly to: string
  readonly params?: { readonly [name: string]: string }
  readonly search?: { readonly [name: string]: string | undefined }
}

/**
 * A link to a page of the console; only its text, with the reason, for whoever may not open that.
 *
 * @example <To to="/t/$tenant/people/$id" params={{ tenant, id }}>{name}</To>
 */
export function To({
  to,
  params,
  search,
  children,
  className,
  style,
  ...rest
}: Target & {
  readonly children: ReactNode
  readonly className?: string | undefined
  readonly style?: CSSProperties
  readonly 'aria-label'?: string
  readonly tabIndex?: number
}) {
  const why = useContext(WhyNotOpen)(to)
  if (why !== undefined)
    return (
      <span title={why} {...(className === undefined ? {} : { className })}>
        {children}
      </span>
    )
  // The table of pages is data, so the router knows no types of paths.
  const target = { to, params: params ?? {}, search: search ?? {} } as unknown as { readonly to: '.' }
  return (
    <Link
      {...target}
      {...rest}
      {...(className === undefined ? {} : { className })}
      {...(style === undefined ? {} : { style })}
    >
      {children}
    </Link>
  )
}

/** Opens a page of the console, if whoever is signed in may. */
export function useGo(): (target: Target & { readonly replace?: boolean }) => void {
  const navigate = useNavigate()
  const whyNot = useContext(WhyNotOpen)
  return ({ to, params, search, replace = false }) => {
    if (whyNot(to) !== undefined) return
    const target = { to, params: params ?? {}, search: search ?? {}, replace } as unknown as { readonly to: '.' }
    void navigate(target)
  }
}
