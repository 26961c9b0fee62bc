// The pages of the hub.

import { Boxes, Hand, KeyRound, Send, UserX } from 'lucide-react'
import type { PageEntry } from '../page-entry.ts'

/** Apps, what is sent to them, what is held, who has access, and who has left. */
export const OUT_PAGES: readonly PageEntry[] = [
  {
    path: '/t/$tenant/apps',
    name: 'apps',
    area: 'apps',
    needs: 'see',
    group: 'out',
    icon: Boxes,
    key: 'a',
    load: () => import('./apps.tsx'),
  },
  {
    path: '/t/$tenant/apps/new',
    name: 'newApp',
    area: 'apps',
    needs: 'apps',
    load: () => import('./app-new.tsx'),
  },
  {
    path: '/t/$tenant/apps/$app',
    name: 'app',
    area: 'apps',
    needs: 'see',
    load: () => import('./app.tsx'),
  },
  {
    path: '/t/$tenant/apps/$app/$tab',
    name: 'app',
    area: 'apps',
    needs: 'see',
    load: () => import('./app.tsx'),
  },
  {
    path: '/t/$tenant/deliveries',
    name: 'deliveries',
    area: 'apps',
    needs: 'values',
    group: 'out',
    icon: Send,
    load: () => import('./deliveries.tsx'),
  },
  {
    path: '/t/$tenant/held',
    name: 'held',
    area: 'apps',
    needs: 'see',
    group: 'out',
    icon: Hand,
    load: () => import('./held.tsx'),
  },
  {
    path: '/t/$tenant/access',
    name: 'access',
    area: 'apps',
    needs: 'values',
    group: 'out',
    icon: KeyRound,
    load: () => import('./access.tsx'),
  },
  {
    path: '/t/$tenant/leavers',
    name: 'leavers',
    area: 'apps',
    needs: 'values',
    group: 'out',
    icon: UserX,
    load: () => import('./leavers.tsx'),
  },
  {
    path: '/t/$tenant/leavers/$id',
    name: 'leaver',
    area: 'apps',
    needs: 'values',
    load: () => import('./leaver.tsx'),
  },
  {
    path: '/t/$tenant/people/$id/why/$app',
    name: 'why',
    area: 'apps',
    needs: 'values',
    load: () => import('./why.tsx'),
  },
]
