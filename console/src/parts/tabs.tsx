// The tabs of a page: links, so that each has an address.

import { Link } from '@tanstack/react-router'
import css from './directory.module.css'

/** Tabs; the first has no parameter in the address. */
export function Tabs<const Name extends string>({
  names,
  label,
  value,
  to,
  params,
}: {
  readonly names: readonly Name[]
  readonly label: (name: Name) => string
  readonly value: Name
  readonly to: string
  readonly params: { readonly [name: string]: string }
}) {
  return (
    <nav className={css.tabs} aria-label={names.map(label).join(', ')}>
      {names.map((name, at) => {
        // The table of pages is data, so the router knows no types of paths.
        const target = { to, params, search: at === 0 ? {} : { tab: name } } as unknown as { readonly to: '.' }
        return (
          <Link
            key={name}
            {...target}
            // What is current is the tab, not the page alone.
            activeOptions={{ exact: true, includeSearch: true }}
            className={name === value ? `${css.tab} ${css.chosen}` : `${css.tab}`}
          >
            {label(name)}
          </Link>
        )
      })}
    </nav>
  )
}
