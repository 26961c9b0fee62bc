// What the search over everything finds, as places to go to.

import { useApi } from '../api/use-api.ts'
import type { Target } from '../parts/link.tsx'

/** One thing that was found. */
export interface Found {
  readonly key: string
  readonly label: string
  readonly description: string
  readonly target: Target
}

/** What the words find among the tenants: those whose names begin so. */
export function useFound(words: string): { readonly found: readonly Found[]; readonly looking: boolean } {
  const tenants = useApi('GET /tenants', { query: { search: words, limit: 5 } }, { enabled: words !== '' })
  const found = words === '' ? [] : (tenants.data?.items ?? [])
  return {
    found: found.map(({ tenant }) => ({
      key: `tenant ${tenant}`,
      label: tenant,
      description: '',
      target: { to: '/t/$tenant', params: { tenant } },
    })),
    looking: words !== '' && tenants.isFetching,
  }
}
