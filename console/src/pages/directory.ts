// The pages of a tenant's directory: people, groups, resources of other types, and what changed.

import { History, Users, UsersRound } from 'lucide-react'
import type { PageEntry } from '../page-entry.ts'

/** The pages of the directory. */
export const DIRECTORY_PAGES: readonly PageEntry[] = [
  {
    path: '/t/$tenant/people',
    name: 'people',
    area: 'people',
    needs: 'see',
    group: 'directory',
    icon: Users,
    key: 'p',
    load: () => import('./people.tsx'),
  },
  {
    path: '/t/$tenant/people/$id',
    name: 'people',
    area: 'people',
    needs: 'values',
    load: () => import('./person.tsx'),
  },
  {
    path: '/t/$tenant/groups',
    name: 'groups',
    area: 'groups',
    needs: 'see',
    group: 'directory',
    icon: UsersRound,
    load: () => import('./groups.tsx'),
  },
  {
    path: '/t/$tenant/groups/$id',
    name: 'groups',
    area: 'groups',
    needs: 'values',
    load: () => import('./group.tsx'),
  },
  {
    // In the left bar by the names of the types, where there are some.
    path: '/t/$tenant/r/$type',
    name: 'types',
    area: 'types',
    needs: 'see',
    load: () => import('./resources.tsx'),
  },
  {
    path: '/t/$tenant/r/$type/$id',
    name: 'types',
    area: 'types',
    needs: 'values',
    load: () => import('./resource.tsx'),
  },
  {
    path: '/t/$tenant/changes',
    name: 'changes',
    area: 'changes',
    needs: 'see',
    group: 'directory',
    icon: History,
    key: 'c',
    load: () => import('./changes.tsx'),
  },
]
