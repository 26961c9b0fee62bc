// Tells links which pages whoever is signed in may not open, and why.

import { type ReactNode, useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { PAGES } from '../pages.ts'
import { WhyNotOpen } from '../parts/link.tsx'
import { useSession } from '../session.tsx'
import { mayOpen } from './allowed.tsx'

/** Hands that to all links below. */
export function Openable({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation()
  const session = useSession()
  const whyNot = useCallback(
    (to: string) => {
      const page = PAGES.find(({ path }) => path === to)
      if (page === undefined || mayOpen(session, page)) return undefined
      return t('notAllowed.what', { right: page.needs, does: t(`notAllowed.rights.${page.needs}`) })
    },
    [session, t],
  )
  return <WhyNotOpen value={whyNot}>{children}</WhyNotOpen>
}
