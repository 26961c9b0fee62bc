// ⌘K: finds pages, and whatever else there is to find.

import { Spotlight, spotlight } from '@mantine/spotlight'
import { Search } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '../parts/link.tsx'
import css from './find.module.css'
import { usePages } from './navigation.tsx'

/** The button in the top bar. */
export function FindButton() {
  const { t } = useTranslation()
  return (
    <button
      type="button"
      className={css.button}
      aria-label={t('find')}
      aria-keyshortcuts="Control+K Meta+K /"
      onClick={() => spotlight.open()}
    >
      <Search size={15} aria-hidden="true" />
      <span className={css.label}>{t('find')}</span>
      <span className={css.key} />
    </button>
  )
}

/** The dialog. */
export function Find({ tenant }: { readonly tenant: string | undefined }) {
  const { t } = useTranslation()
  const go = useGo()
  const pages = usePages().filter(
    (page) => page.group !== undefined && (tenant !== undefined || !page.path.includes('$tenant')),
  )
  const [query, setQuery] = useState('')
  const wanted = query.trim().toLocaleLowerCase()
  const found = pages.filter((page) => t(`nav.${page.name}`).toLocaleLowerCase().includes(wanted))
  return (
    <Spotlight.Root
      query={query}
      onQueryChange={setQuery}
      lockScroll={false}
      transitionProps={{ duration: 0 }}
      shortcut={['mod + K', '/']}
      attributes={{ content: { 'aria-label': t('find') } }}
    >
      <Spotlight.Search placeholder={t('find')} aria-label={t('find')} leftSection={<Search size={16} />} />
      <Spotlight.ActionsList>
        {found.map((page) => (
          <Spotlight.Action
            key={page.path}
            label={t(`nav.${page.name}`)}
            {...(page.path.includes('$tenant') && tenant !== undefined ? { description: tenant } : {})}
            onClick={() => go({ to: page.path, params: { tenant: tenant ?? '' } })}
          />
        ))}
        {found.length === 0 && <Spotlight.Empty>{t('nothingFound')}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}
