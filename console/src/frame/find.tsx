// ⌘K: finds people, groups, connections, requests and pages, and does what the page can do.

import '@mantine/spotlight/styles.css'
import { useDebouncedValue } from '@mantine/hooks'
import { Spotlight, spotlight } from '@mantine/spotlight'
import { Search } from 'lucide-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '../parts/link.tsx'
import { useOtherTypes } from '../parts/types.ts'
import { useFound } from './found.ts'
import { usePages } from './navigation.tsx'

/** The dialog. */
export default function Find({
  tenant,
  query,
  setQuery,
  close,
}: {
  readonly tenant: string | undefined
  /** Kept outside: letters are typed before this is there. */
  readonly query: string
  readonly setQuery: (query: string) => void
  readonly close: () => void
}) {
  const { t } = useTranslation()
  const { t: words } = useTranslation('frame')
  const go = useGo()
  const pages = usePages().filter(
    (page) => page.group !== undefined && (tenant !== undefined || !page.path.includes('$tenant')),
  )
  const [asked] = useDebouncedValue(query.trim(), 150)
  const { found, looking } = useFound(asked, tenant)
  // What was typed a moment ago is not asked yet.
  const isLooking = looking || asked !== query.trim()
  const wanted = query.trim().toLocaleLowerCase()
  const fitting = pages.filter((page) => t(`nav.${page.name}`).toLocaleLowerCase().includes(wanted))
  const types = useOtherTypes(tenant).filter(({ name }) => name.toLocaleLowerCase().includes(wanted))
  useEffect(() => spotlight.open(), [])
  return (
    <Spotlight.Root
      query={query}
      onQueryChange={setQuery}
      onSpotlightClose={close}
      lockScroll={false}
      overlayProps={{ backgroundOpacity: 0.35, blur: 0 }}
      transitionProps={{ duration: 0 }}
      scrollable
      maxHeight={420}
      shortcut={null}
      attributes={{ content: { 'aria-label': t('find') } }}
    >
      <Spotlight.Search
        placeholder={words('findWhat')}
        aria-label={t('find')}
        leftSection={<Search size={16} />}
        // What is typed goes on after what is there.
        onFocus={({ currentTarget: field }) => field.setSelectionRange(field.value.length, field.value.length)}
        onKeyDown={({ key }) => {
          const [first] = found
          // What came after the last letter is not pointed at yet: Enter is for the first of it.
          if (key !== 'Enter' || first?.target === undefined || document.querySelector('[data-action][data-selected]'))
            return
          spotlight.close()
          go(first.target)
        }}
      />
      <Spotlight.ActionsList>
        {found.length > 0 && (
          <Spotlight.ActionsGroup label={words('found')}>
            {found.map(({ key, label, description, target }) => (
              <Spotlight.Action
                key={key}
                label={label}
                description={description}
                closeSpotlightOnTrigger={target !== undefined}
                onClick={() => target !== undefined && go(target)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {fitting.length + types.length > 0 && (
          <Spotlight.ActionsGroup label={t('pages')}>
            {fitting.map((page) => (
              <Spotlight.Action
                key={page.path}
                label={t(`nav.${page.name}`)}
                {...(page.path.includes('$tenant') && tenant !== undefined ? { description: tenant } : {})}
                onClick={() => go({ to: page.path, params: { tenant: tenant ?? '' } })}
              />
            ))}
            {types.map(({ name }) => (
              <Spotlight.Action
                key={`type ${name}`}
                label={name}
                description={tenant ?? ''}
                onClick={() => go({ to: '/t/$tenant/r/$type', params: { tenant: tenant ?? '', type: name } })}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {found.length + fitting.length + types.length === 0 && (
          <Spotlight.Empty>{isLooking ? words('looking') : words('nothingFound')}</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}
