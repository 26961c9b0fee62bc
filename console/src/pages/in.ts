// The pages of what comes in: connections and the requests of identity providers.

import { FlaskConical, Plug, ScrollText, ShieldCheck } from 'lucide-react'
import type { PageEntry } from '../page-entry.ts'

/** Pages of what comes in. */
export const IN_PAGES: readonly PageEntry[] = [
  {
    path: '/requests',
    name: 'requestsOfAll',
    area: 'requests',
    needs: 'see',
    group: 'all',
    icon: ScrollText,
    ofAll: true,
    load: () => import('./requests.tsx'),
  },
  {
    path: '/t/$tenant/connections',
    name: 'connections',
    area: 'connections',
    needs: 'see',
    group: 'in',
    icon: Plug,
    key: 'c',
    load: () => import('./connections.tsx'),
  },
  {
    path: '/t/$tenant/connections/new',
    name: 'newConnection',
    area: 'connections',
    needs: 'connect',
    load: () => import('./connection-new.tsx'),
  },
  {
    path: '/t/$tenant/connections/$id',
    name: 'detail',
    area: 'connections',
    needs: 'see',
    load: () => import('./connection.tsx'),
  },
  {
    path: '/t/$tenant/requests',
    name: 'requests',
    area: 'requests',
    needs: 'see',
    group: 'in',
    icon: ScrollText,
    key: 'r',
    load: () => import('./requests.tsx'),
  },
  {
    path: '/t/$tenant/requests/$id',
    name: 'detail',
    area: 'requests',
    needs: 'see',
    load: () => import('./request.tsx'),
  },
  {
    path: '/t/$tenant/faults/$print',
    name: 'faults',
    area: 'requests',
    needs: 'see',
    load: () => import('./fault.tsx'),
  },
  {
    path: '/t/$tenant/try',
    name: 'try',
    area: 'requests',
    needs: 'values',
    group: 'in',
    icon: FlaskConical,
    load: () => import('./try.tsx'),
  },
  {
    path: '/t/$tenant/check',
    name: 'check',
    area: 'checks',
    needs: 'values',
    group: 'in',
    icon: ShieldCheck,
    load: () => import('./check.tsx'),
  },
  {
    path: '/t/$tenant/check/$check',
    name: 'detail',
    area: 'checks',
    needs: 'values',
    load: () => import('./check-run.tsx'),
  },
]
