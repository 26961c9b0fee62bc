// The tenant that a page is of.

import { useParams } from '@tanstack/react-router'

/** The parameter `tenant` of the page's path. */
export function useTenant(): string {
  return useParam('tenant')
}

/** The parameter `id`, or another one, of the page's path. */
export function useParam(name: string): string {
  const params = useParams({ strict: false }) as { readonly [name: string]: string | undefined }
  return params[name] ?? ''
}
