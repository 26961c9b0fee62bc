// The page for addresses where there is nothing.

import { useTranslation } from 'react-i18next'
import { To } from '../parts/link.tsx'
import { Empty } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'

/** Says that there is nothing, and leads back. */
export function NotFound() {
  const { t } = useTranslation()
  return (
    <main>
      <Page title={t('notFound.title')}>
        <Empty what={t('notFound.what')} why={t('notFound.why')} action={<To to="/">{t('notFound.back')}</To>} />
      </Page>
    </main>
  )
}
