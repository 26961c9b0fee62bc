// A link to a page of the console.

import { Link, useNavigate } from '@tanstack/react-router'
import type { CSSProperties, ReactNode } from 'react'

/** Where a link leads. */
export interface Target {
  /** The path of a page, as the table of pages has it: `/t/$tenant/people/$id`. */
  readonly to: string
  readonly params?: { readonly [name: string]: string }
  readonly search?: { readonly [name: string]: string | undefined }
}

/**
 * A link to a page of the console.
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

/** Opens a page of the console. */
export function useGo(): (target: Target & { readonly replace?: boolean }) => void {
  const navigate = useNavigate()
  return ({ to, params, search, replace = false }) => {
    const target = { to, params: params ?? {}, search: search ?? {}, replace } as unknown as { readonly to: '.' }
    void navigate(target)
  }
}
