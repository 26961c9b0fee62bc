// The left bar: pages across tenants, then those of the chosen tenant in four groups.

import { useRouterState } from '@tanstack/react-router'
import { Box } from 'lucide-react'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import type { Group, PageEntry } from '../page-entry.ts'
import { PAGES } from '../pages.ts'
import { To } from '../parts/link.tsx'
import { useOtherTypes } from '../parts/types.ts'
import { useOnlyTenant, useSession } from '../session.tsx'
import { mayOpen } from './allowed.tsx'
import css from './navigation.module.css'

const OF_TENANT: readonly Group[] = ['here', 'directory', 'in', 'out', 'shape']

/** The order of pages in the bar, whatever their order in the table. */
const ORDER: readonly PageEntry['name'][] = [
  'overview',
  'tenants',
  'requestsOfAll',
  'audit',
  'system',
  'settingsOfAll',
  'setupPage',
  'api',
  'people',
  'groups',
  'changes',
  'connections',
  'setupLinks',
  'requests',
  'faults',
  'try',
  'import',
  'check',
  'apps',
  'deliveries',
  'drift',
  'held',
  'access',
  'leavers',
  'schemas',
  'settings',
]

/** Most types that the bar names; ⌘K finds all of them. */
const MOST_TYPES = 12

function placeOf({ name }: PageEntry): number {
  const place = ORDER.indexOf(name)
  return place < 0 ? ORDER.length : place
}

/** The pages that whoever is signed in may open, by group. */
export function usePages(): readonly PageEntry[] {
  const session = useSession()
  return PAGES.filter((page) => mayOpen(session, page) && (page.ofAll !== true || session.tenants?.length !== 1))
}

/** The left bar. */
export function Navigation({ tenant: chosen }: { readonly tenant: string | undefined }) {
  const { t } = useTranslation()
  const pages = usePages()
  const only = useOnlyTenant()
  const tenant = chosen ?? only
  const types = useOtherTypes(tenant)
  const groups: readonly Group[] = tenant === undefined ? ['all'] : ['all', ...OF_TENANT]
  return groups.map((group) => {
    const own = pages.filter((page) => page.group === group).sort((a, b) => placeOf(a) - placeOf(b))
    if (own.length === 0) return null
    return (
      <section key={group} className={css.group} aria-label={group === 'here' ? tenant : t(`groups.${group}`)}>
        {group === 'here' && <h2 className={css.tenant}>{tenant}</h2>}
        {group !== 'all' && group !== 'here' && <h3 className={css.title}>{t(`groups.${group}`)}</h3>}
        <ul>
          {own.map((page) => (
            <Fragment key={page.path}>
              {/* Other types stand between groups and what changed. */}
              {page.name === 'changes' &&
                types.slice(0, MOST_TYPES).map(({ name }) => <TypeItem key={name} type={name} tenant={tenant} />)}
              <Item page={page} tenant={tenant} />
            </Fragment>
          ))}
        </ul>
      </section>
    )
  })
}

function Item({ page, tenant = '' }: { readonly page: PageEntry; readonly tenant: string | undefined }) {
  const { t } = useTranslation()
  const here = useRouterState({ select: (state) => state.location.pathname })
  const address = page.path.replace('$tenant', encodeURIComponent(tenant))
  const whole = page.path === '/' || page.path === '/t/$tenant'
  const own = address.replace(/\/$/, '')
  const at = here.replace(/\/$/, '')
  const current = whole ? at === own : at === own || at.startsWith(`${own}/`)
  const { icon: Icon } = page
  return (
    <li>
      <To to={page.path} params={{ tenant }} className={current ? `${css.item} ${css.current}` : css.item}>
        {Icon !== undefined && <Icon size={15} strokeWidth={1.8} aria-hidden="true" />}
        <span>{t(`nav.${page.name}`)}</span>
      </To>
    </li>
  )
}

/** The resources of a type that has no page of its own. */
function TypeItem({ type, tenant = '' }: { readonly type: string; readonly tenant: string | undefined }) {
  const here = useRouterState({ select: (state) => state.location.pathname })
  const address = `/t/${encodeURIComponent(tenant)}/r/${encodeURIComponent(type)}`
  const current = here === address || here.startsWith(`${address}/`)
  return (
    <li>
      <To
        to="/t/$tenant/r/$type"
        params={{ tenant, type }}
        className={current ? `${css.item} ${css.current}` : css.item}
      >
        <Box size={15} strokeWidth={1.8} aria-hidden="true" />
        <span className={css.name}>{type}</span>
      </To>
    </li>
  )
}
