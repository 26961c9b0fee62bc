// What the apps of a tenant are called, by their ids.

import { useMemo } from 'react'
import { useApi } from '../../api/use-api.ts'

/** The labels of all apps of a tenant. */
export function useAppNames(tenant: string): ReadonlyMap<string, string> {
  const { data } = useApi('GET /tenants/{tenant}/apps', { params: { tenant }, query: { limit: 1_000 } })
  return useMemo(() => new Map((data?.items ?? []).map(({ app, label }) => [app, label || app])), [data])
}
