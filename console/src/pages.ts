// The table of pages: one line each. A page is a file with a default export, loaded when it is opened.

import {
  Activity,
  Building2,
  Code,
  LayoutDashboard,
  ScrollText,
  ServerCog,
  Settings2,
  Shapes,
  SlidersHorizontal,
  Upload,
} from 'lucide-react'
import type { PageEntry } from './page-entry.ts'
import { DIRECTORY_PAGES } from './pages/directory.ts'
import { IN_PAGES } from './pages/in.ts'
import { OUT_PAGES } from './pages/out.ts'
import { SETUP_PAGES } from './pages/setup-links-pages.ts'

/** All pages, in the order of the left bar. */
export const PAGES: readonly PageEntry[] = [
  {
    path: '/audit',
    name: 'audit',
    area: 'ways',
    needs: 'own',
    also: 'auditor',
    group: 'all',
    icon: ScrollText,
    load: () => import('./pages/audit.tsx'),
  },
  {
    path: '/system',
    name: 'system',
    area: 'system',
    needs: 'own',
    group: 'all',
    icon: ServerCog,
    key: 's',
    ofAll: true,
    load: () => import('./pages/system.tsx'),
  },
  {
    path: '/settings/people',
    name: 'settingsOfAll',
    area: 'ways',
    needs: 'own',
    group: 'all',
    icon: SlidersHorizontal,
    ofAll: true,
    load: () => import('./pages/settings.tsx'),
  },
  {
    path: '/settings/sign-in',
    name: 'settingsOfAll',
    area: 'ways',
    needs: 'own',
    load: () => import('./pages/settings.tsx'),
  },
  {
    path: '/settings/tokens',
    name: 'settingsOfAll',
    area: 'ways',
    needs: 'own',
    load: () => import('./pages/settings.tsx'),
  },
  {
    path: '/settings/retention',
    name: 'settingsOfAll',
    area: 'ways',
    needs: 'own',
    load: () => import('./pages/settings.tsx'),
  },
  {
    path: '/',
    name: 'overview',
    area: 'tenants',
    needs: 'see',
    group: 'all',
    icon: Activity,
    key: 'o',
    load: () => import('./pages/overview.tsx'),
  },
  {
    path: '/tenants',
    name: 'tenants',
    area: 'tenants',
    needs: 'see',
    group: 'all',
    icon: Building2,
    ofAll: true,
    load: () => import('./pages/tenants.tsx'),
  },
  {
    path: '/t/$tenant',
    name: 'tenant',
    area: 'tenants',
    needs: 'see',
    group: 'here',
    icon: LayoutDashboard,
    load: () => import('./pages/tenant.tsx'),
  },
  ...DIRECTORY_PAGES,
  ...IN_PAGES,
  {
    path: '/t/$tenant/import',
    name: 'import',
    area: 'import',
    needs: 'edit',
    group: 'in',
    icon: Upload,
    load: () => import('./pages/import.tsx'),
  },
  {
    path: '/t/$tenant/schemas',
    name: 'schemas',
    area: 'schemas',
    needs: 'see',
    group: 'shape',
    icon: Shapes,
    load: () => import('./pages/schemas.tsx'),
  },
  {
    path: '/t/$tenant/schemas/$urn',
    name: 'schemas',
    area: 'schemas',
    needs: 'see',
    load: () => import('./pages/schema.tsx'),
  },
  {
    path: '/t/$tenant/types/$type',
    name: 'schemas',
    area: 'schemas',
    needs: 'see',
    load: () => import('./pages/type.tsx'),
  },
  {
    path: '/t/$tenant/settings',
    name: 'settings',
    area: 'settings',
    needs: 'see',
    group: 'shape',
    icon: Settings2,
    load: () => import('./pages/tenant-settings.tsx'),
  },
  {
    path: '/api',
    name: 'api',
    area: 'api',
    needs: 'see',
    group: 'all',
    icon: Code,
    load: () => import('./pages/api.tsx'),
  },
  ...SETUP_PAGES,
  ...OUT_PAGES,
]

/** Pages that open without a session. */
export const OPEN_PAGES: readonly Pick<PageEntry, 'path' | 'area' | 'load'>[] = [
  { path: '/sign-in', area: 'sign-in', load: () => import('./pages/sign-in.tsx') },
  { path: '/first', area: 'sign-in', load: () => import('./pages/first.tsx') },
]
