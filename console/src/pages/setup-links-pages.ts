// The pages for setup links, and for the looks of the page that they lead to.

import { Link2, Palette } from 'lucide-react'
import type { PageEntry } from '../page-entry.ts'

/** Pages about setup links. */
export const SETUP_PAGES: readonly PageEntry[] = [
  {
    path: '/t/$tenant/setup-links',
    name: 'setupLinks',
    area: 'setup',
    needs: 'see',
    group: 'in',
    icon: Link2,
    load: () => import('./setup-links.tsx'),
  },
  {
    path: '/settings/setup-page',
    name: 'setupPage',
    area: 'setup',
    needs: 'own',
    group: 'all',
    icon: Palette,
    load: () => import('./setup-page.tsx'),
  },
]
