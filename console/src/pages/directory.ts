// The pages of a tenant's directory: people, groups, and what changed.

import { History, Users, UsersRound } from 'lucide-react'
import type { PageEntry } from '../pages.ts'

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
