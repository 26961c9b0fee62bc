// Opens a page for those who may, and tells the others which right is missing.

import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { PageEntry } from '../page-entry.ts'
import { To } from '../parts/link.tsx'
import { Empty } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { type Session, useSession } from '../session.tsx'

type Needs = Pick<PageEntry, 'needs' | 'also'>

/** Whether somebody may open a page. The server checks each answer again. */
export function mayOpen({ capabilities, role }: Session, { needs, also }: Needs): boolean {
  return capabilities.includes(needs) || also === role
}

/** The page, or what is missing and who can give it. */
export function Allowed({ page, children }: { readonly page: Needs; readonly children: ReactNode }) {
  const { t } = useTranslation()
  const session = useSession()
  if (mayOpen(session, page)) return children
  return (
    <Page title={t('notAllowed.title')}>
      <Empty
        what={t('notAllowed.what', { right: page.needs, does: t(`notAllowed.rights.${page.needs}`) })}
        why={t('notAllowed.why', { role: t(`roles.${session.role}`) })}
        action={<To to="/">{t('notFound.back')}</To>}
      />
    </Page>
  )
}
